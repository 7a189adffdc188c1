#include "tools/telephony-sim/elevenlabs_api.h"
#include "tools/telephony-sim/elevenlabs_body.h"
#include "tools/telephony-sim/elevenlabs_urls.h"
#include "tools/telephony-sim/number_book.h"
#include "tools/telephony-sim/workspace_book.h"

#include <variant>

namespace simulator {

namespace {

ElevenLabsRefusal no_such_number(std::string const& id)
{
    return {404, "not_found", "phone_number_not_found", "Phone number with id " + id + " not found"};
}

ElevenLabsRefusal no_such_agent(std::string const& id)
{
    return {404, "not_found", "agent_not_found", "Agent with id " + id + " not found"};
}

// What the import does to the number at Twilio, with the caller's own credentials.
void take_over(Json& number, bool takes_sms)
{
    number["voice_url"] = inbound_call_url;
    number["voice_method"] = "POST";
    number["voice_application_sid"] = nullptr;
    number["trunk_sid"] = nullptr;
    number["status_callback"] = status_callback_url;
    number["status_callback_method"] = "POST";
    if (takes_sms && number["capabilities"].value("sms", false)) {
        number["sms_url"] = inbound_sms_url;
        number["sms_method"] = "POST";
        number["sms_application_sid"] = nullptr;
    }
}

} // namespace

Answer ElevenLabsApi::import_number(Request const& request)
{
    Body body(request);
    body.knows({"provider", "phone_number", "label", "sid", "token", "agent_id", "enable_sms", "region_config", "supports_inbound",
        "supports_outbound", "account_auth_token"});
    if (body.at("provider")) body.needs_choice("provider", {"twilio"});
    for (auto const* name : {"phone_number", "label", "sid", "token"})
        body.needs_text(name);
    body.may_have_text("agent_id");
    body.may_have_text("account_auth_token");
    body.may_have_object("region_config");
    for (auto const* name : {"enable_sms", "supports_inbound", "supports_outbound"}) {
        if (body.at(name)) body.needs_flag(name);
    }
    if (auto refusal = body.refusal()) {
        refusal->unknown_parameters = body.unknown();
        return *refusal;
    }

    auto const phone_number = body.text("phone_number");
    auto const agent_id = body.text("agent_id");
    bool const takes_sms = body.json().value("enable_sms", true);
    bool const second_conflicts = m_settings.second_import_conflicts(); // asked outside: the settings keep themselves in the state
    auto const imported = m_state.change([&](Database& db) -> std::variant<std::string, ElevenLabsRefusal> {
        if (!agent_id.empty() && !has_agent(db, agent_id)) return no_such_agent(agent_id);
        if (body.text("sid") != account_sid || body.text("token") != account_token)
            return ElevenLabsRefusal{400, "invalid_request", "bad_request", "Twilio refused the account SID and auth token"};
        auto number = find_owned_by_number(db, phone_number);
        if (!number)
            return ElevenLabsRefusal{400, "invalid_request", "bad_request",
                "Phone number " + phone_number + " was not found in the Twilio account. Verify that it exists there and belongs to it"};
        if (second_conflicts && find_imported_by_number(db, phone_number))
            return ElevenLabsRefusal{
                409, "conflict", "resource_already_exists", "Phone number " + phone_number + " has been imported already"};
        take_over(*number, takes_sms);
        update_owned(db, *number);
        auto const id = random_id("phnum_", 28);
        save_imported(db, {id, phone_number, body.text("label"), agent_id}, account_sid);
        return id;
    });
    auto answer = std::holds_alternative<ElevenLabsRefusal>(imported)
        ? elevenlabs_refusal(std::get<ElevenLabsRefusal>(imported))
        : elevenlabs_answer(200, {{"phone_number_id", std::get<std::string>(imported)}});
    answer.unknown_parameters = body.unknown();
    return answer;
}

Answer ElevenLabsApi::list_numbers(Request const& request)
{
    auto const query = request.query_fields();
    auto const agent_id = field(query, "agent_id");
    bool const other_provider = field(query, "provider").value_or("twilio") != "twilio";
    auto const numbers = m_state.look([&](Database& db) {
        Json list = Json::array();
        for (auto const& number : list_imported(db)) {
            if (!other_provider && (!agent_id || number.agent_id == *agent_id)) list.push_back(described(db, number));
        }
        return list;
    });
    return elevenlabs_answer(200, numbers);
}

Answer ElevenLabsApi::get_number(std::string const& id)
{
    auto const number = m_state.look([&](Database& db) -> std::optional<Json> {
        auto const found = find_imported(db, id);
        if (!found) return std::nullopt;
        return described(db, *found);
    });
    return number ? elevenlabs_answer(200, *number) : elevenlabs_refusal(no_such_number(id));
}

Answer ElevenLabsApi::patch_number(Request const& request, std::string const& id)
{
    Body body(request);
    body.knows({"agent_id", "label", "environment", "branch_id", "store_sip_messages", "livekit_stack", "inbound_trunk_config",
        "outbound_trunk_config"});
    for (auto const* name : {"agent_id", "label", "environment", "branch_id"})
        body.may_have_text(name);
    auto refusal = body.refusal();
    auto answer = refusal ? *refusal : m_state.change([&](Database& db) {
        auto number = find_imported(db, id);
        if (!number) return elevenlabs_refusal(no_such_number(id));
        auto const agent_id = body.text("agent_id");
        if (!agent_id.empty() && !has_agent(db, agent_id)) return elevenlabs_refusal(no_such_agent(agent_id));
        if (body.at("agent_id")) number->agent_id = agent_id;
        if (body.at("label") && !body.at("label")->is_null()) number->label = body.text("label");
        save_imported(db, *number, account_sid);
        return elevenlabs_answer(200, described(db, *number));
    });
    answer.unknown_parameters = body.unknown();
    return answer;
}

// The number at Twilio keeps the addresses that the import gave it.
Answer ElevenLabsApi::remove_number(std::string const& id)
{
    if (!m_state.change([&](Database& db) { return delete_imported(db, id); })) return elevenlabs_refusal(no_such_number(id));
    return elevenlabs_answer(200, Json::object());
}

} // namespace simulator
