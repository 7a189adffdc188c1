#pragma once

#include "tools/telephony-sim/json.h"
#include "tools/telephony-sim/state.h"

#include <mutex>
#include <string>

namespace simulator {

// The fixed credentials of the simulated accounts.
constexpr char const* account_sid = "AC00000000000000000000000000000000";
constexpr char const* account_token = "simulator-token";
constexpr char const* workspace_key = "simulator-key";
constexpr char const* first_agent_id = "agent_simulator";

// Switches of `/sim/settings`, kept over restarts. What a vendor's documents leave open can be had both ways.
class Settings {
public:
    Settings(State& state, int default_latency_ms);

    Json all() const;
    int latency_ms(std::string const& operation) const;
    bool second_import_conflicts() const; // else it gets a second id
    bool repeated_buy_updates() const; // else it is refused
    bool failed_initiation_drops_call() const; // else the call goes on with the agent's placeholders

    // What is wrong with the patch, or "".
    std::string change(Json const& patch);
    void forget(); // back to how the program was started

private:
    State& m_state;
    Json const m_initial;
    mutable std::mutex m_mutex;
    Json m_settings;
};

} // namespace simulator
