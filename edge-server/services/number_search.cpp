#include "edge-server/services/number_search.h"
#include "shared/base/text.h"
#include "shared/domain/area_codes.h"

std::vector<SearchRung> search_ladder(
    std::string const& asked_area_code, std::string const& home_country, std::string const& home_area_code)
{
    std::vector<SearchRung> rungs;
    auto const first = asked_area_code.empty() ? home_area_code : asked_area_code;
    auto const area = find_area_code(first);
    if (!area) return rungs;
    std::string const country(area->country);
    rungs.push_back({country, first, {}, {}});
    if (!asked_area_code.empty()) {
        for (auto const& overlay : overlays_of(asked_area_code))
            rungs.push_back({country, overlay, {}, "No number is free in " + asked_area_code + "; " + overlay + " serves the same area."});
        return rungs;
    }
    rungs.push_back({home_country, {}, std::string(area->region), "No number is free in " + first + "; this one is from the same region."});
    rungs.push_back({home_country, {}, {}, "No number is free in the region of " + first + "; this one is from the same country."});
    return rungs;
}

bool fits(SearchRung const& rung, OfferedNumber const& offer)
{
    if (offer.phone_number.size() != 12 || !offer.phone_number.starts_with("+1")) return false;
    auto const code = offer.phone_number.substr(2, 3);
    auto const area = find_area_code(code);
    return area && area->country == rung.country && (rung.area_code.empty() || rung.area_code == code);
}

std::string place_of(OfferedNumber const& offer)
{
    auto const locality = bounded_data(offer.locality, 60);
    auto const region = bounded_data(offer.region, 20);
    return locality.empty() || region.empty() ? locality + region : locality + ", " + region;
}
