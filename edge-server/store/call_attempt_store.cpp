#include "edge-server/store/call_attempt_store.h"
#include "edge-server/store/conversation_store.h"
#include "edge-server/store/event_store.h"

namespace {

std::optional<std::string> none_if_empty(std::string const& text)
{
    return text.empty() ? std::nullopt : std::optional(text);
}

sql::Param time_or_null(Time time)
{
    return time ? sql::Param(time) : sql::Param(nullptr);
}

std::optional<CallAttempt> first_of(sql::Rows const& rows)
{
    if (rows.empty()) return {};
    auto const& row = rows.front();
    return CallAttempt{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7), row.text(8),
        row.integer(9), row.text(10), static_cast<int>(row.integer(11)), row.time(12), row.time(13), row.time(14), row.time(15)};
}

} // namespace

void insert_attempt(sql::Writer& db, CallAttempt const& attempt, std::string const& request_key)
{
    db.run(R"(
        INSERT INTO call_attempts (id, organization_id, phone_number_id, lead_id, to_number, reason, variables, state, reserved, author_id,
                                   request_key, due_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13))",
        {attempt.id, attempt.organization_id, attempt.phone_number_id, none_if_empty(attempt.lead_id), attempt.to_number, attempt.reason,
            attempt.variables, attempt.state, attempt.reserved, none_if_empty(attempt.author_id), none_if_empty(request_key),
            attempt.due_at, attempt.created_at});
}

std::optional<CallAttempt> find_attempt(sql::Reader& db, std::string const& organization_id, std::string const& id)
{
    return first_of(db.run(R"(
        SELECT id, organization_id, phone_number_id, lead_id, to_number, reason, variables, state, cause, reserved, author_id, attempts, due_at,
               created_at, posted_at, ended_at
        FROM call_attempts WHERE organization_id = $1 AND id = $2)",
        {organization_id, id}));
}

std::optional<CallAttempt> find_attempt_by_key(sql::Reader& db, std::string const& request_key)
{
    return first_of(db.run(R"(
        SELECT id, organization_id, phone_number_id, lead_id, to_number, reason, variables, state, cause, reserved, author_id, attempts, due_at,
               created_at, posted_at, ended_at
        FROM call_attempts WHERE request_key = $1)",
        {request_key}));
}

std::optional<Time> next_attempt_work(sql::Reader& db)
{
    auto const rows = db.run(
        "SELECT min(CASE WHEN lease_until > due_at THEN lease_until ELSE due_at END) FROM call_attempts WHERE due_at IS NOT NULL");
    if (rows.front().is_null(0)) return {};
    return rows.front().time(0);
}

std::optional<CallAttempt> claim_attempt(sql::Writer& db, std::string const& owner, Time present, Time lease_until)
{
    return first_of(db.run(R"(
        UPDATE call_attempts SET lease_owner = $1, lease_until = $2
        WHERE id = (SELECT id FROM call_attempts WHERE due_at IS NOT NULL AND due_at <= $3 AND lease_until < $3 ORDER BY due_at LIMIT 1)
        RETURNING id, organization_id, phone_number_id, lead_id, to_number, reason, variables, state, cause, reserved, author_id, attempts,
                  due_at, created_at, posted_at, ended_at)",
        {owner, lease_until, present}));
}

bool save_attempt(sql::Writer& db, CallAttempt const& attempt, std::string const& owner, Time lease_until)
{
    db.run(R"(
        UPDATE call_attempts SET lead_id = $1, state = $2, cause = $3, attempts = $4, due_at = $5, posted_at = $6, ended_at = $7, lease_until = $8
        WHERE id = $9 AND lease_owner = $10 AND ended_at IS NULL)",
        {none_if_empty(attempt.lead_id), attempt.state, attempt.cause, attempt.attempts, time_or_null(attempt.due_at),
            time_or_null(attempt.posted_at), time_or_null(attempt.ended_at), lease_until, attempt.id, owner});
    if (db.changes() == 0) return false;
    append_event(db, attempt.organization_id, "call", attempt.id);
    return true;
}

void release_attempt_lease(sql::Writer& db, std::string const& id, std::string const& owner)
{
    db.run("UPDATE call_attempts SET lease_owner = '', lease_until = 0 WHERE id = $1 AND lease_owner = $2", {id, owner});
}

void void_all_attempt_leases(sql::Writer& db)
{
    db.run("UPDATE call_attempts SET lease_owner = '', lease_until = 0 WHERE lease_until > 0");
}

void link_attempt(sql::Reader& db, Conversation& conversation, std::string const& attempt_id)
{
    if (attempt_id.empty() || !conversation.attempt_id.empty()) return;
    if (!find_attempt(db, conversation.organization_id, attempt_id)) return;
    if (!find_conversation_by_attempt(db, attempt_id)) conversation.attempt_id = attempt_id;
}

void end_attempt(sql::Writer& db, std::string const& id, std::string const& cause)
{
    auto const ended = db.run(R"(
        UPDATE call_attempts SET state = 'ended', cause = $1, due_at = NULL, ended_at = $2 WHERE id = $3 AND state <> 'ended'
        RETURNING organization_id)",
        {cause, now(), id});
    if (!ended.empty()) append_event(db, ended.front().text(0), "call", id);
}

void end_forgotten_attempts(sql::Writer& db, Time before, int most)
{
    for (auto const& row : db.run(R"(
        SELECT a.id, c.failure FROM call_attempts a LEFT JOIN conversations c ON c.attempt_id = a.id
        WHERE a.ended_at IS NULL AND a.state = 'placed' AND (c.status <> 'in_progress' OR a.posted_at < $1) LIMIT $2)",
             {before, most}))
        end_attempt(db, row.text(0), row.text(1));
}
