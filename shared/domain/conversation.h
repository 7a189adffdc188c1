#pragma once

#include "shared/base/time.h"

#include <string>
#include <utility>
#include <vector>

// One voice call.
struct Conversation {
    std::string id;
    std::string organization_id;
    std::string phone_number_id;
    std::string lead_id; // '' for a withheld or odd caller id
    std::string call_sid;
    std::string conversation_id; // ElevenLabs'; '' until it is known
    std::string direction; // inbound, outbound
    std::string status; // in_progress, done, failed
    std::string outcome; // success, failure, unknown: as ElevenLabs judges; '' before
    std::string external_number; // the customer's, E.164; '' when withheld
    std::string agent_id;
    std::string attempt_id; // of an outbound call
    std::string title;
    std::string summary;
    std::string failure; // busy, no-answer, …
    std::string termination_reason;
    Time started_at;
    int duration_seconds = -1; // -1 until it is known
};

struct Turn {
    std::string role; // agent, user
    std::string message;
    int at_seconds = 0; // since the call began
};

// Name and value, in the order in which they are shown.
using NamedValues = std::vector<std::pair<std::string, std::string>>;

struct ConversationDetail {
    std::vector<Turn> transcript;
    NamedValues variables; // what Jack was told
    NamedValues collected; // what Jack found out
};
