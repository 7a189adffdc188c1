#include "edge-server/store/inbox_store.h"
#include "edge-server/store/event_store.h"

namespace {

InboxItem to_item(sql::Row const& row)
{
    InboxItem item;
    item.id = row.text(0);
    item.source = row.text(1);
    item.kind = row.text(2);
    item.dedupe_key = row.text(3);
    item.subject = row.text(4);
    item.via = row.text(5);
    item.body = row.text(6);
    item.state = row.text(7);
    item.cause = row.text(8);
    item.organization_id = row.text(9);
    item.attempts = static_cast<int>(row.integer(10));
    item.received_at = row.time(11);
    item.processed_at = row.time(12);
    item.organization_name = row.text(13);
    return item;
}

std::vector<InboxItem> to_items(sql::Rows const& rows)
{
    std::vector<InboxItem> items;
    items.reserve(rows.size());
    for (auto const& row : rows)
        items.push_back(to_item(row));
    return items;
}

} // namespace

bool keep_in_inbox(sql::Writer& db, InboxItem const& item)
{
    db.run(R"(
        INSERT INTO webhook_inbox (id, source, kind, dedupe_key, subject, via, body, state, due_at, received_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $8) ON CONFLICT (dedupe_key) DO NOTHING)",
        {item.id, item.source, item.kind, item.dedupe_key, item.subject, item.via, item.body, now()});
    return db.changes() == 1;
}

void keep_inbox_part(sql::Writer& db, std::string const& item_id, int part, std::string_view body)
{
    db.run("INSERT INTO inbox_parts (item_id, part, body) VALUES ($1, $2, $3)", {item_id, part, body});
}

void drop_inbox_parts(sql::Writer& db, std::string const& item_id)
{
    db.run("DELETE FROM inbox_parts WHERE item_id = $1", {item_id});
}

void drop_lost_inbox_parts(sql::Writer& db)
{
    db.run("DELETE FROM inbox_parts WHERE item_id NOT IN (SELECT id FROM webhook_inbox)");
}

bool is_in_inbox(sql::Reader& db, std::string const& dedupe_key)
{
    return !db.run("SELECT 1 FROM webhook_inbox WHERE dedupe_key = $1", {dedupe_key}).empty();
}

bool waits_in_inbox(sql::Reader& db, std::string const& subject)
{
    return !db.run("SELECT 1 FROM webhook_inbox WHERE state IN ('waiting', 'failed') AND subject = $1 LIMIT 1", {subject}).empty();
}

std::vector<InboxItem> waiting_in_inbox(sql::Reader& db, Time present, int limit, std::size_t most_bytes)
{
    std::vector<InboxItem> items;
    std::size_t bytes = 0;
    for (auto const& row :
        db.run("SELECT id FROM webhook_inbox WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at, id LIMIT $2", {present, limit})) {
        items.push_back(*find_inbox_item(db, row.text(0)));
        bytes += items.back().body.size();
        if (bytes >= most_bytes) break;
    }
    return items;
}

std::optional<Time> next_inbox_work(sql::Reader& db)
{
    auto const rows = db.run("SELECT due_at FROM webhook_inbox WHERE state = 'waiting' ORDER BY due_at LIMIT 1");
    return rows.empty() ? std::nullopt : std::optional(rows.front().time(0));
}

void settle_inbox_item(
    sql::Writer& db, std::string const& id, std::string const& state, std::string const& cause, std::string const& organization_id)
{
    auto const tenant = organization_id.empty() ? std::optional<std::string>() : organization_id;
    db.run(R"(
        UPDATE webhook_inbox SET state = $1, cause = $2, organization_id = $3, attempts = attempts + 1, processed_at = $4 WHERE id = $5)",
        {state, cause, tenant, now(), id});
    if (state != "done") append_event(db, {}, "inbox", id);
}

void postpone_inbox_item(sql::Writer& db, std::string const& id, std::string const& cause, Time due_at)
{
    db.run("UPDATE webhook_inbox SET attempts = attempts + 1, cause = $1, due_at = $2 WHERE id = $3", {cause, due_at, id});
}

bool replay_inbox_item(sql::Writer& db, std::string const& id)
{
    db.run("UPDATE webhook_inbox SET state = 'waiting', cause = '', attempts = 0, due_at = $1 WHERE id = $2", {now(), id});
    if (db.changes() == 0) return false;
    append_event(db, {}, "inbox", id);
    return true;
}

std::optional<InboxItem> find_inbox_item(sql::Reader& db, std::string const& id)
{
    auto const rows = db.run(R"(
        SELECT i.id, i.source, i.kind, i.dedupe_key, i.subject, i.via, i.body, i.state, i.cause, i.organization_id, i.attempts,
               i.received_at, i.processed_at, o.name
        FROM webhook_inbox i LEFT JOIN organizations o ON o.id = i.organization_id WHERE i.id = $1)",
        {id});
    if (rows.empty()) return {};
    auto item = to_item(rows.front());
    if (item.body.empty())
        for (auto const& part : db.run("SELECT body FROM inbox_parts WHERE item_id = $1 ORDER BY part", {id}))
            item.body += part.text(0);
    return item;
}

std::vector<InboxItem> list_inbox(sql::Reader& db, std::string const& state, std::string const& after_id, int limit)
{
    return to_items(state.empty() ? db.run(R"(
        SELECT i.id, i.source, i.kind, i.dedupe_key, i.subject, i.via, '', i.state, i.cause, i.organization_id, i.attempts,
               i.received_at, i.processed_at, o.name
        FROM webhook_inbox i LEFT JOIN organizations o ON o.id = i.organization_id WHERE i.id < $1 ORDER BY i.id DESC LIMIT $2)",
                        {after_id, limit})
                                  : db.run(R"(
        SELECT i.id, i.source, i.kind, i.dedupe_key, i.subject, i.via, '', i.state, i.cause, i.organization_id, i.attempts,
               i.received_at, i.processed_at, o.name
        FROM webhook_inbox i LEFT JOIN organizations o ON o.id = i.organization_id
        WHERE i.state = $1 AND i.id < $2 ORDER BY i.id DESC LIMIT $3)",
                                      {state, after_id, limit}));
}

Counts count_inbox(sql::Reader& db)
{
    Counts counts;
    for (auto const& row : db.run("SELECT state, count(*) FROM webhook_inbox GROUP BY state"))
        counts[row.text(0)] = row.integer(1);
    return counts;
}
