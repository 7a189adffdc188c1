#include "tools/telephony-sim/elevenlabs_api.h"
#include "tools/telephony-sim/elevenlabs_body.h"
#include "tools/telephony-sim/workspace_book.h"

namespace simulator {

namespace {

ElevenLabsRefusal no_such(char const* thing, std::string const& code, std::string const& id)
{
    return {404, "not_found", code, std::string(thing) + " with id " + id + " not found"};
}

Json usage_of(Database& db, std::string const& webhook_id)
{
    Json usage = Json::array();
    for (auto const& agent : list_agents(db)) {
        auto const webhooks = value_at(agent, {"platform_settings", "workspace_overrides", "webhooks"});
        if (text_at(webhooks, "post_call_webhook_id") == webhook_id) usage.push_back({{"usage_type", "ConvAI Agent Settings"}});
    }
    if (text_at(workspace_settings(db)["webhooks"], "post_call_webhook_id") == webhook_id)
        usage.push_back({{"usage_type", "ConvAI Settings"}});
    return usage;
}

Json described_secret(Secret const& secret)
{
    return {{"type", "stored"}, {"secret_id", secret.secret_id}, {"name", secret.name}};
}

Json secret_with_uses(Database& db, Secret const& secret)
{
    auto described = described_secret(secret);
    Json agents = Json::array();
    Json others = Json::array();
    auto const uses = [&](Json const& webhook) {
        if (!webhook.is_object() || !webhook.contains("request_headers")) return false;
        for (auto const& header : webhook["request_headers"]) {
            if (text_at(header, "secret_id") == secret.secret_id) return true;
        }
        return false;
    };
    for (auto const& agent : list_agents(db)) {
        auto const webhook = value_at(agent, {"platform_settings", "workspace_overrides", "conversation_initiation_client_data_webhook"});
        if (uses(webhook))
            agents.push_back({{"id", text_at(agent, "agent_id")}, {"name", text_at(agent, "name")}, {"type", "available"},
                {"created_at_unix_secs", agent["metadata"]["created_at_unix_secs"]}, {"access_level", "admin"}});
    }
    if (uses(workspace_settings(db)["conversation_initiation_client_data_webhook"])) others.push_back("conversation_initiation_webhook");
    described["used_by"] = {{"tools", Json::array()}, {"agents", agents}, {"others", others}};
    return described;
}

} // namespace

Answer ElevenLabsApi::get_webhooks(Request const& request)
{
    bool const with_usages = lower(field(request.query_fields(), "include_usages").value_or("false")) == "true";
    auto const webhooks = m_state.look([&](Database& db) {
        Json list = Json::array();
        for (auto webhook : list_webhooks(db)) {
            for (auto const* hidden : {"webhook_secret", "retry_enabled", "request_headers", "failures", "succeeded_at"})
                webhook.erase(hidden);
            webhook["usage"] = with_usages ? usage_of(db, text_at(webhook, "webhook_id")) : Json(nullptr);
            list.push_back(webhook);
        }
        return list;
    });
    return elevenlabs_answer(200, {{"webhooks", webhooks}});
}

Answer ElevenLabsApi::create_webhook(Request const& request)
{
    Body body(request);
    body.knows({"settings"});
    body.needs_choice("settings.auth_type", {"hmac"});
    body.needs_text("settings.name");
    body.needs_text("settings.webhook_url");
    body.may_have_object("settings.request_headers");
    if (auto refusal = body.refusal()) return *refusal;
    auto const url = body.text("settings.webhook_url");
    if (!url.starts_with("https://") && !url.starts_with("http://"))
        return elevenlabs_refusal({400, "validation_error", "invalid_parameters", "webhook_url must be a web address"});
    auto const id = random_hex("", 32);
    auto const secret = m_webhook_secret.empty() ? random_hex("wsec_", 64) : m_webhook_secret;
    auto const* headers = body.at("settings.request_headers");
    m_state.change([&](Database& db) {
        save_webhook(db,
            {{"webhook_id", id}, {"name", body.text("settings.name")}, {"webhook_url", url}, {"is_disabled", false},
                {"is_auto_disabled", false}, {"created_at_unix", now_ms() / 1000}, {"auth_type", "hmac"}, {"events", nullptr},
                {"most_recent_failure_error_code", nullptr}, {"most_recent_failure_timestamp", nullptr}, {"retry_enabled", false},
                {"request_headers", headers ? *headers : Json(nullptr)}, {"webhook_secret", secret}});
    });
    auto answer = elevenlabs_answer(200, {{"webhook_id", id}, {"webhook_secret", secret}});
    answer.unknown_parameters = body.unknown();
    return answer;
}

Answer ElevenLabsApi::patch_webhook(Request const& request, std::string const& id)
{
    Body body(request);
    body.knows({"is_disabled", "name", "retry_enabled", "request_headers", "events"});
    body.needs_flag("is_disabled");
    body.needs_text("name");
    body.may_have_flag("retry_enabled");
    body.may_have_object("request_headers");
    body.may_have_choices("events", {"voice_library_removal_notice", "speech_to_text", "agent_qa", "flows"});
    auto refusal = body.refusal();
    auto answer = refusal ? *refusal : m_state.change([&](Database& db) {
        auto webhook = find_webhook(db, id);
        if (!webhook) return elevenlabs_refusal(no_such("Webhook", "webhook_not_found", id));
        bool const enabled_again = webhook->value("is_disabled", false) && !body.json()["is_disabled"].get<bool>();
        if (enabled_again) {
            (*webhook)["is_auto_disabled"] = false;
            (*webhook)["failures"] = 0;
        }
        for (auto const* name : {"is_disabled", "name", "retry_enabled", "request_headers", "events"}) {
            if (auto const* value = body.at(name); value && !value->is_null()) (*webhook)[name] = *value;
        }
        save_webhook(db, *webhook);
        return elevenlabs_answer(200, {{"status", "ok"}});
    });
    answer.unknown_parameters = body.unknown();
    return answer;
}

Answer ElevenLabsApi::remove_webhook(std::string const& id)
{
    if (!m_state.change([&](Database& db) { return delete_webhook(db, id); }))
        return elevenlabs_refusal(no_such("Webhook", "webhook_not_found", id));
    return elevenlabs_answer(200, {{"status", "ok"}});
}

Answer ElevenLabsApi::get_settings()
{
    return elevenlabs_answer(200, m_state.look([](Database& db) { return workspace_settings(db); }));
}

Answer ElevenLabsApi::patch_settings(Request const& request)
{
    Body body(request);
    body.knows({"conversation_initiation_client_data_webhook", "webhooks", "can_use_mcp_servers", "rag_retention_period_days",
        "conversation_embedding_retention_days", "default_livekit_stack"});
    body.may_have_initiation_webhook("conversation_initiation_client_data_webhook");
    body.may_have_object("webhooks");
    body.may_have_text("webhooks.post_call_webhook_id");
    body.may_have_choices(
        "webhooks.events", {"transcript", "audio", "call_initiation_failure", "unredacted_transcript", "unredacted_audio"});
    body.may_have_flag("can_use_mcp_servers");
    auto refusal = body.refusal();
    auto answer = refusal ? *refusal : m_state.change([&](Database& db) {
        auto const webhook_id = body.text("webhooks.post_call_webhook_id");
        if (!webhook_id.empty() && !find_webhook(db, webhook_id))
            return elevenlabs_refusal(no_such("Webhook", "webhook_not_found", webhook_id));
        auto settings = workspace_settings(db);
        for (auto const& [name, value] : body.json().items()) {
            bool const known = settings.contains(name);
            bool const clears_webhooks = name == "webhooks" && value.is_null();
            if (known && !clears_webhooks) merge_into(settings, {{name, value}});
        }
        save_workspace_settings(db, settings);
        return elevenlabs_answer(200, settings);
    });
    answer.unknown_parameters = body.unknown();
    return answer;
}

Answer ElevenLabsApi::get_secrets(Request const& request)
{
    auto const search = lower(field(request.query_fields(), "search").value_or(""));
    auto const secrets = m_state.look([&](Database& db) {
        Json list = Json::array();
        for (auto const& secret : list_secrets(db)) {
            if (lower(secret.name).find(search) != std::string::npos) list.push_back(secret_with_uses(db, secret));
        }
        return list;
    });
    return elevenlabs_answer(200, {{"secrets", secrets}, {"next_cursor", nullptr}, {"has_more", false}});
}

Answer ElevenLabsApi::get_secret(std::string const& id)
{
    return m_state.look([&](Database& db) {
        auto const secret = find_secret(db, id);
        return secret ? elevenlabs_answer(200, secret_with_uses(db, *secret))
                      : elevenlabs_refusal(no_such("Secret", "secret_not_found", id));
    });
}

Answer ElevenLabsApi::create_secret(Request const& request)
{
    Body body(request);
    body.knows({"type", "name", "value"});
    body.needs_choice("type", {"new"});
    body.needs_text("name");
    body.needs_text("value");
    if (auto refusal = body.refusal()) return *refusal;
    Secret const secret{random_id("sec_", 28), body.text("name"), body.text("value")};
    m_state.change([&](Database& db) { save_secret(db, secret); });
    auto answer = elevenlabs_answer(200, described_secret(secret));
    answer.unknown_parameters = body.unknown();
    return answer;
}

Answer ElevenLabsApi::patch_secret(Request const& request, std::string const& id)
{
    Body body(request);
    body.knows({"type", "name", "value"});
    body.needs_choice("type", {"update"});
    body.needs_text("name");
    body.needs_text("value");
    auto refusal = body.refusal();
    auto answer = refusal ? *refusal : m_state.change([&](Database& db) {
        if (!find_secret(db, id)) return elevenlabs_refusal(no_such("Secret", "secret_not_found", id));
        Secret const secret{id, body.text("name"), body.text("value")};
        save_secret(db, secret);
        return elevenlabs_answer(200, described_secret(secret));
    });
    answer.unknown_parameters = body.unknown();
    return answer;
}

Answer ElevenLabsApi::remove_secret(std::string const& id)
{
    if (!m_state.change([&](Database& db) { return delete_secret(db, id); }))
        return elevenlabs_refusal(no_such("Secret", "secret_not_found", id));
    auto answer = elevenlabs_answer(204, nullptr);
    answer.body.clear();
    answer.content_type.clear();
    return answer;
}

} // namespace simulator
