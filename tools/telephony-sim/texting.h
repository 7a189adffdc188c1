#pragma once

#include "tools/telephony-sim/courier.h"
#include "tools/telephony-sim/message_book.h"
#include "tools/telephony-sim/settings.h"
#include "tools/telephony-sim/state.h"
#include "tools/telephony-sim/twilio_fields.h"

#include <optional>
#include <string>
#include <variant>

namespace simulator {

// Twilio's half of texts, both ways: webhooks, states, prices, and its own handling of STOP, START and HELP.
class Texting {
public:
    Texting(State& state, Settings const& settings, Courier& courier) : m_state(state), m_settings(settings), m_courier(courier) { }

    // A customer writes. `sent_at` in milliseconds; one of the past is only recorded, as if its webhook had been lost.
    Json receive(std::string const& from, std::string const& to, std::string const& body, int64_t media, std::optional<int64_t> sent_at);
    // POST Messages.json
    std::variant<TextMessage, TwilioRefusal> send(Fields const& form);
    // Does what the answer to a text's webhook asks for, and says what that was.
    std::string obey(Json const& webhook, std::string const& content_type, std::string const& body);

private:
    void answer_automatically(std::string const& from, std::string const& to, std::string const& words);
    std::variant<TextMessage, TwilioRefusal> reply(std::string const& from, std::string const& to, std::string const& body);
    TextMessage outgoing(
        std::string const& direction, std::string const& from, std::string const& to, std::string const& body, int64_t media);

    State& m_state;
    Settings const& m_settings;
    Courier& m_courier;
};

} // namespace simulator
