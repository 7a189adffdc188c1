#include "shared/domain/area_codes.h"
#include "shared/domain/quiet_hours.h"

#include <date/tz.h>
#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

// A moment by the clock of a zone: "2026-03-06 08:30".
Time at_clock(std::string const& zone, std::string const& text)
{
    int year = 0, month = 0, day = 0, hour = 0, minute = 0;
    REQUIRE(std::sscanf(text.c_str(), "%d-%d-%d %d:%d", &year, &month, &day, &hour, &minute) == 5);
    auto const local = date::local_days(date::year(year) / month / day) + std::chrono::hours(hour) + std::chrono::minutes(minute);
    auto const moment = date::locate_zone(zone)->to_sys(local, date::choose::earliest);
    return {std::chrono::duration_cast<std::chrono::milliseconds>(moment.time_since_epoch()).count()};
}

std::string number_in(std::string const& area_code)
{
    return "+1" + area_code + "5550142";
}

} // namespace

TEST_CASE("people are reached by their own clock only within their country's hours")
{
    struct Row {
        char const* what;
        char const* area_code;
        char const* zone; // of `at` and `next`
        char const* at;
        char const* next; // '' when it may be at once
    };
    std::vector<Row> const rows{
        // The United States, every day 8:00 to 21:00.
        {"the first minute", "212", "America/New_York", "2026-06-10 08:00", ""},
        {"a minute before", "212", "America/New_York", "2026-06-10 07:59", "2026-06-10 08:00"},
        {"the last minute", "212", "America/New_York", "2026-06-10 20:59", ""},
        {"closed on the hour", "212", "America/New_York", "2026-06-10 21:00", "2026-06-11 08:00"},
        {"Sunday is as any day", "212", "America/New_York", "2026-06-14 08:00", ""},
        // Canada: weekdays 9:00 to 21:30, weekends 10:00 to 18:00.
        {"a weekday's first minute", "416", "America/Toronto", "2026-06-10 09:00", ""},
        {"before it", "416", "America/Toronto", "2026-06-10 08:59", "2026-06-10 09:00"},
        {"a weekday's last minute", "416", "America/Toronto", "2026-06-10 21:29", ""},
        {"half past nine", "416", "America/Toronto", "2026-06-10 21:30", "2026-06-11 09:00"},
        {"Saturday at nine", "416", "America/Toronto", "2026-06-13 09:00", "2026-06-13 10:00"},
        {"Saturday at ten", "416", "America/Toronto", "2026-06-13 10:00", ""},
        {"Saturday at six", "416", "America/Toronto", "2026-06-13 18:00", "2026-06-14 10:00"},
        {"Sunday's last minute", "416", "America/Toronto", "2026-06-14 17:59", ""},
        {"Sunday evening waits for Monday at nine", "416", "America/Toronto", "2026-06-14 18:00", "2026-06-15 09:00"},
        {"Friday night waits for Saturday at ten", "416", "America/Toronto", "2026-06-12 22:00", "2026-06-13 10:00"},
        // The night of the change: 2:00 is missing on 8 March, twice on 1 November.
        {"before the spring change", "212", "America/New_York", "2026-03-07 22:00", "2026-03-08 08:00"},
        {"in the missing hour's morning", "212", "America/New_York", "2026-03-08 07:59", "2026-03-08 08:00"},
        {"after the spring change", "212", "America/New_York", "2026-03-08 08:00", ""},
        {"before the autumn change", "212", "America/New_York", "2026-10-31 21:00", "2026-11-01 08:00"},
        {"after the autumn change", "212", "America/New_York", "2026-11-01 08:00", ""},
        {"in the hour that comes twice", "212", "America/New_York", "2026-11-01 01:30", "2026-11-01 08:00"},
        {"years from now", "212", "America/New_York", "2033-07-04 07:59", "2033-07-04 08:00"},
        // Clocks of their own.
        {"Hawaii knows no summer time", "808", "Pacific/Honolulu", "2026-07-01 07:59", "2026-07-01 08:00"},
        {"half an hour off, with Labrador an hour later still", "709", "America/St_Johns", "2026-06-10 09:15", "2026-06-10 09:30"},
        {"half an hour off, open for both", "709", "America/St_Johns", "2026-06-10 09:30", ""},
        {"half an hour off, closed in Newfoundland first", "709", "America/St_Johns", "2026-06-10 21:30", "2026-06-11 09:30"},
        // All clocks of an area code must agree.
        {"Pensacola sleeps yet", "850", "America/New_York", "2026-06-10 08:30", "2026-06-10 09:00"},
        {"both are awake", "850", "America/New_York", "2026-06-10 09:00", ""},
        {"Tallahassee sleeps already", "850", "America/Chicago", "2026-06-10 20:00", "2026-06-11 08:00"},
        {"Arizona alone would be open in summer", "928", "America/Phoenix", "2026-07-01 20:00", "2026-07-02 08:00"},
        {"the Navajo Nation is an hour ahead in summer", "928", "America/Phoenix", "2026-07-01 19:59", ""},
        {"in winter Arizona is one", "928", "America/Phoenix", "2026-12-01 20:59", ""},
        {"Coeur d'Alene sleeps yet", "208", "America/Boise", "2026-06-10 08:30", "2026-06-10 09:00"},
        {"the Aleutians sleep yet", "907", "America/Anchorage", "2026-06-10 08:30", "2026-06-10 09:00"},
        {"Nunavut goes to bed first", "867", "America/Iqaluit", "2026-06-10 21:30", "2026-06-11 12:00"},
        {"a Saturday ends in Nunavut first", "867", "America/Iqaluit", "2026-06-13 18:00", "2026-06-14 13:00"},
        {"Saskatchewan stays, Lloydminster changes", "306", "America/Regina", "2025-01-15 09:30", "2025-01-15 10:00"},
        {"Kenora sleeps yet", "807", "America/Toronto", "2026-06-10 09:30", "2026-06-10 10:00"},
    };
    for (auto const& row : rows) {
        CAPTURE(row.what);
        auto const at = at_clock(row.zone, row.at);
        auto const next = next_contact_time(number_in(row.area_code), at);
        REQUIRE(next);
        bool const now_is_right = *row.next == '\0';
        auto const expected = now_is_right ? at : at_clock(row.zone, row.next);
        CHECK(to_rfc3339(next->at) == to_rfc3339(expected));
        CHECK(next->time_zone.empty() == now_is_right);
    }
}

TEST_CASE("every area code has clocks that this system knows, the one of its largest city among them")
{
    int codes = 0;
    for (int number = 200; number < 1000; ++number) {
        auto const code = std::to_string(number);
        auto const area = find_area_code(code);
        auto const zones = time_zones_of(code);
        CHECK(area.has_value() == !zones.empty());
        if (!area) continue;
        ++codes;
        CAPTURE(code);
        bool has_city = false;
        for (auto const zone : zones) {
            CHECK_NOTHROW(date::locate_zone(std::string(zone)));
            has_city = has_city || zone == area->time_zone;
        }
        CHECK(has_city);
    }
    CHECK(codes > 380);
}

// Whatever the search answers, asking each clock by itself has the last word.
TEST_CASE("in every quarter of an hour of a year no clock of any area code is outside its hours")
{
    constexpr std::int64_t quarter = 15 * 60'000;
    auto const start = at_clock("UTC", "2026-01-01 00:00");
    std::int64_t asked = 0, outside = 0;
    for (int number = 200; number < 1000; ++number) {
        auto const area = find_area_code(std::to_string(number));
        if (!area) continue;
        // A different slice of the year for each code, so that all of them together see every hour of every season.
        for (int step = 0; step < 24 * 4; ++step) {
            auto const at = start.plus_milliseconds(((number * 37 + step * 365) % (365 * 96)) * quarter);
            auto const next = next_contact_time(number_in(std::to_string(number)), at);
            REQUIRE(next);
            for (auto const zone : time_zones_of(std::to_string(number))) {
                auto const moment = date::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(next->at.milliseconds));
                auto const local = date::locate_zone(std::string(zone))->to_local(moment);
                auto const day = date::floor<date::days>(local);
                auto const minute = std::chrono::duration_cast<std::chrono::minutes>(local - day).count();
                bool const weekend = date::weekday(day) == date::Saturday || date::weekday(day) == date::Sunday;
                auto const opens = area->country == "US" ? 480 : weekend ? 600 : 540;
                auto const closes = area->country == "US" ? 1260 : weekend ? 1080 : 1290;
                ++asked;
                outside += minute < opens || minute >= closes;
            }
        }
    }
    CHECK(asked > 40'000);
    CHECK(outside == 0);
}

TEST_CASE("a number outside Canada and the United States has no hours")
{
    for (auto const* number : {"+18765550142", "+442071838750", "+1604555014", "+19005550142", "", "60455"})
        CHECK(!next_contact_time(number, now()));
}

TEST_CASE("a refusal can say when it may be")
{
    CHECK(in_words(at_clock("America/Halifax", "2026-11-30 09:00"), "America/Halifax") == "Mon 30 Nov, 09:00 (America/Halifax)");
}
