#pragma once

#include <optional>
#include <string>
#include <vector>

namespace simulator {

// One thing that TwiML asks for: its name ("Say", "Dial" …) and its text.
struct TwimlVerb {
    std::string name;
    std::string text;
};

// The verbs of a voice answer in order; nothing if it is no TwiML.
std::optional<std::vector<TwimlVerb>> read_twiml(std::string const& xml);

} // namespace simulator
