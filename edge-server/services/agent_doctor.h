#pragma once

#include "edge-server/providers/elevenlabs_client.h"

#include <optional>
#include <string>
#include <vector>

struct Config;

// What is wrong with the agent that answers, each in one sentence; empty when it answers as it must.
struct AgentCheck {
    std::optional<ProviderAnswer> failure; // ElevenLabs could not be asked
    std::vector<std::string> findings;
};

AgentCheck check_agent(ElevenLabsClient& elevenlabs, Config const& config);

// Brings the agent and the post-call webhook to what assets/agent.json and the configuration say. `new_webhook_secret` is
// set when a webhook was made: ElevenLabs tells its secret this once.
struct AgentRepair {
    std::optional<ProviderAnswer> failure;
    std::vector<std::string> done;
    std::string new_webhook_secret;
};

AgentRepair repair_agent(ElevenLabsClient& elevenlabs, Config const& config);

// Pure: the findings in an agent's settings, as GET /v1/convai/agents/{id} answers them.
std::vector<std::string> findings_in(Json const& agent, std::vector<PostCallWebhook> const& webhooks, Config const& config);

std::string initiation_url(Config const& config);
std::string post_call_url(Config const& config);
