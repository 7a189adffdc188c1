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

// Switches of `/sim/settings`, kept over restarts. What a vendor's documents leave open can be had both ways; what a network and
// other people do can be had badly. settings.cpp lists them all.
class Settings {
public:
    Settings(State& state, int default_latency_ms);

    Json all() const;
    int latency_ms(std::string const& operation) const;
    bool second_import_conflicts() const { return text("second_import") == "conflict"; } // else it gets a second id
    bool repeated_buy_updates() const { return text("repeated_buy") == "updated"; } // else it is refused
    bool failed_initiation_drops_call() const { return text("failed_initiation") == "drop"; } // else the agent's placeholders stand

    int64_t number(char const* name) const;
    double factor(char const* name) const;
    bool flag(char const* name) const;
    std::string text(char const* name) const;
    Json json(char const* name) const;
    // Of a setting that is one word for everyone, or {"default": word, "+16045550142": word}.
    std::string word_for(char const* name, std::string const& phone_number) const;

    // What is wrong with the patch, or "".
    std::string change(Json const& patch);
    void forget(); // back to how the program was started

private:
    State& m_state;
    Json const m_initial;
    std::mutex m_changing;
    mutable std::mutex m_mutex;
    Json m_settings;
};

} // namespace simulator
