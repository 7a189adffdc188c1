#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A geographic area code of Canada or the United States. Overlays share everything but the code.
struct AreaCode {
    std::string_view code;
    std::string_view country; // CA or US
    std::string_view region; // BC, WA, …
    std::string_view place; // its largest city
    std::string_view time_zone;
    double latitude;
    double longitude;
};

std::optional<AreaCode> find_area_code(std::string_view code);
std::vector<std::string> overlays_of(std::string_view code); // other codes of the same area
std::vector<std::string> area_codes_of_region(std::string_view country, std::string_view region);
std::vector<std::string> area_codes_near(std::string_view code); // of the same country, other areas, nearest first
