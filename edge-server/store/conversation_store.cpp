#include "edge-server/store/conversation_store.h"
#include "edge-server/store/call_store.h"
#include "edge-server/store/conversation_search.h"
#include "edge-server/store/event_store.h"
#include "edge-server/store/phone_number_store.h"
#include "shared/api/read_records.h"
#include "shared/api/records.h"
#include <iterator>

namespace {

constexpr std::size_t text_at_once = 16 * 1024; // bytes of a transcript in one write

constexpr std::int64_t hour_milliseconds = 3'600'000;

Conversation to_conversation(sql::Row const& row)
{
    Conversation conversation;
    conversation.id = row.text(0);
    conversation.organization_id = row.text(1);
    conversation.phone_number_id = row.text(2);
    conversation.lead_id = row.text(3);
    conversation.call_sid = row.text(4);
    conversation.conversation_id = row.text(5);
    conversation.direction = row.text(6);
    conversation.status = row.text(7);
    conversation.outcome = row.text(8);
    conversation.external_number = row.text(9);
    conversation.agent_id = row.text(10);
    conversation.attempt_id = row.text(11);
    conversation.title = row.text(12);
    conversation.summary = row.text(13);
    conversation.failure = row.text(14);
    conversation.termination_reason = row.text(15);
    conversation.started_at = row.time(16);
    conversation.duration_seconds = row.is_null(17) ? -1 : static_cast<int>(row.integer(17));
    return conversation;
}

#define CONVERSATION                                                                                                                       \
    "SELECT c.id, c.organization_id, c.phone_number_id, c.lead_id, c.call_sid, c.conversation_id, c.direction, c.status, c.outcome, "      \
    "c.external_number, c.agent_id, c.attempt_id, c.title, c.summary, c.failure, c.termination_reason, c.started_at, c.duration_seconds "
#define LISTED_CONVERSATION                                                                                                                \
    CONVERSATION ", o.name, l.name FROM conversations c JOIN organizations o ON o.id = c.organization_id LEFT JOIN leads l ON l.id = "     \
                 "c.lead_id "
#define AFTER_CONVERSATION                                                                                                                 \
    "AND ($2 = '' OR c.status = $2) AND (c.started_at, c.id) < ($3, $4) ORDER BY c.started_at DESC, c.id DESC LIMIT $5"

std::optional<Conversation> first_of(sql::Rows const& rows)
{
    return rows.empty() ? std::nullopt : std::optional(to_conversation(rows.front()));
}

ListedConversation to_listed(sql::Row const& row)
{
    return {to_conversation(row), row.text(18), row.text(19), {}};
}

std::optional<std::string> text_or_null(std::string const& text)
{
    return text.empty() ? std::nullopt : std::optional(text);
}

std::string dumped(Json const& json)
{
    return json.empty() ? std::string() : json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

NamedValues values_in(std::string const& json)
{
    return named_values_from(Json::parse(json, nullptr, false));
}

std::vector<std::string> organizations_of(sql::Reader& db, ConversationFilter const& filter)
{
    if (!filter.organization_id.empty()) return {filter.organization_id};
    std::vector<std::string> ids;
    if (filter.member_user_id.empty()) return ids;
    for (auto const& row : db.run("SELECT organization_id FROM memberships WHERE user_id = $1", {filter.member_user_id}))
        ids.push_back(row.text(0));
    if (ids.empty()) ids.push_back("none");
    return ids;
}

std::vector<ListedConversation> list_with_words(sql::Reader& db, ConversationFilter const& filter)
{
    std::vector<ListedConversation> list;
    for (auto const& found : search_words(db, filter.words, organizations_of(db, filter), filter.before, filter.before_id, filter.limit)) {
        auto const rows
            = db.run(LISTED_CONVERSATION "WHERE c.id = $1 AND ($2 = '' OR c.status = $2)", {found.conversation_id, filter.status});
        if (rows.empty()) continue;
        list.push_back(to_listed(rows.front()));
        list.back().excerpt = found.excerpt;
    }
    return list;
}

} // namespace

std::optional<Conversation> find_conversation(sql::Reader& db, std::string const& organization_id, std::string const& id)
{
    return first_of(db.run(CONVERSATION "FROM conversations c WHERE c.organization_id = $1 AND c.id = $2", {organization_id, id}));
}

std::optional<Conversation> find_conversation_by_call(sql::Writer& db, std::string const& call_sid)
{
    file_call(db, call_sid);
    return first_of(db.run(CONVERSATION "FROM conversations c WHERE c.call_sid = $1", {call_sid}));
}

std::optional<Conversation> find_conversation_by_vendor_id(sql::Reader& db, std::string const& conversation_id)
{
    return first_of(db.run(CONVERSATION "FROM conversations c WHERE c.conversation_id = $1", {conversation_id}));
}

std::optional<Conversation> find_conversation_by_attempt(sql::Reader& db, std::string const& attempt_id)
{
    return first_of(db.run(CONVERSATION "FROM conversations c WHERE c.attempt_id = $1", {attempt_id}));
}

std::optional<PhoneNumber> find_owner_at(sql::Reader& db, std::string const& e164, Time at)
{
    auto const rows = db.run(R"(
        SELECT id FROM phone_numbers WHERE phone_number = $1 AND created_at <= $2 AND (released_at IS NULL OR released_at > $2)
        ORDER BY created_at DESC LIMIT 1)",
        {e164, at});
    return rows.empty() ? std::nullopt : find_phone_number(db, rows.front().text(0));
}

void insert_conversation(sql::Writer& db, Conversation const& conversation, NamedValues const& variables)
{
    auto const& c = conversation;
    db.run(R"(
        INSERT INTO conversations (id, organization_id, phone_number_id, lead_id, call_sid, direction, agent_id, started_at, conversation_id,
                                   status, external_number, attempt_id, variables)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13))",
        {c.id, c.organization_id, c.phone_number_id, text_or_null(c.lead_id), c.call_sid, c.direction, c.agent_id, c.started_at,
            text_or_null(c.conversation_id), c.status, c.external_number, text_or_null(c.attempt_id), dumped(to_json(variables))});
}

void set_call_sid(sql::Writer& db, std::string const& id, std::string const& call_sid)
{
    db.run("UPDATE conversations SET call_sid = $1 WHERE id = $2", {call_sid, id});
}

void update_conversation(sql::Writer& db, Conversation const& conversation)
{
    auto const& c = conversation;
    auto const duration = c.duration_seconds < 0 ? sql::Param(nullptr) : sql::Param(c.duration_seconds);
    db.run(R"(
        UPDATE conversations SET lead_id = $1, conversation_id = $2, status = $3, outcome = $4, external_number = $5, agent_id = $6,
                                 attempt_id = $7, title = $8, summary = $9, failure = $10, termination_reason = $11, started_at = $12,
                                 duration_seconds = $13
        WHERE id = $14)",
        {text_or_null(c.lead_id), text_or_null(c.conversation_id), c.status, c.outcome, c.external_number, c.agent_id,
            text_or_null(c.attempt_id), c.title, text_or_null(c.summary), c.failure, c.termination_reason, c.started_at, duration, c.id});
}

void set_conversation_findings(sql::Writer& db, std::string const& id, NamedValues const& collected, std::optional<std::int64_t> agent_cost)
{
    db.run("UPDATE conversations SET collected = $1, agent_cost = $2 WHERE id = $3",
        {dumped(to_json(collected)), agent_cost ? sql::Param(*agent_cost) : sql::Param(nullptr), id});
}

void set_variables_if_unknown(sql::Writer& db, std::string const& id, NamedValues const& variables)
{
    db.run("UPDATE conversations SET variables = $1 WHERE id = $2 AND variables = ''", {dumped(to_json(variables)), id});
}

std::vector<TranscriptPart> parts_of(std::vector<Turn> const& transcript)
{
    std::vector<TranscriptPart> parts;
    for (auto turn = transcript.begin(); turn != transcript.end() || parts.empty();) {
        TranscriptPart part;
        std::vector<Turn> turns;
        while (turn != transcript.end() && (turns.empty() || part.words.size() + turn->message.size() <= text_at_once)) {
            part.words += '\n' + turn->message;
            turns.push_back(*turn++);
        }
        part.turns = to_json(turns).dump(-1, ' ', false, Json::error_handler_t::replace);
        parts.push_back(std::move(part));
    }
    return parts;
}

std::int64_t set_transcript(sql::Writer& db, Conversation const& conversation, TranscriptPart const& first, std::string const& more_words)
{
    db.run("DELETE FROM transcript_parts WHERE conversation_id = $1", {conversation.id});
    auto const row = db.run(R"(
        INSERT INTO transcripts (conversation_id, organization_id, turns, words_row)
        VALUES ($1, $2, $3, (SELECT COALESCE(max(words_row), 0) + 1 FROM transcripts))
        ON CONFLICT (conversation_id) DO UPDATE SET turns = excluded.turns RETURNING words_row)",
                           {conversation.id, conversation.organization_id, first.turns})
                         .front()
                         .integer(0);
    index_words(db, row, 0, conversation.organization_id, conversation.id,
        more_words + ' ' + conversation.title + ' ' + conversation.summary + first.words);
    return row;
}

void add_transcript_part(sql::Writer& db, Conversation const& conversation, std::int64_t words_row, int part, TranscriptPart const& text,
    std::string const& more_words)
{
    db.run("INSERT INTO transcript_parts (conversation_id, organization_id, part, turns) VALUES ($1, $2, $3, $4)",
        {conversation.id, conversation.organization_id, part, text.turns});
    index_words(db, words_row, part, conversation.organization_id, conversation.id, more_words + ' ' + conversation.title + text.words);
}

void conversation_changed(sql::Writer& db, std::string const& organization_id, std::string const& id)
{
    append_event(db, organization_id, "conversation", id);
}

ConversationDetail conversation_detail(sql::Reader& db, std::string const& id)
{
    ConversationDetail detail;
    auto const rows = db.run(R"(
        SELECT c.variables, c.collected, t.turns FROM conversations c LEFT JOIN transcripts t ON t.conversation_id = c.id WHERE c.id = $1)",
        {id});
    if (rows.empty()) return detail;
    detail.variables = values_in(rows.front().text(0));
    detail.collected = values_in(rows.front().text(1));
    detail.transcript = transcript_from(Json::parse(rows.front().text(2), nullptr, false));
    for (auto const& row : db.run("SELECT turns FROM transcript_parts WHERE conversation_id = $1 ORDER BY part", {id})) {
        auto more = transcript_from(Json::parse(row.text(0), nullptr, false));
        detail.transcript.insert(detail.transcript.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }
    return detail;
}

std::optional<std::int64_t> agent_cost_of(sql::Reader& db, std::string const& id)
{
    auto const rows = db.run("SELECT agent_cost FROM conversations WHERE id = $1", {id});
    return rows.empty() || rows.front().is_null(0) ? std::nullopt : std::optional(rows.front().integer(0));
}

std::vector<ListedConversation> list_conversations(sql::Reader& db, ConversationFilter const& filter)
{
    if (!filter.words.empty()) return list_with_words(db, filter);
    auto const whose = !filter.lead_id.empty() ? filter.lead_id
        : !filter.organization_id.empty()      ? filter.organization_id
                                               : filter.member_user_id;
    std::initializer_list<sql::Param> const params{whose, filter.status, filter.before, filter.before_id, filter.limit};
    auto const rows = !filter.lead_id.empty()
        ? db.run(LISTED_CONVERSATION
            "WHERE c.lead_id = $1 AND c.organization_id = (SELECT organization_id FROM leads WHERE id = $1) " AFTER_CONVERSATION,
            params)
        : !filter.organization_id.empty() ? db.run(LISTED_CONVERSATION "WHERE c.organization_id = $1 " AFTER_CONVERSATION, params)
        : !filter.member_user_id.empty()  ? db.run(LISTED_CONVERSATION
               "WHERE c.organization_id IN (SELECT organization_id FROM memberships WHERE user_id = $1) " AFTER_CONVERSATION,
               params)
                                          : db.run(LISTED_CONVERSATION "WHERE $1 = '' " AFTER_CONVERSATION, params);
    std::vector<ListedConversation> list;
    list.reserve(rows.size());
    for (auto const& row : rows)
        list.push_back(to_listed(row));
    return list;
}

std::vector<CallsOfHour> count_calls_by_hour(sql::Reader& db, Time since, std::int64_t utc_offset_milliseconds)
{
    std::vector<CallsOfHour> hours;
    for (auto const& row : db.run(R"(
        SELECT (started_at + $1) / $2 AS hour, sum(CASE WHEN status = 'failed' THEN 0 ELSE 1 END), sum(CASE WHEN status = 'failed' THEN 1 ELSE 0 END)
        FROM conversations WHERE started_at >= $3 GROUP BY hour ORDER BY hour)",
             {utc_offset_milliseconds, hour_milliseconds, since}))
        hours.push_back({row.integer(0), row.integer(1), row.integer(2)});
    return hours;
}

std::int64_t give_up_conversations(sql::Writer& db, Time began_after, Time began_before, std::string const& failure, int most)
{
    auto const rows = db.run(R"(
        UPDATE conversations SET status = 'failed', failure = $1
        WHERE id IN (SELECT id FROM conversations WHERE started_at > $2 AND started_at < $3 AND status = 'in_progress' LIMIT $4)
        RETURNING organization_id, id)",
        {failure, began_after, began_before, most});
    for (auto const& row : rows)
        conversation_changed(db, row.text(0), row.text(1));
    return static_cast<std::int64_t>(rows.size());
}
