#include "shared/base/time.h"

#include <chrono>
#include <cstdio>
#include <ctime>

Time now()
{
    using namespace std::chrono;
    return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

std::string to_rfc3339(Time time)
{
    std::time_t const seconds = time.milliseconds / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[40];
    auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    if (auto const rest = static_cast<int>(time.milliseconds % 1000); rest != 0)
        length += static_cast<std::size_t>(std::snprintf(text + length, sizeof text - length, ".%03d", rest));
    return std::string(text, length) + 'Z';
}
