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
    // The line of a conversation that is going on.
    static Line line_of(Conversation const& conversation);
    // Sends what was said to the webhook that the agent, or else the workspace, has for it. What became of it.
    Json tell(Conversation const& conversation);
    void tell_later(Conversation const& conversation); // by another thread
    // The same for a call that nobody took: `reason` is busy, no-answer or unknown, `status_callback` what Twilio says about it.
    void tell_failure(Conversation const& conversation, std::string const& reason, Json const& status_callback);

private:
    // The webhook that brings it, or nothing: nobody wants it.
    std::optional<Json> webhook(std::string const& kind, char const* event, Conversation const& conversation, Json data) const;
    std::optional<Json> transcription(Conversation const& conversation) const;

    State& m_state;
    Settings const& m_settings;
    Courier& m_courier;
};

} // namespace simulator
