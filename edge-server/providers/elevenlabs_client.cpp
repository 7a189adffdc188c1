#include "edge-server/providers/elevenlabs_client.h"
#include "shared/base/text.h"

namespace {

constexpr std::size_t message_limit = 300; // characters

ImportedNumber to_number(Json const& json)
{
    return {text_of(json, "phone_number_id"), text_of(json, "phone_number"), text_of(member_of(json, "assigned_agent"), "agent_id")};
}

ProviderResult<ImportedNumber> checked(ProviderAnswer answer)
{
    ProviderResult<ImportedNumber> result{std::move(answer)};
    if (!result.answer) return result;
    result.value = to_number(result.answer.body);
    if (result.value.phone_number_id.empty() || !is_plain_id(result.value.phone_number_id)) {
        result.answer.ending = Ending::Unclear;
        result.answer.message = "ElevenLabs' answer names no number.";
    }
    return result;
}

Time seconds_of(Json const& json, std::string_view name)
{
    auto const& value = member_of(json, name);
    return value.is_number_integer() ? Time{}.plus_seconds(value.get<std::int64_t>()) : Time{};
}

std::string failure_of(Json const& webhook)
{
    auto const& code = member_of(webhook, "most_recent_failure_error_code");
    return code.is_number_integer() ? std::to_string(code.get<std::int64_t>()) : std::string();
}

} // namespace

ElevenLabsClient::ElevenLabsClient(std::string base_url, std::string api_key, std::vector<std::string> secrets)
    : m_client("ElevenLabs", "Voice agent", std::move(base_url), std::move(secrets)), m_api_key(std::move(api_key))
{
}

ProviderAnswer ElevenLabsClient::call(std::string method, std::string path, Json const& body)
{
    ProviderRequest request{std::move(method), std::move(path), {{"xi-api-key", m_api_key}}};
    if (!body.is_null()) {
        request.content_type = "application/json";
        request.body = body.dump();
    }
    return m_client.call(request);
}

ProviderResult<std::vector<ImportedNumber>> ElevenLabsClient::list_numbers()
{
    ProviderResult<std::vector<ImportedNumber>> result{call("GET", "/v1/convai/phone-numbers")};
    if (!result.answer) return result;
    if (!result.answer.body.is_array()) {
        result.answer.ending = Ending::Unclear;
        result.answer.message = "ElevenLabs' answer is not a list of numbers.";
        return result;
    }
    for (auto const& entry : result.answer.body)
        if (auto number = to_number(entry); is_plain_id(number.phone_number_id)) result.value.push_back(std::move(number));
    return result;
}

ProviderResult<std::string> ElevenLabsClient::import_number(std::string const& phone_number, std::string const& label,
    std::string const& twilio_sid, std::string const& twilio_token, std::string const& agent_id)
{
    ProviderResult<std::string> result{call("POST", "/v1/convai/phone-numbers",
        {{"provider", "twilio"}, {"phone_number", phone_number}, {"label", label}, {"sid", twilio_sid}, {"token", twilio_token},
            {"agent_id", agent_id}, {"enable_sms", false}})};
    if (!result.answer) return result;
    result.value = text_of(result.answer.body, "phone_number_id");
    if (result.value.empty() || !is_plain_id(result.value)) {
        result.answer.ending = Ending::Unclear;
        result.answer.message = "ElevenLabs' answer names no number.";
    }
    return result;
}

ProviderResult<ImportedNumber> ElevenLabsClient::get_number(std::string const& phone_number_id)
{
    return checked(call("GET", "/v1/convai/phone-numbers/" + percent_encode(phone_number_id)));
}

ProviderResult<ImportedNumber> ElevenLabsClient::assign_agent(std::string const& phone_number_id, std::string const& agent_id)
{
    return checked(call("PATCH", "/v1/convai/phone-numbers/" + percent_encode(phone_number_id), {{"agent_id", agent_id}}));
}

ProviderAnswer ElevenLabsClient::remove_number(std::string const& phone_number_id)
{
    return call("DELETE", "/v1/convai/phone-numbers/" + percent_encode(phone_number_id));
}

ProviderResult<PlacedCall> ElevenLabsClient::place_call(std::string const& agent_id, std::string const& phone_number_id,
    std::string const& to_number, Json const& variables, std::string const& user_id)
{
    ProviderResult<PlacedCall> result{call("POST", "/v1/convai/twilio/outbound-call",
        {{"agent_id", agent_id}, {"agent_phone_number_id", phone_number_id}, {"to_number", to_number},
            {"conversation_initiation_client_data", {{"dynamic_variables", variables}, {"user_id", user_id}}}})};
    if (!result.answer) return result;
    auto const& body = result.answer.body;
    auto const success = flag_of(body, "success");
    result.value = {success.value_or(false), bounded_data(text_of(body, "message"), message_limit), text_of(body, "conversation_id"),
        text_of(body, "callSid")};
    if (!success || !is_plain_id(result.value.conversation_id) || !is_plain_id(result.value.call_sid)) {
        result.answer.ending = Ending::Unclear;
        result.answer.message = "ElevenLabs' answer does not say what became of the call.";
    }
    return result;
}

ProviderResult<std::vector<std::string>> ElevenLabsClient::find_conversations(std::string const& agent_id, std::string const& user_id)
{
    ProviderResult<std::vector<std::string>> result{
        call("GET", "/v1/convai/conversations?page_size=10&agent_id=" + percent_encode(agent_id) + "&user_id=" + percent_encode(user_id))};
    if (!result.answer) return result;
    auto const& list = member_of(result.answer.body, "conversations");
    if (!list.is_array()) {
        result.answer.ending = Ending::Unclear;
        result.answer.message = "ElevenLabs' answer is not a list of conversations.";
        return result;
    }
    for (auto const& entry : list)
        if (auto id = text_of(entry, "conversation_id"); !id.empty() && is_plain_id(id)) result.value.push_back(std::move(id));
    return result;
}

ProviderAnswer ElevenLabsClient::get_agent(std::string const& agent_id)
{
    return call("GET", "/v1/convai/agents/" + percent_encode(agent_id));
}

ProviderAnswer ElevenLabsClient::patch_agent(std::string const& agent_id, Json const& changes)
{
    return call("PATCH", "/v1/convai/agents/" + percent_encode(agent_id), changes);
}

ProviderResult<CallPage> ElevenLabsClient::list_conversations(std::string const& agent_id, Time began_after, std::string const& cursor)
{
    auto path = "/v1/convai/conversations?page_size=100&agent_id=" + percent_encode(agent_id)
        + "&call_start_after_unix=" + std::to_string(began_after.milliseconds / 1000);
    if (!cursor.empty()) path += "&cursor=" + percent_encode(cursor);
    ProviderResult<CallPage> result{call("GET", path)};
    if (!result.answer) return result;
    auto const& list = member_of(result.answer.body, "conversations");
    for (std::size_t i = 0; list.is_array() && i < list.size(); ++i)
        if (auto const id = text_of(list[i], "conversation_id"); is_plain_id(id))
            result.value.calls.push_back({id, text_of(list[i], "status"), seconds_of(list[i], "start_time_unix_secs")});
    if (flag_of(result.answer.body, "has_more").value_or(false)) result.value.next_cursor = text_of(result.answer.body, "next_cursor");
    return result;
}

ProviderAnswer ElevenLabsClient::get_conversation(std::string const& conversation_id)
{
    return call("GET", "/v1/convai/conversations/" + percent_encode(conversation_id));
}

ProviderResult<std::vector<PostCallWebhook>> ElevenLabsClient::list_webhooks()
{
    ProviderResult<std::vector<PostCallWebhook>> result{call("GET", "/v1/workspace/webhooks")};
    if (!result.answer) return result;
    auto const& list = member_of(result.answer.body, "webhooks");
    for (std::size_t i = 0; list.is_array() && i < list.size(); ++i)
        result.value.push_back({text_of(list[i], "webhook_id"), text_of(list[i], "name"), text_of(list[i], "webhook_url"),
            flag_of(list[i], "is_disabled").value_or(false) || flag_of(list[i], "is_auto_disabled").value_or(false),
            seconds_of(list[i], "most_recent_failure_timestamp"), failure_of(list[i]), {}});
    return result;
}

ProviderResult<PostCallWebhook> ElevenLabsClient::create_webhook(std::string const& name, std::string const& url)
{
    ProviderResult<PostCallWebhook> result{
        call("POST", "/v1/workspace/webhooks", {{"settings", {{"auth_type", "hmac"}, {"name", name}, {"webhook_url", url}}}})};
    if (!result.answer) return result;
    result.value = {text_of(result.answer.body, "webhook_id"), name, url, false, {}, {}, text_of(result.answer.body, "webhook_secret")};
    return result;
}

ProviderAnswer ElevenLabsClient::enable_webhook(std::string const& id, std::string const& name)
{
    return call("PATCH", "/v1/workspace/webhooks/" + percent_encode(id), {{"is_disabled", false}, {"name", name}, {"retry_enabled", true}});
}
