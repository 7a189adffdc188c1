#pragma once

#include "tools/telephony-sim/call_book.h"
#include "tools/telephony-sim/conversation_book.h"
#include "tools/telephony-sim/courier.h"
#include "tools/telephony-sim/settings.h"
#include "tools/telephony-sim/state.h"
#include "tools/telephony-sim/talk.h"

#include <string>

namespace simulator {

// Who is connected to whom.
struct Line {
    std::string direction; // inbound, outbound
    std::string call_sid;
    std::string conversation_id;
    std::string our_number;
    std::string phone_number_id; // ElevenLabs'
    std::string customer;
    std::string agent_id;
    std::string agent_name;
    std::string user_id;
    Json variables = Json::object(); // what the agent was told
};

// ElevenLabs' half of a call: what it keeps of it, and the webhook by which it tells.
class Recorder {
public:
    Recorder(State& state, Settings const& settings, Courier& courier) : m_state(state), m_settings(settings), m_courier(courier) { }

    // As GET /v1/convai/conversations/{id} has it once it is done.
    Json body(Line const& line, Talk const& talk) const;
    // Sends what was said to the webhook that the agent, or else the workspace, has for it. What became of it.
    Json tell(Conversation const& conversation);
    // The same for a call that nobody took: `reason` is busy, no-answer or unknown, `status_callback` what Twilio says about it.
    Json tell_failure(Conversation const& conversation, std::string const& reason, Json const& status_callback, int64_t delay_ms);

private:
    Json post(std::string const& kind, char const* event, Conversation const& conversation, Json data, int64_t delay_ms, bool at_once);

    State& m_state;
    Settings const& m_settings;
    Courier& m_courier;
};

} // namespace simulator
