#include "tools/telephony-sim/message_book.h"

#include "tools/telephony-sim/settings.h"
#include "tools/telephony-sim/text.h"

#include <algorithm>
#include <limits>

namespace simulator {

namespace {

Value optional(std::optional<int64_t> const& time)
{
    return time ? Value(*time) : Value(nullptr);
}

bool is_over(TextMessage const& message, int64_t now)
{
    return message.ended_at && now >= *message.ended_at;
}

} // namespace

TextMessage message_of(Row const& row)
{
    TextMessage message{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.number(5), row.number(6), row.number(7), {},
        {}, row.text(10), row.number(11), row.number(12)};
    if (!row.is_null(8)) message.sent_at = row.number(8);
    if (!row.is_null(9)) message.ended_at = row.number(9);
    return message;
}

void save_message(Database& db, TextMessage const& message)
{
    db.run(R"(
        INSERT INTO messages
            (sid, direction, sender, recipient, body, segments, media, created_at, sent_at, ended_at, outcome, error_code, price)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (sid) DO UPDATE SET body = excluded.body, segments = excluded.segments, sent_at = excluded.sent_at,
            ended_at = excluded.ended_at, outcome = excluded.outcome, error_code = excluded.error_code, price = excluded.price)",
        {message.sid, message.direction, message.from, message.to, message.body, message.segments, message.media, message.created_at,
            optional(message.sent_at), optional(message.ended_at), message.outcome, message.error_code, message.price});
}

std::optional<TextMessage> find_message(Database& db, std::string const& sid)
{
    auto const rows = db.run(R"(
        SELECT sid, direction, sender, recipient, body, segments, media, created_at, sent_at, ended_at, outcome, error_code, price
        FROM messages WHERE sid = $1)",
        {sid});
    if (rows.empty()) return std::nullopt;
    return message_of(rows.front());
}

bool delete_message(Database& db, std::string const& sid)
{
    return !db.run("DELETE FROM messages WHERE sid = $1 RETURNING sequence", {sid}).empty();
}

std::optional<PageOf<TextMessage>> list_messages(Database& db, Fields const& query, PageRequest const& page)
{
    bool const newer = page.goes_newer();
    int64_t from = std::numeric_limits<int64_t>::max();
    if (!page.token.empty()) {
        auto const rows = db.run("SELECT sequence FROM messages WHERE sid = $1", {page.from_sid()});
        if (rows.empty()) return std::nullopt;
        from = rows.front().number(0);
    }
    auto const sent = time_range(query, "DateSent");
    std::vector<Value> const wanted{
        from, field(query, "From").value_or(""), field(query, "To").value_or(""), sent.from, sent.to, page.size + 1};
    auto const rows = newer ? db.run(R"(
        SELECT sid, direction, sender, recipient, body, segments, media, created_at, sent_at, ended_at, outcome, error_code, price
        FROM messages
        WHERE sequence > $1 AND ($2 = '' OR sender = $2) AND ($3 = '' OR recipient = $3)
            AND COALESCE(sent_at, created_at) >= $4 AND COALESCE(sent_at, created_at) <= $5
        ORDER BY sequence LIMIT $6)",
                          wanted)
                            : db.run(R"(
        SELECT sid, direction, sender, recipient, body, segments, media, created_at, sent_at, ended_at, outcome, error_code, price
        FROM messages
        WHERE sequence < $1 AND ($2 = '' OR sender = $2) AND ($3 = '' OR recipient = $3)
            AND COALESCE(sent_at, created_at) >= $4 AND COALESCE(sent_at, created_at) <= $5
        ORDER BY sequence DESC LIMIT $6)",
                                wanted);
    PageOf<TextMessage> found;
    bool more = false;
    for (auto const& row : rows) {
        auto const message = message_of(row);
        more = static_cast<int64_t>(found.records.size()) == page.size;
        if (more) break;
        found.records.push_back(message);
    }
    if (newer) std::reverse(found.records.begin(), found.records.end());
    found.has_older = newer || more;
    found.has_newer = newer ? more : !page.token.empty();
    return found;
}

std::vector<TextMessage> messages_between(Database& db, std::string const& one, std::string const& other)
{
    std::vector<TextMessage> found;
    for (auto const& row : db.run(R"(
        SELECT sid, direction, sender, recipient, body, segments, media, created_at, sent_at, ended_at, outcome, error_code, price
        FROM messages WHERE sender = $1 AND recipient = $2 OR sender = $2 AND recipient = $1 ORDER BY created_at, sequence)",
             {one, other}))
        found.push_back(message_of(row));
    return found;
}

int64_t count_replies(Database& db, std::string const& from, std::string const& to, int64_t since)
{
    return db
        .run(R"(
        SELECT COUNT(*) FROM messages
        WHERE sender = $1 AND recipient = $2 AND direction = 'outbound-reply' AND created_at >= $3)",
            {from, to, since})
        .front()
        .number(0);
}

std::string status_of(TextMessage const& message, int64_t now)
{
    if (is_over(message, now)) return message.outcome;
    return message.sent_at && now >= *message.sent_at ? "sent" : "queued";
}

Json described(TextMessage const& message, int64_t now)
{
    auto const uri = std::string("/2010-04-01/Accounts/") + account_sid + "/Messages/" + message.sid;
    bool const was_sent = message.sent_at && now >= *message.sent_at;
    bool const is_wrong = is_over(message, now) && message.error_code != 0;
    auto const changed = is_over(message, now) ? *message.ended_at : was_sent ? *message.sent_at : message.created_at;
    return {{"body", message.body}, {"num_segments", std::to_string(message.segments)}, {"direction", message.direction},
        {"from", message.from}, {"to", message.to}, {"date_updated", rfc2822(changed)},
        {"price", was_sent && message.price > 0 ? Json("-" + dollars(message.price)) : Json(nullptr)}, {"error_message", nullptr},
        {"uri", uri + ".json"}, {"account_sid", account_sid}, {"num_media", std::to_string(message.media)},
        {"status", status_of(message, now)}, {"messaging_service_sid", nullptr}, {"sid", message.sid},
        {"date_sent", was_sent ? Json(rfc2822(*message.sent_at)) : Json(nullptr)}, {"date_created", rfc2822(message.created_at)},
        {"error_code", is_wrong ? Json(message.error_code) : Json(nullptr)}, {"price_unit", "USD"}, {"api_version", "2010-04-01"},
        {"subresource_uris", {{"media", uri + "/Media.json"}}}};
}

void stop_texts(Database& db, std::string const& our_number, std::string const& customer)
{
    db.run("INSERT INTO opt_outs (our_number, customer) VALUES ($1, $2) ON CONFLICT DO NOTHING", {our_number, customer});
}

void allow_texts(Database& db, std::string const& our_number, std::string const& customer)
{
    db.run("DELETE FROM opt_outs WHERE our_number = $1 AND customer = $2", {our_number, customer});
}

bool are_texts_stopped(Database& db, std::string const& our_number, std::string const& customer)
{
    return !db.run("SELECT 1 FROM opt_outs WHERE our_number = $1 AND customer = $2", {our_number, customer}).empty();
}

} // namespace simulator
