#include "tools/telephony-sim/recorder.h"

#include "tools/telephony-sim/text.h"
#include "tools/telephony-sim/workspace_book.h"

#include <algorithm>
#include <cmath>

namespace simulator {

namespace {

constexpr double dollars_a_minute = 0.08;
constexpr double credits_a_dollar = 5000;

char const* type_of(Json const& value)
{
    return value.is_boolean() ? "boolean" : value.is_number_integer() ? "integer" : value.is_number() ? "number" : "string";
}

Json turn_of(Turn const& turn, std::string const& agent_id)
{
    bool const is_agent = turn.role == "agent";
    Json const metadata = is_agent ? Json{{"agent_id", agent_id}, {"branch_id", nullptr}, {"workflow_node_id", nullptr}} : Json(nullptr);
    return {{"role", turn.role}, {"agent_metadata", metadata}, {"message", turn.message}, {"multivoice_message", nullptr},
        {"tool_calls", Json::array()}, {"tool_results", Json::array()}, {"feedback", nullptr}, {"llm_override", nullptr},
        {"time_in_call_secs", turn.at}, {"conversation_turn_metrics", nullptr}, {"rag_retrieval_info", nullptr}, {"llm_usage", nullptr},
        {"interrupted", false}, {"original_message", nullptr}, {"source_medium", is_agent ? Json(nullptr) : Json("audio")}};
}

Json analysis_of(Talk const& talk)
{
    Json results = Json::object();
    Json list = Json::array();
    for (auto const& [name, value] : talk.collected.items()) {
        results[name] = {{"data_collection_id", name}, {"value", value}, {"json_schema", {{"type", type_of(value)}, {"description", ""}}},
            {"rationale", "The caller said so."}};
        list.push_back(results[name]);
    }
    return {{"evaluation_criteria_results", Json::object()}, {"data_collection_results", results},
        {"evaluation_criteria_results_list", Json::array()}, {"data_collection_results_list", list},
        {"call_successful", talk.call_successful}, {"call_success_score", nullptr}, {"transcript_summary", talk.summary},
        {"call_summary_title", talk.title.empty() ? Json(nullptr) : Json(talk.title)}, {"scoped", Json::array()}};
}

Json system_variables(Line const& line, int64_t started_at, int64_t duration)
{
    bool const inbound = line.direction == "inbound";
    return {{"system__agent_id", line.agent_id}, {"system__current_agent_id", line.agent_id},
        {"system__caller_id", inbound ? line.customer : line.our_number},
        {"system__called_number", inbound ? line.our_number : line.customer}, {"system__call_sid", line.call_sid},
        {"system__conversation_id", line.conversation_id}, {"system__call_duration_secs", duration},
        {"system__time_utc", rfc3339(started_at * 1000)}};
}

int64_t until_done(Conversation const& conversation)
{
    return std::max<int64_t>(*conversation.done_at - now_ms(), 0);
}

} // namespace

Json Recorder::body(Line const& line, Talk const& talk) const
{
    auto const started_at = talk.started_at.value_or(now_ms() / 1000);
    auto const by_time = std::round(static_cast<double>(talk.duration) / 60 * dollars_a_minute * 10'000) / 10'000;
    auto const cost = talk.cost.value_or(by_time);
    bool const failed = talk.status == "failed";
    Json transcript = Json::array();
    for (auto const& turn : talk.turns)
        transcript.push_back(turn_of(turn, line.agent_id));
    auto variables = line.variables;
    variables.update(system_variables(line, started_at, talk.duration));
    Json const user = line.user_id.empty() ? Json(nullptr) : Json(line.user_id);
    bool const is_analysed = talk.is_analysed && m_settings.text("analysis") == "full";

    Json const phone_call{{"type", "twilio"}, {"direction", line.direction}, {"phone_number_id", line.phone_number_id},
        {"agent_number", line.our_number}, {"external_number", line.customer}, {"stream_sid", "MZ" + line.call_sid.substr(2)},
        {"call_sid", line.call_sid}};
    Json const metadata{{"start_time_unix_secs", started_at}, {"accepted_time_unix_secs", started_at},
        {"call_duration_secs", talk.duration}, {"cost", static_cast<int64_t>(std::round(cost * credits_a_dollar))}, {"cost_fiat", cost},
        {"deletion_settings",
            {{"deletion_time_unix_secs", nullptr}, {"deleted_logs_at_time_unix_secs", nullptr},
                {"deleted_audio_at_time_unix_secs", nullptr}, {"deleted_transcript_at_time_unix_secs", nullptr},
                {"delete_transcript_and_pii", false}, {"delete_audio", false}}},
        {"feedback", {{"overall_score", nullptr}, {"likes", 0}, {"dislikes", 0}, {"rating", nullptr}, {"comment", nullptr}}},
        {"authorization_method", "authorization_header"},
        {"charging",
            {{"dev_discount", false}, {"is_burst", false}, {"tier", "business"}, {"llm_price", nullptr}, {"llm_charge", nullptr},
                {"call_charge", nullptr}, {"platform_price", nullptr}, {"free_minutes_consumed", 0.0}}},
        {"phone_call", phone_call}, {"batch_call", nullptr}, {"termination_reason", talk.termination_reason},
        {"error", failed ? Json{{"code", 1011}, {"reason", talk.termination_reason}} : Json(nullptr)}, {"warnings", Json::array()},
        {"main_language", "en"}, {"text_only", false}, {"conversation_initiation_source", "twilio"}, {"timezone", nullptr},
        {"async_metadata", nullptr}, {"whatsapp", nullptr}, {"sms", nullptr}};
    return {{"agent_id", line.agent_id}, {"agent_name", line.agent_name}, {"status", talk.status}, {"user_id", user},
        {"branch_id", nullptr}, {"version_id", nullptr}, {"metadata", metadata},
        {"analysis", is_analysed ? analysis_of(talk) : Json(nullptr)}, {"visited_agents", Json::array()},
        {"conversation_initiation_client_data",
            {{"conversation_config_override", Json::object()}, {"custom_llm_extra_body", Json::object()}, {"user_id", user},
                {"source_info", {{"source", "twilio"}, {"version", nullptr}}}, {"branch_id", nullptr}, {"environment", nullptr},
                {"dynamic_variables", variables}}},
        {"environment", "production"}, {"tag_ids", Json::array()}, {"conversation_id", line.conversation_id}, {"has_audio", false},
        {"has_user_audio", false}, {"has_response_audio", false}, {"has_auxiliary_audio", false}, {"transcript", transcript}};
}

Line Recorder::line_of(Conversation const& conversation)
{
    auto const phone_call = value_at(conversation.body, {"metadata", "phone_call"});
    Line line{text_at(phone_call, "direction"), conversation.call_sid, conversation.conversation_id, text_at(phone_call, "agent_number"),
        text_at(phone_call, "phone_number_id"), text_at(phone_call, "external_number"), conversation.agent_id,
        text_at(conversation.body, "agent_name"), conversation.user_id, Json::object()};
    auto const variables = value_at(conversation.body, {"conversation_initiation_client_data", "dynamic_variables"});
    for (auto const& [name, value] : variables.items()) {
        if (!name.starts_with("system__")) line.variables[name] = value;
    }
    return line;
}

Json Recorder::tell(Conversation const& conversation)
{
    auto const wanted = transcription(conversation);
    return wanted ? m_courier.bring(*wanted, until_done(conversation)) : Json{{"fate", "unwanted"}};
}

void Recorder::tell_later(Conversation const& conversation)
{
    if (auto const wanted = transcription(conversation)) m_courier.bring_later(*wanted, until_done(conversation));
}

void Recorder::tell_failure(Conversation const& conversation, std::string const& reason, Json const& status_callback)
{
    Json const data{{"agent_id", conversation.agent_id}, {"conversation_id", conversation.conversation_id}, {"failure_reason", reason},
        {"metadata", {{"type", "twilio"}, {"body", status_callback}}}};
    auto const wanted = webhook("call_initiation_failure", "call_initiation_failure", conversation, data);
    if (wanted) m_courier.bring_later(*wanted, until_done(conversation));
}

std::optional<Json> Recorder::transcription(Conversation const& conversation) const
{
    auto data = conversation.body;
    if (m_settings.flag("extra_fields")) {
        data["mood"] = {{"label", "curious"}, {"since", nullptr}};
        data["metadata"]["phone_call"]["carrier"] = "nobody knows yet";
        for (auto& turn : data["transcript"])
            turn["emotion"] = Json::array({0.5, "calm"});
    }
    return webhook("post_call_transcription", "transcript", conversation, std::move(data));
}

std::optional<Json> Recorder::webhook(std::string const& kind, char const* event, Conversation const& conversation, Json data) const
{
    auto const webhook_id = m_state.look([&](Database& db) {
        auto const agent = find_agent(db, conversation.agent_id).value_or(nullptr);
        auto webhooks = value_at(agent, {"platform_settings", "workspace_overrides", "webhooks"});
        if (text_at(webhooks, "post_call_webhook_id").empty()) webhooks = workspace_settings(db)["webhooks"];
        auto const events = value_at(webhooks, {"events"});
        bool const is_wanted = events.is_array() && std::find(events.begin(), events.end(), event) != events.end();
        return is_wanted ? text_at(webhooks, "post_call_webhook_id") : "";
    });
    if (webhook_id.empty()) return std::nullopt;
    Json envelope{{"type", kind}, {"event_timestamp", *conversation.done_at / 1000}, {"data", std::move(data)}};
    if (m_settings.flag("extra_fields")) envelope["schema"] = "2031-01";
    return Json{{"kind", kind}, {"subject", conversation.conversation_id}, {"webhook_id", webhook_id}, {"body", to_text(envelope)}};
}

} // namespace simulator
