#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <spdlog/spdlog.h>

int main(int argument_count, char** arguments)
{
    spdlog::set_level(spdlog::level::off); // tests provoke failures on purpose
    doctest::Context context(argument_count, arguments);
    return context.run();
}
