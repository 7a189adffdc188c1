#pragma once

#include <compare>
#include <cstdint>
#include <string>

// A moment: RFC 3339 UTC in JSON, Unix milliseconds in SQL. 0 means "never".
struct Time {
    std::int64_t milliseconds = 0;

    auto operator<=>(Time const&) const = default;
    explicit operator bool() const { return milliseconds != 0; }
    Time plus_milliseconds(std::int64_t amount) const { return {milliseconds + amount}; }
    Time plus_seconds(std::int64_t amount) const { return {milliseconds + amount * 1000}; }
};

Time now();
std::string to_rfc3339(Time time); // 2024-01-15T10:30:00Z, with .123 when it has milliseconds
Time from_rfc3339(std::string const& text); // UTC only; never, for what is not such a time
Time from_rfc2822(std::string const& text); // Thu, 30 Jul 2015 23:19:04 +0000; UTC only; never, for what is not such a time
