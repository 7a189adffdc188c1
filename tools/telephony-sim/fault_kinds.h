#pragma once

#include "tools/telephony-sim/faults.h"
#include "tools/telephony-sim/late_effects.h"
#include "tools/telephony-sim/message.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace simulator {

std::vector<std::string> const& operation_names();

// What is wrong with a fault's operation, kind and parameters, or "".
std::string problem_with_kind(Json const& fault);

// A call that a fault strikes.
struct Struck {
    Fault const& fault;
    std::string const& operation;
    Request const& request;
    std::function<Answer(Request const&)> const& work;
    State& state;
    LateEffects& late_effects;
};

struct Outcome {
    Answer answer;
    std::optional<int> effect = {}; // the status of what was done at the vendor's; nothing if nothing was
    int delay_ms = 0;
};

Outcome suffer(Struck const& struck);

} // namespace simulator
