#pragma once

#include "shared/base/time.h"

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace console {

// Moments in words, in some time zone ('' is this machine's): 12-hour clock, day before month.
class Clock {
public:
    using Offset = std::function<int(std::int64_t at, std::string const& zone)>; // seconds east of UTC

    Clock(Offset offset, Time present) : m_offset(std::move(offset)), m_present(present) { }

    void set_present(Time present) { m_present = present; }
    Time present() const { return m_present; }

    std::string time(Time at, std::string const& zone = {}, bool seconds = false) const; // 4:35 PM, 4:35:02 PM
    std::string short_time(Time at, std::string const& zone = {}) const; // 4:35 PM, Yesterday, Thu, 14 Nov, 14 Nov 2024
    std::string date(Time at, std::string const& zone = {}) const; // 14 November 2026
    std::string weekday_date(Time at, std::string const& zone = {}) const; // Sunday, 22 November
    std::string month_words(std::string const& month) const; // November 2026, of 2026-11
    std::string day_words(Time at, std::string const& zone = {}) const; // Today, Yesterday, Monday, 16 November
    std::string exact(Time at, std::string const& zone = {}) const; // 14 November 2026, 4:35:02 PM
    std::string day_group(Time at) const; // Today, Yesterday, Earlier this week, Earlier
    std::string age(Time at) const; // now, 12 min, 2 h, 3 days
    int minutes_of_day(Time at, std::string const& zone = {}) const;
    int offset_minutes() const; // of this machine, now

private:
    struct Civil {
        int year, month, day, weekday, hour, minute, second;
        std::int64_t day_number;
    };
    Civil civil(Time at, std::string const& zone) const;

    Offset m_offset;
    Time m_present;
    mutable std::map<std::pair<std::string, std::int64_t>, int> m_offsets; // by zone and hour
};

std::string duration(std::int64_t milliseconds); // 12 ms, 0.8 s, 42 s, 3 min 20 s

} // namespace console
