#pragma once

#include "edge-server/providers/elevenlabs_client.h"
#include "edge-server/services/inbox.h"

#include <string>

struct Config;

// Looks for what no webhook brought, and for a webhook that ElevenLabs is about to give up.
class Pollers {
public:
    Pollers(sql::Database& database, Config const& config, Inbox& inbox, ElevenLabsClient& elevenlabs);

    // Conversations that ended and that we do not know as ended go through the inbox. One that ElevenLabs does not give
    // keeps no other away. `position`: from where the next look goes on.
    Outcome poll_conversations(std::string& position);
    // Our post-call webhook at ElevenLabs: a notification while it fails, or is off; taken back when it is well.
    Outcome check_webhook();

private:
    bool is_known(ListedCall const& call);

    sql::Database& m_database;
    Config const& m_config;
    Inbox& m_inbox;
    ElevenLabsClient& m_elevenlabs;
};

// Calls that began long ago and whose end neither a webhook nor the poller brought.
void give_up_lost_calls(sql::Database& database);
