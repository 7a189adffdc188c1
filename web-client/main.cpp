#include "web-client/app/app.h"
#include "web-client/platform/platform.h"

int main(int count, char** arguments)
{
    static console::App app; // in the browser main returns, and the page goes on
    return platform::run(app, count, arguments);
}
