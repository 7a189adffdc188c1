#pragma once

#include "tools/telephony-sim/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace simulator {

// What was said in a call, and what the vendor makes of it afterwards.

struct Turn {
    std::string role; // user, agent
    std::string message;
    int64_t at = 0; // seconds from the start
};

struct Talk {
    std::vector<Turn> turns;
    std::optional<int64_t> started_at; // Unix seconds; nothing: now
    int64_t duration = 0; // seconds
    std::string status = "done"; // or failed
    std::string title;
    std::string summary;
    std::string call_successful = "success"; // or failure, unknown
    std::string termination_reason = "Remote party hung up";
    Json collected = Json::object(); // name: value
    std::optional<double> cost; // dollars; nothing: by its duration
    bool is_analysed = true;
};

// The "conversation" of a control; what is wrong with it otherwise.
std::variant<Talk, std::string> read_talk(Json const& json);

} // namespace simulator
