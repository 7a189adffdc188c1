#pragma once

#include "tools/telephony-sim/json.h"
#include "tools/telephony-sim/recorder.h"
#include "tools/telephony-sim/settings.h"
#include "tools/telephony-sim/state.h"
#include "tools/telephony-sim/talk.h"
#include "tools/telephony-sim/text.h"

#include <optional>
#include <string>

namespace simulator {

// A customer's telephone: calls a number and tells, step by step, who answered and what was said.
class Telephone {
public:
    Telephone(State& state, Settings const& settings, Recorder& recorder) : m_state(state), m_settings(settings), m_recorder(recorder) { }

    // Rings, hears the greeting and is gone. `from` may be anything that arrives as a caller id; "" is withheld.
    Json call(std::string const& from, std::string const& to);
    // The same, and then they talk. Without words of the agent at its start a talk begins with the greeting.
    Json call(std::string const& from, std::string const& to, Talk talk);

    // The same by and by: the answered call stays open, `say` gets the agent's answer, and after `hang_up` it is told.
    Json start(std::string const& from, std::string const& to);
    std::optional<Json> say(std::string const& call_sid, std::string const& words); // nothing: there is no such call, or it is over
    std::optional<Json> hang_up(std::string const& call_sid);

private:
    struct Call;
    Call ring(std::string const& from, std::string const& to);
    void record(Call const& call, int64_t started_at, int64_t duration);
    void reach_agent(Call& call);
    bool ask_initiation_webhook(Call& call, Json const& agent, Json& variables, std::string& first_message);
    void reach_address(Call& call, Json const& number);
    bool fetch_twiml(Call& call, std::string const& url, std::string const& method, Fields const& extra);

    State& m_state;
    Settings const& m_settings;
    Recorder& m_recorder;
};

} // namespace simulator
