#include "edge-server/services/agent_doctor.h"
#include "edge-server/config.h"
#include "edge-server/embedded.h"
#include "edge-server/services/outreach.h"
#include "edge-server/services/secrets.h"
#include "shared/base/text.h"

#include <algorithm>
#include <string_view>

namespace {

constexpr auto webhook_name = "Dealerline post-call";

Json wanted_agent(Config const& config)
{
    for (auto const& file : embedded_files())
        if (std::string_view(file.name) == "agent.json") {
            auto agent = Json::parse(file.content);
            agent.erase("name"); // the operator's to choose
            agent["conversation_config"]["agent"]["dynamic_variables"]["dynamic_variable_placeholders"]["organization_name"]
                = config.default_name;
            return agent;
        }
    throw std::runtime_error("agent.json is not embedded");
}

std::string authorization(Config const& config)
{
    return "Bearer " + current_secret(config.elevenlabs_initiation_secret);
}

Json const& at(Json const& json, std::initializer_list<std::string_view> path)
{
    auto const* here = &json;
    for (auto const name : path)
        here = &member_of(*here, name);
    return *here;
}

} // namespace

std::string initiation_url(Config const& config)
{
    return config.public_url + "/webhooks/elevenlabs/conversation-initiation";
}
std::string post_call_url(Config const& config)
{
    return config.public_url + "/webhooks/elevenlabs/post-call";
}

std::vector<std::string> findings_in(Json const& agent, std::vector<PostCallWebhook> const& webhooks, Config const& config)
{
    std::vector<std::string> findings;
    auto const require = [&](bool right, std::string sentence) {
        if (!right) findings.push_back(std::move(sentence));
    };
    auto const& settings = member_of(agent, "platform_settings");
    require(flag_of(member_of(settings, "overrides"), "enable_conversation_initiation_client_data_from_webhook").value_or(false),
        "The agent does not ask our initiation webhook.");
    auto const& initiation = at(settings, {"workspace_overrides", "conversation_initiation_client_data_webhook"});
    require(text_of(initiation, "url") == initiation_url(config), "The agent's initiation webhook is not " + initiation_url(config) + ".");
    auto const& header = at(initiation, {"request_headers", "Authorization"});
    require(header.is_string() && equal_in_constant_time(header.get_ref<std::string const&>(), authorization(config)),
        "The agent's initiation webhook does not send our secret.");

    auto const& attached = at(settings, {"workspace_overrides", "webhooks"});
    auto const id = text_of(attached, "post_call_webhook_id");
    auto const webhook = std::find_if(webhooks.begin(), webhooks.end(), [&](auto const& known) { return known.id == id && !id.empty(); });
    require(webhook != webhooks.end(), "No post-call webhook is attached to the agent.");
    if (webhook != webhooks.end()) {
        require(webhook->url == post_call_url(config), "The agent's post-call webhook is not " + post_call_url(config) + ".");
        require(!webhook->is_disabled, "The agent's post-call webhook is disabled.");
    }

    auto const& speech = at(agent, {"conversation_config", "agent"});
    auto const first_message = text_of(speech, "first_message");
    auto const prompt = text_of(member_of(speech, "prompt"), "prompt");
    require(
        first_message.find("{{organization_name}}") != std::string::npos, "The agent's first message does not say {{organization_name}}.");
    require(prompt.find("{{organization_name}}") != std::string::npos, "The agent's prompt does not name {{organization_name}}.");
    require(first_message.find("{{customer_name}}") == std::string::npos,
        "The agent's first message says {{customer_name}}, which is empty for a new caller; {{greeting}} reads well without a name.");
    auto const& placeholders = at(speech, {"dynamic_variables", "dynamic_variable_placeholders"});
    for (auto const* name : {"conversation_context", "customer_name", "lead_status", "previous_summary", "organization_name", "greeting"})
        require(placeholders.is_object() && placeholders.contains(name), std::string("The agent has no placeholder for ") + name + ".");
    auto const& longest = at(agent, {"conversation_config", "conversation", "max_duration_seconds"});
    require(!longest.is_number() || longest.get<double>() <= longest_call_minutes * 60,
        "The agent lets a call last longer than " + std::to_string(longest_call_minutes) + " minutes, which is what is set aside for one.");
    return findings;
}

AgentCheck check_agent(ElevenLabsClient& elevenlabs, Config const& config)
{
    auto agent = elevenlabs.get_agent(config.elevenlabs_agent_id);
    if (!agent) return {std::move(agent), {}};
    auto webhooks = elevenlabs.list_webhooks();
    if (!webhooks.answer) return {std::move(webhooks.answer), {}};
    return {{}, findings_in(agent.body, webhooks.value, config)};
}

AgentRepair repair_agent(ElevenLabsClient& elevenlabs, Config const& config)
{
    AgentRepair repair;
    auto webhooks = elevenlabs.list_webhooks();
    if (!webhooks.answer) return {std::move(webhooks.answer), {}, {}};
    auto const wanted_url = post_call_url(config);
    auto found = std::find_if(webhooks.value.begin(), webhooks.value.end(), [&](auto const& webhook) { return webhook.url == wanted_url; });
    // The secret of an old webhook cannot be read again: without it in our hands, a new one is made.
    bool const usable = found != webhooks.value.end() && !config.elevenlabs_webhook_secret.empty();
    std::string webhook_id;
    if (usable) {
        webhook_id = found->id;
    } else {
        auto made = elevenlabs.create_webhook(webhook_name, wanted_url);
        if (!made.answer) return {std::move(made.answer), {}, {}};
        webhook_id = made.value.id;
        repair.new_webhook_secret = made.value.secret;
        repair.done.push_back("Made a post-call webhook to " + wanted_url + ".");
    }
    if (auto enabled = elevenlabs.enable_webhook(webhook_id, usable ? found->name : webhook_name); !enabled) {
        repair.failure = std::move(enabled);
        return repair;
    }

    auto changes = wanted_agent(config);
    changes["platform_settings"]["workspace_overrides"] = {
        {"conversation_initiation_client_data_webhook",
            {{"url", initiation_url(config)}, {"request_headers", {{"Authorization", authorization(config)}}}}},
        {"webhooks",
            {{"post_call_webhook_id", webhook_id}, {"events", {"transcript", "call_initiation_failure"}}, {"transcript_format", "json"}}}};
    if (auto patched = elevenlabs.patch_agent(config.elevenlabs_agent_id, changes); !patched)
        repair.failure = std::move(patched);
    else
        repair.done.push_back("Set the agent's first message, prompt, variables and webhooks.");
    return repair;
}
