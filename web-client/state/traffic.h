#pragma once

#include "shared/domain/conversation.h"
#include "shared/domain/lead.h"
#include "shared/domain/ledger.h"
#include "shared/domain/message.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace console {

struct ConversationRow {
    Conversation conversation;
    std::string organization_name, lead_name;
    std::string excerpt; // around the word that was searched for
};

struct ConversationPage {
    ConversationRow row;
    ConversationDetail detail;
    std::string agent_cost; // dollars, as ElevenLabs reports them
    std::string our_number;
};

struct LeadRow {
    Lead lead;
    std::string organization_name;
};

struct LeadPage {
    Lead lead;
    std::string organization_name;
    int calls = 0, texts = 0;
    std::vector<Note> notes; // newest first
    std::vector<Conversation> conversations; // the last ones, newest first
    std::string our_number; // that texts and calls come from; '' without one
    std::string sms_status, sms_reason; // of our number
    std::string opt_out_words; // as they were written
    Time opt_out_at;
};

struct UsageDay {
    std::string date; // 2026-11-01
    std::int64_t voice = 0, texts = 0, numbers = 0, agent = 0; // micro-dollars
};

struct UsageSum {
    std::int64_t quantity = 0, amount = 0;
};

struct Budget {
    std::int64_t monthly = 0, spent = 0, reserved = 0;
    std::string state; // ok, warning, stopped
};

struct Usage {
    std::string month; // 2026-11
    std::vector<UsageDay> days;
    std::map<std::string, UsageSum> totals; // voice, texts, numbers, agent, adjustments
    std::int64_t total = 0;
    std::optional<Budget> budget; // none over all organisations
};

struct LedgerRow {
    LedgerEntry entry;
    std::string organization_name;
};

// Something that a vendor told us.
struct InboxRow {
    std::string id, source, kind, subject, organization_id, organization_name;
    std::string via; // webhook, poll
    std::string state; // waiting, failed, unrouted, done
    std::string cause, summary;
    std::string body; // of the one that is opened
    int attempts = 0;
    Time received_at, processed_at;
};

struct Activity {
    std::string id;
    std::string kind; // call, missed_call, outbound_call, text_in, text_out, lead, opt_out, line, notification
    std::string organization_id, organization_name, text;
    Time at;
    std::string address; // where it leads
};

struct HourOfCalls {
    int answered = 0, missed = 0;
};

// What the overview says of calls, texts and money.
struct Traffic {
    int calls_today = 0;
    double answered_percent = -1; // -1: no call yet
    std::vector<HourOfCalls> by_hour; // 24, of today
    std::vector<int> last_week; // calls on the same day a week ago
    int texts_today = 0, texts_not_delivered = 0;
    std::string month; // 2026-11
    std::int64_t spent = 0, budget = 0;
};

} // namespace console
