#include "tools/telephony-sim/elevenlabs_api.h"

#include "tools/telephony-sim/elevenlabs_body.h"

namespace simulator {

namespace {

std::optional<ElevenLabsRefusal> refused_key(Request const& request)
{
    if (request.api_key.empty())
        return ElevenLabsRefusal{401, "authentication_error", "missing_api_key", "An API key is required: send it as xi-api-key"};
    if (request.api_key != workspace_key) return ElevenLabsRefusal{401, "authentication_error", "invalid_api_key", "Invalid API key"};
    return std::nullopt;
}

} // namespace

Answer ElevenLabsApi::handle(Request const& request)
{
    return m_gate.pass(find(request).name, request, [this](Request const& received) { return perform(received); });
}

Answer ElevenLabsApi::perform(Request const& request)
{
    auto const operation = find(request);
    if (operation.name == "elevenlabs.unknown") return elevenlabs_answer(404, {{"detail", "Not Found"}});
    if (!operation.work) return elevenlabs_answer(405, {{"detail", "Method Not Allowed"}});
    if (auto const refusal = refused_key(request)) return elevenlabs_refusal(*refusal);
    return operation.work();
}

ElevenLabsApi::Operation ElevenLabsApi::find(Request const& request)
{
    auto segments = request.segments();
    if (segments.back().empty()) segments.pop_back();
    auto const count = segments.size();
    if (count < 3 || count > 4) return {"elevenlabs.unknown", nullptr};
    auto const area = segments[1] + "/" + segments[2];
    auto const id = count == 4 ? segments[3] : "";
    bool const one = count == 4;
    bool const gets = request.method == "GET";
    bool const posts = request.method == "POST";
    bool const patches = request.method == "PATCH";
    bool const deletes = request.method == "DELETE";

    if (area == "convai/phone-numbers" && !one) {
        if (posts) return {"elevenlabs.import", [this, &request] { return import_number(request); }};
        if (gets) return {"elevenlabs.list", [this, &request] { return list_numbers(request); }};
        return {"elevenlabs.list", nullptr};
    }
    if (area == "convai/phone-numbers") {
        if (gets) return {"elevenlabs.get", [this, id] { return get_number(id); }};
        if (patches) return {"elevenlabs.patch", [this, &request, id] { return patch_number(request, id); }};
        if (deletes) return {"elevenlabs.delete", [this, id] { return remove_number(id); }};
        return {"elevenlabs.get", nullptr};
    }
    if (area == "convai/agents" && !one) {
        if (gets) return {"elevenlabs.agent_list", [this, &request] { return list_agent_summaries(request); }};
        return {"elevenlabs.agent_list", nullptr};
    }
    if (area == "convai/agents" && id == "create" && posts)
        return {"elevenlabs.agent_create", [this, &request] { return create_agent(request); }};
    if (area == "convai/agents") {
        if (gets) return {"elevenlabs.agent_get", [this, id] { return get_agent(id); }};
        if (patches) return {"elevenlabs.agent_patch", [this, &request, id] { return patch_agent(request, id); }};
        if (deletes) return {"elevenlabs.agent_delete", [this, id] { return remove_agent(id); }};
        return {"elevenlabs.agent_get", nullptr};
    }
    if (area == "workspace/webhooks" && !one) {
        if (gets) return {"elevenlabs.webhooks", [this, &request] { return get_webhooks(request); }};
        if (posts) return {"elevenlabs.webhook_create", [this, &request] { return create_webhook(request); }};
        return {"elevenlabs.webhooks", nullptr};
    }
    if (area == "workspace/webhooks") {
        if (patches) return {"elevenlabs.webhook_patch", [this, &request, id] { return patch_webhook(request, id); }};
        if (deletes) return {"elevenlabs.webhook_delete", [this, id] { return remove_webhook(id); }};
        return {"elevenlabs.webhook_patch", nullptr};
    }
    if (area == "convai/settings" && !one) {
        if (gets) return {"elevenlabs.settings_get", [this] { return get_settings(); }};
        if (patches) return {"elevenlabs.settings_patch", [this, &request] { return patch_settings(request); }};
        return {"elevenlabs.settings_get", nullptr};
    }
    if (area == "convai/secrets" && !one) {
        if (gets) return {"elevenlabs.secrets", [this, &request] { return get_secrets(request); }};
        if (posts) return {"elevenlabs.secret_create", [this, &request] { return create_secret(request); }};
        return {"elevenlabs.secrets", nullptr};
    }
    if (area == "convai/secrets") {
        if (gets) return {"elevenlabs.secret_get", [this, id] { return get_secret(id); }};
        if (patches) return {"elevenlabs.secret_patch", [this, &request, id] { return patch_secret(request, id); }};
        if (deletes) return {"elevenlabs.secret_delete", [this, id] { return remove_secret(id); }};
        return {"elevenlabs.secret_get", nullptr};
    }
    if (area == "convai/twilio" && id == "outbound-call") {
        if (posts) return {"elevenlabs.outbound_call", [this, &request] { return outbound_call(request); }};
        return {"elevenlabs.outbound_call", nullptr};
    }
    if (area == "convai/conversations" && !one) {
        if (gets) return {"elevenlabs.list_conversations", [this, &request] { return list_conversation_summaries(request); }};
        return {"elevenlabs.list_conversations", nullptr};
    }
    if (area == "convai/conversations") {
        if (gets) return {"elevenlabs.get_conversation", [this, id] { return get_conversation(id); }};
        if (deletes) return {"elevenlabs.delete_conversation", [this, id] { return remove_conversation(id); }};
        return {"elevenlabs.get_conversation", nullptr};
    }
    return {"elevenlabs.unknown", nullptr};
}

} // namespace simulator
