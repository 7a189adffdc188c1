#pragma once

#include "edge-server/providers/twilio_client.h"

#include <optional>
#include <string>
#include <vector>

// One place to look for a number, in the order of the ladder.
struct SearchRung {
    std::string country;
    std::string area_code; // '' looks in the region, or the country
    std::string region;
    std::string note; // said in the run when this rung is the one: why not the first
};

// Asked for an area code: that one, then its overlays, nothing else. Not asked: the installation's, its region, its country.
std::vector<SearchRung> search_ladder(
    std::string const& asked_area_code, std::string const& home_country, std::string const& home_area_code);

// Whether an offer is what the rung asked for; a vendor's answer is not believed unseen.
bool fits(SearchRung const& rung, OfferedNumber const& offer);

std::string place_of(OfferedNumber const& offer); // "Vancouver, BC"
