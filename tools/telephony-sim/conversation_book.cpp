#include "tools/telephony-sim/conversation_book.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace simulator {

namespace {

constexpr int64_t batch = 200;

Value optional(std::optional<int64_t> const& time)
{
    return time ? Value(*time) : Value(nullptr);
}

Conversation conversation_of(Row const& row)
{
    Conversation conversation{row.text(0), row.text(1), row.text(2), row.text(3), row.number(4), {}, {}, {}, Json::parse(row.text(8))};
    if (!row.is_null(5)) conversation.answered_at = row.number(5);
    if (!row.is_null(6)) conversation.ended_at = row.number(6);
    if (!row.is_null(7)) conversation.done_at = row.number(7);
    return conversation;
}

std::optional<Conversation> first_of(std::vector<Row> const& rows)
{
    if (rows.empty()) return std::nullopt;
    return conversation_of(rows.front());
}

int64_t number_or(std::optional<std::string> const& text, int64_t otherwise)
{
    int64_t value = otherwise;
    if (text) std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

Json summary_of(Json const& told, bool with_summary)
{
    auto const& metadata = told["metadata"];
    auto const& analysis = told["analysis"];
    auto const phone = metadata["phone_call"];
    Json const judged = analysis.is_object() ? analysis["call_successful"] : Json("unknown");
    return {{"agent_id", told["agent_id"]}, {"branch_id", nullptr}, {"version_id", nullptr}, {"agent_name", told["agent_name"]},
        {"conversation_id", told["conversation_id"]}, {"start_time_unix_secs", metadata["start_time_unix_secs"]},
        {"call_duration_secs", metadata["call_duration_secs"]}, {"message_count", told["transcript"].size()}, {"status", told["status"]},
        {"termination_reason", metadata["termination_reason"]}, {"call_successful", judged}, {"call_success_score", nullptr},
        {"transcript_summary", with_summary && analysis.is_object() ? analysis["transcript_summary"] : Json(nullptr)},
        {"call_summary_title", analysis.is_object() ? analysis["call_summary_title"] : Json(nullptr)},
        {"main_language", metadata["main_language"]}, {"conversation_initiation_source", "twilio"}, {"tool_names", Json::array()},
        {"direction", phone["direction"]}, {"rating", nullptr}, {"tag_ids", Json::array()}};
}

} // namespace

void save_conversation(Database& db, Conversation const& conversation)
{
    db.run(R"(
        INSERT INTO conversations (conversation_id, call_sid, agent_id, user_id, started_at, answered_at, ended_at, done_at, body)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (conversation_id) DO UPDATE SET answered_at = excluded.answered_at, ended_at = excluded.ended_at,
            done_at = excluded.done_at, body = excluded.body)",
        {conversation.conversation_id, conversation.call_sid, conversation.agent_id, conversation.user_id, conversation.started_at,
            optional(conversation.answered_at), optional(conversation.ended_at), optional(conversation.done_at),
            to_text(conversation.body)});
}

std::optional<Conversation> find_conversation(Database& db, std::string const& conversation_id)
{
    return first_of(db.run(R"(
        SELECT conversation_id, call_sid, agent_id, user_id, started_at, answered_at, ended_at, done_at, body
        FROM conversations WHERE conversation_id = $1)",
        {conversation_id}));
}

std::optional<Conversation> find_conversation_of_call(Database& db, std::string const& call_sid)
{
    return first_of(db.run(R"(
        SELECT conversation_id, call_sid, agent_id, user_id, started_at, answered_at, ended_at, done_at, body
        FROM conversations WHERE call_sid = $1)",
        {call_sid}));
}

bool delete_conversation(Database& db, std::string const& conversation_id)
{
    return !db.run("DELETE FROM conversations WHERE conversation_id = $1 RETURNING sequence", {conversation_id}).empty();
}

Json told_now(Conversation const& conversation, int64_t now)
{
    auto const reached = [&](std::optional<int64_t> const& time) { return time && now >= *time; };
    if (reached(conversation.done_at)) return conversation.body;
    auto told = conversation.body;
    bool const answered = reached(conversation.answered_at);
    bool const ended = reached(conversation.ended_at);
    told["status"] = ended ? "processing" : answered ? "in-progress" : "initiated";
    told["analysis"] = nullptr;
    auto& metadata = told["metadata"];
    for (auto const* name : {"cost", "cost_fiat"})
        metadata[name] = nullptr;
    if (ended) return told;
    if (conversation.ended_at) told["transcript"] = Json::array(); // nobody knows yet what they will say
    metadata["call_duration_secs"] = answered ? (now - *conversation.answered_at) / 1000 : 0;
    metadata["termination_reason"] = "";
    return told;
}

ConversationPage list_conversations(Database& db, Fields const& query, size_t page_size, int64_t now)
{
    int64_t before = std::numeric_limits<int64_t>::max();
    int64_t sequence = before;
    if (auto const cursor = field(query, "cursor"); cursor && !cursor->empty()) {
        auto const parts = split(*cursor, '-');
        before = number_or(parts[0], 0);
        sequence = parts.size() > 1 ? number_or(parts[1], 0) : 0;
    }
    std::vector<std::string> excluded;
    for (auto const& [name, value] : query) {
        if (name == "exclude_statuses") excluded.push_back(value);
    }
    auto const successful = field(query, "call_successful").value_or("");
    auto const source = field(query, "conversation_initiation_source").value_or("twilio");
    auto const shortest = number_or(field(query, "call_duration_min_secs"), 0);
    auto const longest = number_or(field(query, "call_duration_max_secs"), std::numeric_limits<int64_t>::max());
    bool const with_summary = field(query, "summary_mode").value_or("exclude") == "include";

    ConversationPage page;
    int64_t last_start = 0;
    int64_t last_sequence = 0;
    while (source == "twilio") {
        auto const rows = db.run(R"(
            SELECT conversation_id, call_sid, agent_id, user_id, started_at, answered_at, ended_at, done_at, body, sequence
            FROM conversations
            WHERE (started_at, sequence) < ($1, $2) AND ($3 = '' OR agent_id = $3) AND ($4 = '' OR user_id = $4)
                AND started_at >= $5 AND started_at <= $6
            ORDER BY started_at DESC, sequence DESC LIMIT $7)",
            {before, sequence, field(query, "agent_id").value_or(""), field(query, "user_id").value_or(""),
                number_or(field(query, "call_start_after_unix"), 0),
                number_or(field(query, "call_start_before_unix"), std::numeric_limits<int64_t>::max()), batch});
        for (auto const& row : rows) {
            before = row.number(4);
            sequence = row.number(9);
            auto const told = told_now(conversation_of(row), now);
            auto const summary = summary_of(told, with_summary);
            auto const duration = summary["call_duration_secs"].get<int64_t>();
            bool const wanted = std::find(excluded.begin(), excluded.end(), text_at(summary, "status")) == excluded.end()
                && (successful.empty() || successful == text_at(summary, "call_successful")) && duration >= shortest && duration <= longest;
            if (!wanted) continue;
            if (page.summaries.size() == page_size) {
                page.next_cursor = std::to_string(last_start) + "-" + std::to_string(last_sequence);
                return page;
            }
            page.summaries.push_back(summary);
            last_start = before;
            last_sequence = sequence;
        }
        if (static_cast<int64_t>(rows.size()) < batch) break;
    }
    return page;
}

} // namespace simulator
