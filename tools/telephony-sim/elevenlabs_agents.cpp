#include "tools/telephony-sim/elevenlabs_api.h"
#include "tools/telephony-sim/elevenlabs_body.h"
#include "tools/telephony-sim/embedded.h"
#include "tools/telephony-sim/workspace_book.h"

#include <algorithm>
#include <charconv>

namespace simulator {

namespace {

constexpr size_t default_page = 30;
constexpr size_t largest_page = 100;

ElevenLabsRefusal no_such_agent(std::string const& id)
{
    return {404, "not_found", "agent_not_found", "Agent with id " + id + " not found"};
}

void check_agent(Body& body)
{
    body.knows({"conversation_config", "platform_settings", "workflow", "name", "tags", "version_description", "procedures"});
    body.may_have_text("name");
    for (auto const* path : {"conversation_config", "conversation_config.agent", "conversation_config.agent.prompt",
             "conversation_config.agent.dynamic_variables", "conversation_config.agent.dynamic_variables.dynamic_variable_placeholders",
             "platform_settings", "platform_settings.overrides", "platform_settings.workspace_overrides",
             "platform_settings.workspace_overrides.webhooks", "workflow"})
        body.may_have_object(path);
    body.may_have_text("conversation_config.agent.first_message");
    body.may_have_text("conversation_config.agent.prompt.prompt");
    body.may_have_flag("platform_settings.overrides.enable_conversation_initiation_client_data_from_webhook");
    body.may_have_initiation_webhook("platform_settings.workspace_overrides.conversation_initiation_client_data_webhook");
    body.may_have_text("platform_settings.workspace_overrides.webhooks.post_call_webhook_id");
    body.may_have_choices("platform_settings.workspace_overrides.webhooks.events",
        {"transcript", "audio", "call_initiation_failure", "unredacted_transcript", "unredacted_audio"});
}

std::optional<ElevenLabsRefusal> points_to_nothing(Database& db, Body const& body)
{
    auto const webhook_id = body.text("platform_settings.workspace_overrides.webhooks.post_call_webhook_id");
    if (!webhook_id.empty() && !find_webhook(db, webhook_id))
        return ElevenLabsRefusal{404, "not_found", "webhook_not_found", "Webhook with id " + webhook_id + " not found"};
    auto const* headers = body.at("platform_settings.workspace_overrides.conversation_initiation_client_data_webhook.request_headers");
    if (!headers) return std::nullopt;
    for (auto const& header : *headers) {
        auto const secret_id = text_at(header, "secret_id");
        if (!secret_id.empty() && !find_secret(db, secret_id))
            return ElevenLabsRefusal{404, "not_found", "secret_not_found", "Secret with id " + secret_id + " not found"};
    }
    return std::nullopt;
}

void apply(Json const& patch, Json& agent)
{
    for (auto const* part : {"conversation_config", "platform_settings"}) {
        if (patch.contains(part) && patch[part].is_object()) merge_into(agent[part], patch[part]);
    }
    for (auto const* part : {"name", "tags", "workflow"}) {
        if (patch.contains(part) && !patch[part].is_null()) agent[part] = patch[part];
    }
    agent["metadata"]["updated_at_unix_secs"] = now_ms() / 1000;
}

} // namespace

Answer ElevenLabsApi::list_agent_summaries(Request const& request)
{
    auto const query = request.query_fields();
    auto const search = lower(field(query, "search").value_or(""));
    auto const cursor = field(query, "cursor").value_or("");
    auto size = default_page;
    if (auto const text = field(query, "page_size")) {
        auto const [end, error] = std::from_chars(text->data(), text->data() + text->size(), size);
        if (error != std::errc() || end != text->data() + text->size() || size < 1 || size > largest_page)
            return elevenlabs_answer(422,
                {{"detail",
                    Json::array({{{"type", "int_parsing"}, {"loc", {"query", "page_size"}},
                        {"msg", "Input should be an integer from 1 to 100"}, {"input", *text}}})}});
    }
    auto const agents = m_state.look([](Database& db) { return list_agents(db); });
    Json summaries = Json::array();
    bool started = cursor.empty();
    bool more = false;
    for (auto const& agent : agents) {
        auto const id = text_at(agent, "agent_id");
        if (!started) {
            started = id == cursor;
            continue;
        }
        if (lower(text_at(agent, "name")).find(search) == std::string::npos) continue;
        if (summaries.size() == size) {
            more = true;
            break;
        }
        summaries.push_back({{"agent_id", id}, {"name", text_at(agent, "name")}, {"tags", agent.value("tags", Json::array())},
            {"voice_id", text_at(value_at(agent, {"conversation_config", "tts"}), "voice_id")},
            {"created_at_unix_secs", agent["metadata"]["created_at_unix_secs"]},
            {"access_info",
                {{"is_creator", true}, {"creator_name", "Simulator"}, {"creator_email", "simulator@example.com"}, {"role", "admin"}}},
            {"last_call_time_unix_secs", nullptr}, {"archived", false}});
    }
    return elevenlabs_answer(
        200, {{"agents", summaries}, {"next_cursor", more ? summaries.back()["agent_id"] : Json(nullptr)}, {"has_more", more}});
}

Answer ElevenLabsApi::create_agent(Request const& request)
{
    Body body(request);
    check_agent(body);
    auto refusal = body.refusal();
    if (!refusal && !body.at("conversation_config"))
        refusal = elevenlabs_answer(422,
            {{"detail",
                Json::array({{{"type", "missing"}, {"loc", {"body", "conversation_config"}}, {"msg", "Field required"},
                    {"input", body.json()}}})}});
    auto answer = refusal ? *refusal : m_state.change([&](Database& db) {
        if (auto const lost = points_to_nothing(db, body)) return elevenlabs_refusal(*lost);
        auto agent = Json::parse(embedded("agent.json"));
        auto const id = random_id("agent_", 28);
        agent["agent_id"] = id;
        agent["name"] = "New agent";
        agent["metadata"]["created_at_unix_secs"] = now_ms() / 1000;
        apply(body.json(), agent);
        save_agent(db, agent);
        return elevenlabs_answer(200, {{"agent_id", id}});
    });
    answer.unknown_parameters = body.unknown();
    return answer;
}

Answer ElevenLabsApi::get_agent(std::string const& id)
{
    auto const agent = m_state.look([&](Database& db) { return find_agent(db, id); });
    return agent ? elevenlabs_answer(200, *agent) : elevenlabs_refusal(no_such_agent(id));
}

Answer ElevenLabsApi::patch_agent(Request const& request, std::string const& id)
{
    Body body(request);
    check_agent(body);
    auto refusal = body.refusal();
    auto answer = refusal ? *refusal : m_state.change([&](Database& db) {
        auto agent = find_agent(db, id);
        if (!agent) return elevenlabs_refusal(no_such_agent(id));
        if (auto const lost = points_to_nothing(db, body)) return elevenlabs_refusal(*lost);
        apply(body.json(), *agent);
        save_agent(db, *agent);
        return elevenlabs_answer(200, *agent);
    });
    answer.unknown_parameters = body.unknown();
    return answer;
}

Answer ElevenLabsApi::remove_agent(std::string const& id)
{
    if (!m_state.change([&](Database& db) { return delete_agent(db, id); })) return elevenlabs_refusal(no_such_agent(id));
    return elevenlabs_answer(200, Json::object());
}

} // namespace simulator
