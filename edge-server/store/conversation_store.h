#pragma once

#include "edge-server/sql/database.h"
#include "edge-server/store/list_page.h"
#include "shared/domain/conversation.h"
#include "shared/domain/phone_number.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

inline constexpr std::array<std::string_view, 3> conversation_statuses{"in_progress", "done", "failed"};

std::optional<Conversation> find_conversation(sql::Reader& db, std::string const& organization_id, std::string const& id);
// By what a vendor calls it. Across tenants: for what a vendor brings, whose owner is not known yet.
std::optional<Conversation> find_conversation_by_call(sql::Writer& db, std::string const& call_sid); // files it first if it was put aside
std::optional<Conversation> find_conversation_by_vendor_id(sql::Reader& db, std::string const& conversation_id);
std::optional<Conversation> find_conversation_by_attempt(sql::Reader& db, std::string const& attempt_id);
// The vendors' clocks count seconds: a number bought within one was ours in it.
inline Time end_of_second(Time at)
{
    return {at.milliseconds / 1000 * 1000 + 999};
}
// The row of the number that was ours at that time, in whatever state.
std::optional<PhoneNumber> find_owner_at(sql::Reader& db, std::string const& e164, Time at);

// `variables`: what Jack was told. Appends no event: conversation_changed() does.
void insert_conversation(sql::Writer& db, Conversation const& conversation, NamedValues const& variables);
// A call whose own sid was not known when it was recorded.
void set_call_sid(sql::Writer& db, std::string const& id, std::string const& call_sid);
// Everything but id, tenant, number, direction and call_sid.
void update_conversation(sql::Writer& db, Conversation const& conversation);
void set_conversation_findings(
    sql::Writer& db, std::string const& id, NamedValues const& collected, std::optional<std::int64_t> agent_cost);
void set_variables_if_unknown(sql::Writer& db, std::string const& id, NamedValues const& variables);
// And its words for the search. `more_words`: the customer's name and number.
struct TranscriptPart {
    std::string turns; // JSON
    std::string words; // what is said
};
// In parts that are short enough for one write each; at least one.
std::vector<TranscriptPart> parts_of(std::vector<Turn> const& transcript);
// Replaces the whole transcript by its first part. Returns the row of its words, which the other parts are written with.
std::int64_t set_transcript(sql::Writer& db, Conversation const& conversation, TranscriptPart const& first, std::string const& more_words);
void add_transcript_part(sql::Writer& db, Conversation const& conversation, std::int64_t words_row, int part, TranscriptPart const& text,
    std::string const& more_words);
void conversation_changed(sql::Writer& db, std::string const& organization_id, std::string const& id);

ConversationDetail conversation_detail(sql::Reader& db, std::string const& id);
std::optional<std::int64_t> agent_cost_of(sql::Reader& db, std::string const& id); // micro-dollars

struct ListedConversation {
    Conversation conversation;
    std::string organization_name;
    std::string lead_name;
    std::string excerpt; // around what was searched for
};
// Which conversations a list has.
struct ConversationFilter {
    std::string organization_id; // '' for all that may be seen
    std::string member_user_id; // '' for the platform
    std::string lead_id; // '' for all; of that organisation
    std::string status; // '' for all
    std::string words; // searched for, as typed; '' for all
    Time before; // keyset: (started_at, id) before this
    std::string before_id;
    int limit = 50;
};
std::vector<ListedConversation> list_conversations(sql::Reader& db, ConversationFilter const& filter); // newest first

struct CallsOfHour {
    std::int64_t hour = 0; // since 1970, in the reader's zone
    std::int64_t answered = 0;
    std::int64_t missed = 0;
};
std::vector<CallsOfHour> count_calls_by_hour(sql::Reader& db, Time since, std::int64_t utc_offset_milliseconds);
// Calls of that time whose end nobody told: they are said to have failed. How many.
std::int64_t give_up_conversations(sql::Writer& db, Time began_after, Time began_before, std::string const& failure, int most);
