#include "edge-server/store/notification_store.h"
#include "edge-server/store/event_store.h"

namespace {

Notification to_notification(sql::Row const& row)
{
    return {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7), row.text(8),
        row.text(9), row.time(10), row.time(11)};
}

std::optional<std::string> none_if_empty(std::string const& text)
{
    return text.empty() ? std::nullopt : std::optional(text);
}

void append_changes(sql::Writer& db, sql::Rows const& changed)
{
    for (auto const& notification : changed)
        append_event(db, notification.text(1), "notification", notification.text(0));
}

} // namespace

void put_notification(sql::Writer& db, Notification const& notification)
{
    auto const changed = db.run(R"(
        INSERT INTO admin_notifications (id, type, subject, organization_id, phone_number, message, cause, next_step, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (type, subject) WHERE status = 'pending'
        DO UPDATE SET message = excluded.message, cause = excluded.cause, next_step = excluded.next_step, phone_number = excluded.phone_number
        RETURNING id, organization_id)",
        {notification.id, notification.type, notification.subject, none_if_empty(notification.organization_id),
            none_if_empty(notification.phone_number), notification.message, notification.cause, notification.next_step,
            notification.created_at});
    append_changes(db, changed);
}

std::optional<Notification> find_notification(sql::Reader& db, std::string const& id)
{
    auto const rows = db.run(R"(
        SELECT n.id, n.type, n.subject, n.organization_id, o.name, n.phone_number, n.message, n.cause, n.next_step, n.status, n.created_at, n.decided_at
        FROM admin_notifications n LEFT JOIN organizations o ON o.id = n.organization_id WHERE n.id = $1)",
        {id});
    return rows.empty() ? std::nullopt : std::optional(to_notification(rows.front()));
}

std::vector<Notification> list_notifications(sql::Reader& db, NotificationFilter const& filter)
{
    std::vector<Notification> list;
    for (auto const& row : db.run(R"(
        SELECT n.id, n.type, n.subject, n.organization_id, o.name, n.phone_number, n.message, n.cause, n.next_step, n.status, n.created_at, n.decided_at
        FROM admin_notifications n LEFT JOIN organizations o ON o.id = n.organization_id
        WHERE ($1 = '' OR n.status = $1) AND ($2 = '' OR n.type = $2) AND ($3 = '' OR n.organization_id = $3) AND n.id < $4
        ORDER BY n.id DESC LIMIT $5)",
             {filter.status, filter.type, filter.organization_id, filter.after_id, filter.limit}))
        list.push_back(to_notification(row));
    return list;
}

std::vector<Notification> list_oldest_pending(sql::Reader& db, int limit)
{
    std::vector<Notification> list;
    for (auto const& row : db.run(R"(
        SELECT n.id, n.type, n.subject, n.organization_id, o.name, n.phone_number, n.message, n.cause, n.next_step, n.status, n.created_at, n.decided_at
        FROM admin_notifications n LEFT JOIN organizations o ON o.id = n.organization_id
        WHERE n.status = 'pending' ORDER BY n.id LIMIT $1)",
             {limit}))
        list.push_back(to_notification(row));
    return list;
}

Counts count_notifications(sql::Reader& db, NotificationFilter const& filter)
{
    Counts counts;
    for (auto const& row : db.run(R"(
        SELECT status, count(*) FROM admin_notifications WHERE ($1 = '' OR type = $1) AND ($2 = '' OR organization_id = $2) GROUP BY status)",
             {filter.type, filter.organization_id}))
        counts[row.text(0)] = row.integer(1);
    return counts;
}

void decide_notification(sql::Writer& db, std::string const& id, std::string const& status, std::string const& user_id)
{
    auto const changed = db.run(R"(
        UPDATE admin_notifications SET status = $1, decided_at = $2, decided_by = $3 WHERE id = $4 AND status = 'pending'
        RETURNING id, organization_id)",
        {status, now(), none_if_empty(user_id), id});
    append_changes(db, changed);
}

void resolve_orphan_notifications(sql::Writer& db, std::set<std::string> const& still_there)
{
    for (auto const& row : db.run("SELECT subject FROM admin_notifications WHERE type = 'orphan_number' AND status = 'pending'"))
        if (!still_there.contains(row.text(0))) resolve_notifications_about(db, row.text(0));
}

void resolve_notifications_about(sql::Writer& db, std::string const& subject)
{
    auto const changed = db.run(R"(
        UPDATE admin_notifications SET status = 'resolved', decided_at = $1 WHERE subject = $2 AND status = 'pending'
        RETURNING id, organization_id)",
        {now(), subject});
    append_changes(db, changed);
}

void reopen_last_notification(sql::Writer& db, std::string const& organization_id, std::string const& subject)
{
    auto const changed = db.run(R"(
        UPDATE admin_notifications SET status = 'pending', decided_at = NULL, decided_by = NULL
        WHERE id = (SELECT id FROM admin_notifications WHERE organization_id = $1 AND subject = $2 ORDER BY id DESC LIMIT 1)
          AND status <> 'pending'
        RETURNING id, organization_id)",
        {organization_id, subject});
    append_changes(db, changed);
}

void resolve_notification(sql::Writer& db, std::string const& type, std::string const& subject)
{
    auto const changed = db.run(R"(
        UPDATE admin_notifications SET status = 'resolved', decided_at = $1 WHERE type = $2 AND subject = $3 AND status = 'pending'
        RETURNING id, organization_id)",
        {now(), type, subject});
    append_changes(db, changed);
}
