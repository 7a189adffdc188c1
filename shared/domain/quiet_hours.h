#pragma once

#include "shared/base/time.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// When people may be called and texted: by the country and the clock of the number that is reached, not of who calls.

// Every clock by which people of this area code live; empty for a code that is none of Canada's or the United States'.
std::vector<std::string_view> time_zones_of(std::string_view area_code);

struct ContactTime {
    Time at; // `at` itself when it may be now, else the first moment when it may
    std::string time_zone; // of those that forbid it now, the one that opens last; '' when it may be now
};
// The window must be open in all zones of the number's area code. Nothing for a number outside Canada and the United States.
std::optional<ContactTime> next_contact_time(std::string_view e164, Time at);

std::string in_words(Time at, std::string const& time_zone); // Mon 30 Nov, 09:00 (America/Halifax)
