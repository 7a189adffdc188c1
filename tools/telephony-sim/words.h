#pragma once

#include "tools/telephony-sim/json.h"

#include <set>
#include <string>

namespace simulator {

// An agent's words with each {{name}} replaced: by its variable, or one of the system's.
std::string spoken_words(std::string const& text, Json const& variables, Json const& system);
// The names in {{ }} that a text needs, without the system's.
std::set<std::string> names_in(std::string const& text);
// A variable as it is said.
std::string spoken(Json const& value);
std::string listed(std::set<std::string> const& names);

} // namespace simulator
