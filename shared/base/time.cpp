#include "shared/base/time.h"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <string_view>

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

// Days of the Gregorian calendar since 1970, counted in eras of 400 years that begin in March.
static std::int64_t days_since_1970(int year, unsigned month, unsigned day)
{
    year -= month <= 2;
    std::int64_t const era = (year >= 0 ? year : year - 399) / 400;
    auto const year_of_era = static_cast<unsigned>(year - era * 400);
    unsigned const day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    unsigned const day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + static_cast<std::int64_t>(day_of_era) - 719468;
}

Time from_rfc3339(std::string const& text)
{
    int year = 0, hour = 0, minute = 0, second = 0, used = 0;
    unsigned month = 0, day = 0;
    if (std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second, &used) != 6) return {};
    if (month < 1 || month > 12 || day < 1 || day > 31) return {};
    int milliseconds = 0;
    auto const rest = text.substr(static_cast<std::size_t>(used));
    if (rest.starts_with('.')) std::sscanf((rest.substr(1, rest.size() - 2) + "00").c_str(), "%3d", &milliseconds);
    if (!rest.ends_with('Z')) return {};
    return {((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60'000 + second * 1000 + milliseconds};
}

Time from_rfc2822(std::string const& text)
{
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int year = 0, hour = 0, minute = 0, second = 0, offset = -1;
    unsigned day = 0;
    char month[4] = {};
    if (std::sscanf(text.c_str(), "%*3s, %2u %3s %4d %2d:%2d:%2d %5d", &day, month, &year, &hour, &minute, &second, &offset) != 7) return {};
    auto const at = months.find(month);
    if (at == std::string_view::npos || at % 3 != 0 || day < 1 || day > 31 || offset != 0) return {};
    return {((days_since_1970(year, static_cast<unsigned>(at / 3 + 1), day) * 24 + hour) * 60 + minute) * 60'000 + second * 1000};
}
