#pragma once

#include "tools/telephony-sim/database.h"
#include "tools/telephony-sim/json.h"
#include "tools/telephony-sim/text.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace simulator {

// Conversations, as ElevenLabs keeps them.

struct Conversation {
    std::string conversation_id;
    std::string call_sid;
    std::string agent_id;
    std::string user_id;
    int64_t started_at = 0; // Unix seconds
    std::optional<int64_t> answered_at; // milliseconds, like the other two
    std::optional<int64_t> ended_at; // nothing: they are still talking
    std::optional<int64_t> done_at; // when it is analysed
    Json body; // once it is done
};

void save_conversation(Database& db, Conversation const& conversation); // new or changed
std::optional<Conversation> find_conversation(Database& db, std::string const& conversation_id);
std::optional<Conversation> find_conversation_of_call(Database& db, std::string const& call_sid);
bool delete_conversation(Database& db, std::string const& conversation_id);

// As ElevenLabs tells it now: initiated, in-progress, processing, and at last done or failed, with the analysis.
Json told_now(Conversation const& conversation, int64_t now);

struct ConversationPage {
    std::vector<Json> summaries;
    std::string next_cursor; // "" if there are no more
};
ConversationPage list_conversations(Database& db, Fields const& query, size_t page_size, int64_t now);

} // namespace simulator
