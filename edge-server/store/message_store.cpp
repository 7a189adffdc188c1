#include "edge-server/store/message_store.h"
#include "edge-server/store/event_store.h"

namespace {

#define TEXT_COLUMNS                                                                                                                       \
    "m.id, m.organization_id, m.phone_number_id, m.lead_id, m.direction, m.from_number, m.to_number, m.body, m.encoding, m.segments, "     \
    "m.pictures, m.state, m.error_code, m.error, m.twilio_sid, u.email, m.sent_at, m.created_at "
#define SELECT_TEXT "SELECT " TEXT_COLUMNS "FROM messages m LEFT JOIN users u ON u.id = m.author_id "

Message to_message(sql::Row const& row)
{
    return {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7), row.text(8),
        static_cast<int>(row.integer(9)), static_cast<int>(row.integer(10)), row.text(11), row.text(12), row.text(13), row.text(14),
        row.text(15), row.time(16), row.time(17)};
}

std::optional<Message> first_of(sql::Rows const& rows)
{
    return rows.empty() ? std::nullopt : std::optional(to_message(rows.front()));
}

std::optional<std::string> none_if_empty(std::string const& text)
{
    return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<Time> first_time(sql::Rows const& rows)
{
    return rows.empty() || rows.front().is_null(0) ? std::nullopt : std::optional(rows.front().time(0));
}

} // namespace

bool insert_inbound_text(sql::Writer& db, Message const& message)
{
    db.run(R"(
        INSERT INTO messages (id, organization_id, phone_number_id, lead_id, direction, from_number, to_number, body, encoding, segments,
                              pictures, state, twilio_sid, sent_at, created_at)
        VALUES ($1, $2, $3, $4, 'inbound', $5, $6, $7, $8, $9, $10, 'received', $11, $12, $13) ON CONFLICT (twilio_sid) DO NOTHING)",
        {message.id, message.organization_id, none_if_empty(message.phone_number_id), none_if_empty(message.lead_id), message.from_number,
            message.to_number, message.body, message.encoding, message.segments, message.pictures, message.twilio_sid, message.sent_at,
            message.created_at});
    if (db.changes() == 0) return false;
    append_event(db, message.organization_id, "message", message.id);
    return true;
}

void insert_outbound_text(sql::Writer& db, Message const& message, std::string const& author_id, std::string const& request_key)
{
    db.run(R"(
        INSERT INTO messages (id, organization_id, phone_number_id, lead_id, direction, from_number, to_number, body, encoding, segments,
                              state, author_id, request_key, due_at, sent_at, created_at)
        VALUES ($1, $2, $3, $4, 'outbound', $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $13))",
        {message.id, message.organization_id, none_if_empty(message.phone_number_id), none_if_empty(message.lead_id), message.from_number,
            message.to_number, message.body, message.encoding, message.segments, message.state, none_if_empty(author_id),
            none_if_empty(request_key), message.created_at});
    append_event(db, message.organization_id, "message", message.id);
}

void update_text(sql::Writer& db, Message const& message, bool settled)
{
    db.run(R"(
        UPDATE messages SET state = $1, error_code = $2, error = $3, twilio_sid = $4, segments = $5,
                            due_at = CASE WHEN $6 = 1 THEN NULL ELSE due_at END
        WHERE id = $7)",
        {message.state, message.error_code, message.error, none_if_empty(message.twilio_sid), message.segments, settled, message.id});
    append_event(db, message.organization_id, "message", message.id);
}

std::optional<Message> find_text(sql::Reader& db, std::string const& id)
{
    return first_of(db.run(SELECT_TEXT "WHERE m.id = $1", {id}));
}

std::optional<Message> find_text_by_sid(sql::Reader& db, std::string const& twilio_sid)
{
    return first_of(db.run(SELECT_TEXT "WHERE m.twilio_sid = $1", {twilio_sid}));
}

std::optional<Message> find_text_by_request(sql::Reader& db, std::string const& request_key)
{
    return first_of(db.run(SELECT_TEXT "WHERE m.request_key = $1", {request_key}));
}

std::optional<OutgoingText> claim_due_text(sql::Writer& db, std::string const& owner, Time present, Time lease_until)
{
    auto const claimed = db.run(R"(
        UPDATE messages SET lease_owner = $1, lease_until = $2
        WHERE id = (SELECT m.id FROM messages m
                    WHERE m.due_at IS NOT NULL AND m.due_at <= $3 AND m.lease_until < $3
                      AND NOT EXISTS (SELECT 1 FROM messages earlier
                                      WHERE earlier.due_at IS NOT NULL AND earlier.lead_id = m.lead_id AND earlier.id < m.id)
                    ORDER BY m.due_at LIMIT 1)
        RETURNING id, attempts, posted_at)",
        {owner, lease_until, present});
    if (claimed.empty()) return {};
    auto const& row = claimed.front();
    return OutgoingText{*find_text(db, row.text(0)), static_cast<int>(row.integer(1)), row.time(2)};
}

bool renew_text_lease(sql::Writer& db, std::string const& id, std::string const& owner, Time lease_until)
{
    db.run("UPDATE messages SET lease_until = $1 WHERE id = $2 AND lease_owner = $3 AND due_at IS NOT NULL", {lease_until, id, owner});
    return db.changes() == 1;
}

void release_text_lease(sql::Writer& db, std::string const& id, std::string const& owner)
{
    db.run("UPDATE messages SET lease_owner = '', lease_until = 0 WHERE id = $1 AND lease_owner = $2", {id, owner});
}

void void_all_text_leases(sql::Writer& db)
{
    db.run("UPDATE messages SET lease_owner = '', lease_until = 0 WHERE due_at IS NOT NULL AND lease_until > 0");
}

void mark_text_posted(sql::Writer& db, std::string const& id, Time at)
{
    db.run("UPDATE messages SET posted_at = $1, attempts = attempts + 1 WHERE id = $2", {at, id});
}

void postpone_text(sql::Writer& db, OutgoingText const& text, Time due_at)
{
    db.run("UPDATE messages SET due_at = $1, attempts = $2, posted_at = CASE WHEN $3 > 0 THEN $3 END WHERE id = $4 AND due_at IS NOT NULL",
        {due_at, text.attempts, text.posted_at, text.message.id});
}

std::optional<Time> next_due_text(sql::Reader& db)
{
    return first_time(
        db.run("SELECT min(CASE WHEN lease_until > due_at THEN lease_until ELSE due_at END) FROM messages WHERE due_at IS NOT NULL"));
}

std::optional<Time> oldest_text_on_the_way(sql::Reader& db, Time since)
{
    return first_time(db.run(R"(
        SELECT min(sent_at) FROM messages
        WHERE sent_at >= $1 AND direction = 'outbound' AND state IN ('queued', 'sending', 'sent', 'unclear'))",
        {since}));
}

std::optional<Message> find_unclear_text(
    sql::Reader& db, std::string const& from_number, std::string const& to_number, std::string const& body, Time at)
{
    constexpr std::int64_t slack = 60; // seconds between Twilio's clock and ours
    constexpr std::int64_t longest_wait = 2 * 3600; // seconds from the click to the request
    auto const rows = db.run(SELECT_TEXT R"(
        WHERE m.sent_at BETWEEN $1 AND $2 AND m.posted_at BETWEEN $3 AND $2
          AND m.state = 'unclear' AND m.twilio_sid IS NULL AND m.from_number = $4 AND m.to_number = $5 AND m.body = $6 LIMIT 2)",
        {at.plus_seconds(-longest_wait), at.plus_seconds(slack), at.plus_seconds(-slack), from_number, to_number, body});
    return rows.size() == 1 ? first_of(rows) : std::nullopt;
}

std::vector<Message> list_texts(sql::Reader& db, TextFilter const& filter)
{
    auto const rows = filter.lead_id.empty() ? db.run(SELECT_TEXT R"(
        WHERE m.organization_id = $1 AND (m.sent_at, m.id) < ($2, $3) ORDER BY m.sent_at DESC, m.id DESC LIMIT $4)",
                          {filter.organization_id, filter.before, filter.before_id, filter.limit})
                                             : db.run(SELECT_TEXT R"(
        WHERE m.organization_id = $1 AND m.lead_id = $2 AND (m.sent_at, m.id) < ($3, $4) ORDER BY m.sent_at DESC, m.id DESC LIMIT $5)",
                                                 {filter.organization_id, filter.lead_id, filter.before, filter.before_id, filter.limit});
    std::vector<Message> texts;
    for (auto const& row : rows)
        texts.push_back(to_message(row));
    return texts;
}
