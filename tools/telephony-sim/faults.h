#pragma once

#include "tools/telephony-sim/json.h"
#include "tools/telephony-sim/state.h"

#include <optional>
#include <string>
#include <variant>

namespace simulator {

struct Fault {
    int64_t id = 0;
    std::string kind;
    Json details; // as it was armed, with what was left out
};

// The faults armed through /sim/faults. They are kept over restarts, and so is how far each has come.
// One is {operation, kind, nth: 1, times: 1} and what its kind knows: it strikes from the nth matching call on, `times` calls, 0 for all.
// A random plan has `share` and `seed` instead of `nth`: whether an operation's k-th call is struck depends on these two alone.
class Faults {
public:
    explicit Faults(State& state) : m_state(state) { }

    // The armed fault as it is listed, or what is wrong; then nothing is armed.
    std::variant<Json, std::string> arm(Json const& wanted);
    Json list() const;
    void disarm_all();

    // Counts the call for every fault that it matches. Of those whose turn it is the oldest strikes; the others' turn comes with
    // their next matching call, except a random plan's, which keeps to its pattern.
    std::optional<Fault> strike(std::string const& operation);

private:
    State& m_state;
};

} // namespace simulator
