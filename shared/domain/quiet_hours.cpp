#include "shared/domain/quiet_hours.h"
#include "shared/domain/area_codes.h"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <chrono>

using std::chrono::milliseconds;
using std::chrono::minutes;

namespace {

// Minutes since midnight by the recipient's clock; closed from the last one on.
struct Window {
    int opens;
    int closes;
};
struct Hours {
    std::string_view country;
    Window weekday;
    Window weekend;
};
constexpr Hours hours[] = {
    {"US", {8 * 60, 21 * 60}, {8 * 60, 21 * 60}},
    {"CA", {9 * 60, 21 * 60 + 30}, {10 * 60, 18 * 60}},
};

// Area codes with more clocks than the one of area_codes. Where the sources differ, or people live by another clock than the law's,
// both are listed: one too many costs an hour, one too few wakes somebody.
struct Zones {
    std::string_view codes;
    std::string_view zones;
};
constexpr Zones several_zones[] = {
    // Canada
    {"250 778 236 672 257", // the Kootenays and the Peace
        "America/Vancouver America/Edmonton America/Dawson_Creek America/Fort_Nelson America/Creston"},
    {"306 639 474", "America/Regina America/Edmonton America/Winnipeg"}, // Lloydminster, Creighton
    {"807", "America/Toronto America/Winnipeg America/Atikokan"}, // Kenora, Atikokan
    {"418 581 367", "America/Toronto America/Halifax America/Blanc-Sablon"}, // the Magdalen Islands, the Lower North Shore
    {"709 879", "America/St_Johns America/Goose_Bay"}, // Labrador
    {"902 782", "America/Halifax America/Glace_Bay"},
    {"867", // all three territories
        "America/Whitehorse America/Dawson America/Inuvik America/Edmonton America/Rankin_Inlet America/Resolute America/Atikokan "
        "America/Iqaluit"},
    // United States
    {"334", "America/Chicago America/New_York"}, // Phenix City
    {"907", "America/Anchorage America/Juneau America/Sitka America/Metlakatla America/Yakutat America/Nome America/Adak"},
    {"928", "America/Phoenix America/Denver"}, // the Navajo Nation
    {"850 448", "America/Chicago America/New_York"}, // Pensacola, Tallahassee
    {"208 986", "America/Boise America/Los_Angeles"}, // the panhandle
    {"219", "America/Chicago America/Indiana/Indianapolis"},
    {"574", "America/Indiana/Indianapolis America/Indiana/Knox America/Indiana/Winamac America/Chicago"}, // Starke County
    {"812 930", // Evansville is Central, the most of it Eastern
        "America/Chicago America/Indiana/Indianapolis America/Indiana/Vincennes America/Indiana/Petersburg America/Indiana/Tell_City "
        "America/Indiana/Marengo America/Indiana/Vevay America/Kentucky/Louisville"},
    {"620", "America/Chicago America/Denver"}, // Hamilton and Greeley Counties
    {"785", "America/Chicago America/Denver"}, // Goodland
    {"270 364", "America/Chicago America/New_York America/Kentucky/Louisville"}, // Elizabethtown
    {"606", "America/New_York America/Chicago America/Kentucky/Monticello"}, // Albany
    {"906", "America/Detroit America/Menominee"}, {"308", "America/Chicago America/Denver"}, // the panhandle
    {"402 531", "America/Chicago America/Denver"}, // Cherry County
    {"775", "America/Los_Angeles America/Denver America/Boise"}, // West Wendover, Jackpot
    {"701", "America/Chicago America/Denver America/North_Dakota/Center America/North_Dakota/New_Salem America/North_Dakota/Beulah"},
    {"580", "America/Chicago America/Denver"}, // Kenton
    {"458 541", "America/Los_Angeles America/Boise"}, // Malheur County
    {"605", "America/Chicago America/Denver"}, // Rapid City
    {"423", "America/New_York America/Chicago"}, // Marion County
    {"931", "America/Chicago America/New_York"}, {"432", "America/Chicago America/Denver"}, // Culberson County
    {"915", "America/Denver America/Chicago"}, // El Paso's neighbours
};

constexpr int longest_search = 64; // steps; a few are enough: every window opens daily

std::vector<std::string_view> split(std::string_view text)
{
    std::vector<std::string_view> words;
    for (std::size_t start = 0; start < text.size();) {
        auto const end = std::min(text.find(' ', start), text.size());
        words.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return words;
}

date::sys_time<milliseconds> moment(Time time)
{
    return date::sys_time<milliseconds>(milliseconds(time.milliseconds));
}

Window window_of(Hours const& hours_of_country, date::local_days day)
{
    auto const weekday = date::weekday(day);
    return weekday == date::Saturday || weekday == date::Sunday ? hours_of_country.weekend : hours_of_country.weekday;
}

// `at` itself when the window is open there, else the moment when it opens next.
Time next_opening(Hours const& hours_of_country, date::time_zone const& zone, Time at)
{
    auto const local = zone.to_local(moment(at));
    auto const today = date::floor<date::days>(local);
    auto const opening = [&](date::local_days day) {
        auto const opens = zone.to_sys(day + minutes(window_of(hours_of_country, day).opens), date::choose::latest);
        return Time{std::chrono::duration_cast<milliseconds>(opens.time_since_epoch()).count()};
    };
    if (local >= today + minutes(window_of(hours_of_country, today).closes)) return opening(today + date::days(1));
    return std::max(at, opening(today));
}

} // namespace

std::vector<std::string_view> time_zones_of(std::string_view area_code)
{
    auto const area = find_area_code(area_code);
    if (!area) return {};
    for (auto const& [codes, zones] : several_zones)
        if (codes.find(area_code) != std::string_view::npos) return split(zones);
    return {area->time_zone};
}

std::optional<ContactTime> next_contact_time(std::string_view e164, Time at)
{
    auto const area = e164.size() == 12 && e164.starts_with("+1") ? find_area_code(e164.substr(2, 3)) : std::nullopt;
    if (!area) return {};
    auto const* hours_of_country
        = std::find_if(std::begin(hours), std::end(hours), [&](Hours const& entry) { return entry.country == area->country; });
    if (hours_of_country == std::end(hours)) return {};
    ContactTime next{at, {}};
    auto const zones = time_zones_of(area->code);
    for (int step = 0; step < longest_search; ++step) {
        auto const before = next.at;
        for (auto const name : zones) {
            auto const opens = next_opening(*hours_of_country, *date::locate_zone(std::string(name)), next.at);
            if (opens > next.at) next = {opens, std::string(name)};
        }
        if (next.at == before) return next;
    }
    return {};
}

std::string in_words(Time at, std::string const& time_zone)
{
    auto const local = date::locate_zone(time_zone)->to_local(date::floor<minutes>(moment(at)));
    return date::format("%a %e %b, %H:%M", local) + " (" + time_zone + ')';
}
