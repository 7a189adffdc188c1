#pragma once

#include <map>
#include <string>
#include <vector>

namespace simulator {

// Where a number rings, as a number search describes it.
struct Place {
    std::string country;
    std::string region;
    std::string lata;
    std::string locality;
    std::string rate_center; // the numbering plan's short upper-case name
    std::string postal_code;
    double latitude = 0;
    double longitude = 0;
};

double miles_between(Place const& from, double latitude, double longitude);

// Area codes in use, each with the places it serves. An area code that is missing here has no numbers.
std::map<std::string, std::vector<Place>> const& area_codes();

// "604" of "+16045550123"; "" if the number is not North American.
std::string area_code_of(std::string const& e164);

} // namespace simulator
