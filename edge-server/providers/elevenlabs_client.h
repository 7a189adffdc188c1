#pragma once

#include "edge-server/providers/twilio_client.h"

#include <string>
#include <vector>

struct ImportedNumber {
    std::string phone_number_id;
    std::string phone_number;
    std::string agent_id; // '' when none is assigned
};

struct ListedCall {
    std::string conversation_id;
    std::string status; // initiated, in-progress, processing, done, failed
    Time started_at;
};

struct CallPage {
    std::vector<ListedCall> calls;
    std::string next_cursor; // '' when this is the last page
};

struct PostCallWebhook {
    std::string id;
    std::string name;
    std::string url;
    bool is_disabled = false; // by hand or by ElevenLabs after failures
    Time last_failure_at = {};
    std::string last_failure = {}; // its code
    std::string secret; // of a webhook just created only
};

struct PlacedCall {
    bool success = false; // false arrives with 200 too
    std::string message; // why not
    std::string conversation_id; // '' when ElevenLabs gave none
    std::string call_sid;
};

// ElevenLabs' Agents API, as far as a number's life needs it.
class ElevenLabsClient {
public:
    ElevenLabsClient(std::string base_url, std::string api_key, std::vector<std::string> secrets);

    ProviderClient const& provider() const { return m_client; }

    ProviderResult<std::vector<ImportedNumber>> list_numbers();
    // Always with enable_sms false: by default an import takes the number's texts. Answers the new phone_number_id.
    ProviderResult<std::string> import_number(std::string const& phone_number, std::string const& label, std::string const& twilio_sid,
        std::string const& twilio_token, std::string const& agent_id);
    ProviderResult<ImportedNumber> get_number(std::string const& phone_number_id);
    ProviderResult<ImportedNumber> assign_agent(std::string const& phone_number_id, std::string const& agent_id);

    ProviderAnswer remove_number(std::string const& phone_number_id);

    // `variables`: what the agent is told. `user_id`: the handle to ask for this very call.
    ProviderResult<PlacedCall> place_call(std::string const& agent_id, std::string const& phone_number_id, std::string const& to_number,
        Json const& variables, std::string const& user_id);
    ProviderResult<std::vector<std::string>> find_conversations(std::string const& agent_id, std::string const& user_id); // their ids

    ProviderAnswer get_agent(std::string const& agent_id);
    ProviderAnswer patch_agent(std::string const& agent_id, Json const& changes);

    // Of one agent, of calls that began after; a page of 100.
    ProviderResult<CallPage> list_conversations(std::string const& agent_id, Time began_after, std::string const& cursor);
    ProviderAnswer get_conversation(std::string const& conversation_id);

    ProviderResult<std::vector<PostCallWebhook>> list_webhooks();
    ProviderResult<PostCallWebhook> create_webhook(std::string const& name, std::string const& url);
    ProviderAnswer enable_webhook(std::string const& id, std::string const& name); // and its retries

private:
    ProviderAnswer call(std::string method, std::string path, Json const& body = nullptr);

    ProviderClient m_client;
    std::string m_api_key;
};
