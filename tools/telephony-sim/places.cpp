#include "tools/telephony-sim/places.h"

#include "tools/telephony-sim/embedded.h"
#include "tools/telephony-sim/text.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numbers>

namespace simulator {

namespace {

constexpr size_t rate_center_length = 10;

std::string rate_center_name(std::string const& locality)
{
    std::string name;
    for (unsigned char const c : locality) {
        if (std::isalpha(c) || c == ' ') name += static_cast<char>(std::toupper(c));
    }
    name.resize(std::min(name.size(), rate_center_length));
    while (name.ends_with(' '))
        name.pop_back();
    return name;
}

std::map<std::string, std::vector<Place>> read_table()
{
    std::map<std::string, std::vector<Place>> table;
    for (auto const& line : split(embedded("area_codes.txt"), '\n')) {
        if (line.empty() || line.starts_with('#')) continue;
        auto const cells = split(line, '|');
        Place const place{.country = cells.at(1),
            .region = cells.at(2),
            .lata = cells.at(3),
            .locality = cells.at(4),
            .rate_center = rate_center_name(cells.at(4)),
            .postal_code = cells.at(7),
            .latitude = std::stod(cells.at(5)),
            .longitude = std::stod(cells.at(6))};
        for (auto const& code : split(cells.at(0), ','))
            table[code].push_back(place);
    }
    return table;
}

} // namespace

double miles_between(Place const& from, double latitude, double longitude)
{
    constexpr double earth_radius_miles = 3958.8;
    auto const radians = [](double degrees) { return degrees * std::numbers::pi / 180; };
    double const half_latitude = std::sin(radians(latitude - from.latitude) / 2);
    double const half_longitude = std::sin(radians(longitude - from.longitude) / 2);
    double const chord
        = half_latitude * half_latitude + std::cos(radians(from.latitude)) * std::cos(radians(latitude)) * half_longitude * half_longitude;
    return 2 * earth_radius_miles * std::asin(std::sqrt(std::min(1.0, chord)));
}

std::map<std::string, std::vector<Place>> const& area_codes()
{
    static auto const table = read_table();
    return table;
}

std::string area_code_of(std::string const& e164)
{
    return e164.size() == 12 && e164.starts_with("+1") && is_e164(e164) ? e164.substr(2, 3) : "";
}

} // namespace simulator
