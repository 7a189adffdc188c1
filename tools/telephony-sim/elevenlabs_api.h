#pragma once

#include "tools/telephony-sim/gate.h"
#include "tools/telephony-sim/recorder.h"
#include "tools/telephony-sim/settings.h"
#include "tools/telephony-sim/state.h"

#include <functional>
#include <string>

namespace simulator {

class Body;

// Everything below /v1/convai and /v1/workspace.
class ElevenLabsApi {
public:
    ElevenLabsApi(State& state, Settings const& settings, Gate& gate, Recorder& recorder, std::string webhook_secret)
        : m_state(state), m_settings(settings), m_gate(gate), m_recorder(recorder), m_webhook_secret(std::move(webhook_secret))
    {
    }

    Answer handle(Request const& request);
    Answer perform(Request const& request); // past the gate: neither noted nor struck

private:
    struct Operation {
        std::string name;
        std::function<Answer()> work; // empty: no such method here
    };

    Operation find(Request const& request);

    // elevenlabs_numbers.cpp
    Answer import_number(Request const& request);
    Answer list_numbers(Request const& request);
    Answer get_number(std::string const& id);
    Answer patch_number(Request const& request, std::string const& id);
    Answer remove_number(std::string const& id);

    // elevenlabs_agents.cpp
    Answer list_agent_summaries(Request const& request);
    Answer create_agent(Request const& request);
    Answer get_agent(std::string const& id);
    Answer patch_agent(Request const& request, std::string const& id);
    Answer remove_agent(std::string const& id);

    // elevenlabs_workspace.cpp
    Answer get_webhooks(Request const& request);
    Answer create_webhook(Request const& request);
    Answer patch_webhook(Request const& request, std::string const& id);
    Answer remove_webhook(std::string const& id);
    Answer get_settings();
    Answer patch_settings(Request const& request);
    Answer get_secrets(Request const& request);
    Answer get_secret(std::string const& id);
    Answer create_secret(Request const& request);
    Answer patch_secret(Request const& request, std::string const& id);
    Answer remove_secret(std::string const& id);

    // elevenlabs_conversations.cpp
    Answer list_conversation_summaries(Request const& request);
    Answer get_conversation(std::string const& id);
    Answer remove_conversation(std::string const& id);

    // elevenlabs_outbound.cpp
    Answer outbound_call(Request const& request);
    Answer place_call(Body const& body);
    void record_outbound(Line const& line, std::string const& outcome, std::string const& number_sid, std::string const& greeting);

    State& m_state;
    Settings const& m_settings;
    Gate& m_gate;
    Recorder& m_recorder;
    std::string const m_webhook_secret; // given at the start, else each webhook gets a random one
};

} // namespace simulator
