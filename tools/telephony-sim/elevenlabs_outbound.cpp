#include "tools/telephony-sim/elevenlabs_api.h"
#include "tools/telephony-sim/elevenlabs_body.h"
#include "tools/telephony-sim/jack.h"
#include "tools/telephony-sim/number_book.h"
#include "tools/telephony-sim/places.h"
#include "tools/telephony-sim/words.h"
#include "tools/telephony-sim/workspace_book.h"

namespace simulator {

namespace {

constexpr char const* magic_unreachable = "+15005550001";

Answer not_placed(std::string const& why)
{
    return elevenlabs_answer(200, {{"success", false}, {"message", why}, {"conversation_id", nullptr}, {"callSid", nullptr}});
}

// Twilio's words about a call that nobody took, as its status callback has them.
Json status_callback(Line const& line, std::string const& outcome, int64_t at)
{
    Json body{{"CallSid", line.call_sid}, {"AccountSid", account_sid}, {"From", line.our_number}, {"To", line.customer},
        {"Caller", line.our_number}, {"Called", line.customer}, {"CallStatus", outcome}, {"Direction", "outbound-api"},
        {"ApiVersion", "2010-04-01"}, {"Timestamp", rfc2822(at)}, {"CallbackSource", "call-progress-events"}, {"SequenceNumber", "2"},
        {"SipResponseCode", outcome == "busy" ? "486" : "487"}, {"Duration", "0"}, {"CallDuration", "0"}};
    for (auto const& [who, number] :
        {std::pair{"From", line.our_number}, {"Caller", line.our_number}, {"To", line.customer}, {"Called", line.customer}}) {
        auto const known = area_codes().find(area_code_of(number));
        bool const is_known = known != area_codes().end();
        body[std::string(who) + "City"] = is_known ? known->second.front().locality : "";
        body[std::string(who) + "State"] = is_known ? known->second.front().region : "";
        body[std::string(who) + "Country"] = is_known ? known->second.front().country : "";
        body[std::string(who) + "Zip"] = "";
    }
    return body;
}

} // namespace

Answer ElevenLabsApi::outbound_call(Request const& request)
{
    Body body(request);
    body.knows({"agent_id", "agent_phone_number_id", "to_number", "conversation_initiation_client_data", "call_recording_enabled",
        "telephony_call_config"});
    body.needs_text("agent_id");
    body.needs_text("agent_phone_number_id");
    body.needs_text("to_number");
    body.may_have_object("conversation_initiation_client_data");
    body.may_have_object("conversation_initiation_client_data.dynamic_variables");
    body.may_have_text("conversation_initiation_client_data.user_id");
    body.may_have_object("telephony_call_config");
    auto refusal = body.refusal();
    auto answer = refusal ? *refusal : place_call(body);
    answer.unknown_parameters = body.unknown();
    return answer;
}

Answer ElevenLabsApi::place_call(Body const& body)
{
    struct Found {
        std::optional<Json> agent;
        std::optional<ImportedNumber> number;
        std::optional<Json> owned;
    };
    auto const found = m_state.look([&](Database& db) {
        auto number = find_imported(db, body.text("agent_phone_number_id"));
        return Found{find_agent(db, body.text("agent_id")), number, number ? find_owned_by_number(db, number->phone_number) : std::nullopt};
    });
    if (!found.agent)
        return elevenlabs_refusal({404, "not_found", "agent_not_found", "Agent with id " + body.text("agent_id") + " not found"});
    if (!found.number)
        return elevenlabs_refusal(
            {404, "not_found", "phone_number_not_found", "Phone number with id " + body.text("agent_phone_number_id") + " not found"});
    auto const to = body.text("to_number");
    auto const outcome = m_settings.word_for("outbound_calls", to);
    if (!found.owned) return not_placed("Twilio does not know " + found.number->phone_number + " any more");
    if (!is_e164(to) || to == magic_unreachable)
        return not_placed("The phone number you are attempting to call, " + to + ", is not valid.");
    if (outcome == "refused") return not_placed("Twilio refused the call to " + to);

    auto const speech = value_at(*found.agent, {"conversation_config", "agent"});
    auto variables = value_at(speech, {"dynamic_variables", "dynamic_variable_placeholders"});
    if (!variables.is_object()) variables = Json::object();
    if (auto const* given = body.at("conversation_initiation_client_data.dynamic_variables"); given && given->is_object())
        variables.update(*given);
    auto const first_message = text_at(speech, "first_message");
    auto needed = names_in(first_message);
    std::erase_if(needed, [&](std::string const& name) { return variables.contains(name); });
    if (!needed.empty()) return not_placed("Missing required dynamic variables in first message: " + listed(needed));

    Line const line{"outbound", random_hex("CA", 32), random_id("conv_", 28), found.number->phone_number, found.number->phone_number_id, to,
        body.text("agent_id"), text_at(*found.agent, "name"), body.text("conversation_initiation_client_data.user_id"), variables};
    record_outbound(line, outcome, text_at(*found.owned, "sid"), spoken_words(first_message, variables, Json::object()));
    bool const says_ids = !m_settings.flag("null_ids");
    return elevenlabs_answer(200,
        {{"success", true}, {"message", "Success"}, {"conversation_id", says_ids ? Json(line.conversation_id) : Json(nullptr)},
            {"callSid", says_ids ? Json(line.call_sid) : Json(nullptr)}});
}

// What will come of it is settled now; what can be seen of it follows the clock.
void ElevenLabsApi::record_outbound(
    Line const& line, std::string const& outcome, std::string const& number_sid, std::string const& greeting)
{
    auto const now = now_ms();
    bool const is_taken = outcome == "answered";
    auto const decided = now + m_settings.number("ring_ms");
    auto const ended = is_taken ? decided + m_settings.number("talk_ms") : decided;
    Talk talk;
    if (is_taken) {
        auto const given = m_settings.json("outbound_conversation");
        talk = given.is_null() ? outbound_talk(greeting, line.variables) : std::get<Talk>(read_talk(given));
    } else {
        talk.status = "failed";
        talk.termination_reason = outcome;
        talk.is_analysed = false;
    }
    talk.started_at = now / 1000;
    Conversation conversation{line.conversation_id, line.call_sid, line.agent_id, line.user_id, *talk.started_at, {}, ended,
        is_taken ? ended + m_settings.number("post_call_delay_ms") : ended, m_recorder.body(line, talk)};
    CallRecord call{line.call_sid, "outbound-api", line.our_number, line.customer, number_sid, now, {}, ended,
        is_taken ? "completed" : outcome, talk.duration, price_of_call(talk.duration, m_settings.number("price_minute"))};
    if (is_taken) conversation.answered_at = call.answered_at = decided;
    m_state.change([&](Database& db) {
        save_call(db, call);
        save_conversation(db, conversation);
    });
    if (is_taken)
        m_recorder.tell_later(conversation);
    else
        m_recorder.tell_failure(conversation, outcome, status_callback(line, outcome, ended));
}

} // namespace simulator
