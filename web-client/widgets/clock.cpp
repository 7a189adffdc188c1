#include "web-client/widgets/clock.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace console {

static constexpr std::array months{
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
static constexpr std::array weekdays{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
static constexpr std::int64_t hour_ms = 3'600'000;
static constexpr std::size_t most_offsets = 4096;

Clock::Civil Clock::civil(Time at, std::string const& zone) const
{
    // Offsets change on the quarter hour at most, and asking the browser is slow.
    auto const key = std::pair(zone, at.milliseconds / (hour_ms / 4));
    auto found = m_offsets.find(key);
    if (found == m_offsets.end()) {
        if (m_offsets.size() >= most_offsets) m_offsets.clear();
        found = m_offsets.emplace(key, m_offset(at.milliseconds, zone)).first;
    }
    std::int64_t const local = at.milliseconds / 1000 + found->second;
    std::int64_t days = local / 86400, rest = local % 86400;
    if (rest < 0) rest += 86400, --days;
    // Days to a date of the Gregorian calendar, in eras of 400 years that begin in March.
    std::int64_t const shifted = days + 719468;
    std::int64_t const era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    auto const day_of_era = static_cast<unsigned>(shifted - era * 146097);
    unsigned const year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    unsigned const day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned const month_from_march = (5 * day_of_year + 2) / 153;
    int const day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5) + 1;
    int const month = static_cast<int>(month_from_march < 10 ? month_from_march + 2 : month_from_march - 10);
    int const year = static_cast<int>(static_cast<std::int64_t>(year_of_era) + era * 400) + (month < 2);
    int const weekday = static_cast<int>(((days + 4) % 7 + 7) % 7);
    return {year, month, day, weekday, static_cast<int>(rest / 3600), static_cast<int>(rest / 60 % 60), static_cast<int>(rest % 60), days};
}

std::string Clock::time(Time at, std::string const& zone, bool seconds) const
{
    auto const c = civil(at, zone);
    char text[24];
    int const hour = c.hour % 12 == 0 ? 12 : c.hour % 12;
    char const* half = c.hour < 12 ? "AM" : "PM";
    if (seconds)
        std::snprintf(text, sizeof text, "%d:%02d:%02d %s", hour, c.minute, c.second, half);
    else
        std::snprintf(text, sizeof text, "%d:%02d %s", hour, c.minute, half);
    return text;
}

std::string Clock::short_time(Time at, std::string const& zone) const
{
    auto const c = civil(at, zone), today = civil(m_present, zone);
    auto const days = today.day_number - c.day_number;
    if (days == 0) return time(at, zone);
    if (days == 1) return "Yesterday";
    if (days > 1 && days < 7) return std::string(weekdays[static_cast<std::size_t>(c.weekday)]).substr(0, 3);
    auto const day = std::to_string(c.day) + ' ' + std::string(months[static_cast<std::size_t>(c.month)]).substr(0, 3);
    return c.year == today.year ? day : day + ' ' + std::to_string(c.year);
}

std::string Clock::date(Time at, std::string const& zone) const
{
    auto const c = civil(at, zone);
    return std::to_string(c.day) + ' ' + months[static_cast<std::size_t>(c.month)] + ' ' + std::to_string(c.year);
}

std::string Clock::weekday_date(Time at, std::string const& zone) const
{
    auto const c = civil(at, zone);
    return std::string(weekdays[static_cast<std::size_t>(c.weekday)]) + ", " + std::to_string(c.day) + ' '
        + months[static_cast<std::size_t>(c.month)];
}

std::string Clock::month_words(std::string const& month) const
{
    auto const number = month.size() == 7 ? static_cast<std::size_t>(std::atoi(month.c_str() + 5) - 1) : months.size();
    return number < months.size() ? std::string(months[number]) + ' ' + month.substr(0, 4) : month;
}

std::string Clock::day_words(Time at, std::string const& zone) const
{
    auto const c = civil(at, zone), today = civil(m_present, zone);
    auto const days = today.day_number - c.day_number;
    if (days == 0) return "Today";
    if (days == 1) return "Yesterday";
    return c.year == today.year ? weekday_date(at, zone) : date(at, zone);
}

std::string Clock::exact(Time at, std::string const& zone) const
{
    return date(at, zone) + ", " + time(at, zone, true);
}

std::string Clock::day_group(Time at) const
{
    auto const today = civil(m_present, {});
    auto const days = today.day_number - civil(at, {}).day_number;
    if (days <= 0) return "Today";
    if (days == 1) return "Yesterday";
    return days <= (today.weekday + 6) % 7 ? "Earlier this week" : "Earlier";
}

std::string Clock::age(Time at) const
{
    auto const minutes = (m_present.milliseconds - at.milliseconds) / 60'000;
    if (minutes < 1) return "now";
    if (minutes < 60) return std::to_string(minutes) + " min";
    if (minutes < 48 * 60) return std::to_string(minutes / 60) + " h";
    return std::to_string(minutes / (24 * 60)) + " days";
}

int Clock::minutes_of_day(Time at, std::string const& zone) const
{
    auto const c = civil(at, zone);
    return c.hour * 60 + c.minute;
}

int Clock::offset_minutes() const
{
    return m_offset(m_present.milliseconds, {}) / 60;
}

std::string duration(std::int64_t milliseconds)
{
    char text[40];
    if (milliseconds < 100)
        std::snprintf(text, sizeof text, "%d ms", static_cast<int>(milliseconds));
    else if (milliseconds < 10'000)
        std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(milliseconds) / 1000.0);
    else if (milliseconds < 120'000)
        std::snprintf(text, sizeof text, "%d s", static_cast<int>((milliseconds + 500) / 1000));
    else if (milliseconds < 2 * hour_ms)
        std::snprintf(
            text, sizeof text, "%d min %d s", static_cast<int>(milliseconds / 60'000), static_cast<int>(milliseconds / 1000 % 60));
    else
        std::snprintf(
            text, sizeof text, "%d h %d min", static_cast<int>(milliseconds / hour_ms), static_cast<int>(milliseconds / 60'000 % 60));
    return text;
}

} // namespace console
