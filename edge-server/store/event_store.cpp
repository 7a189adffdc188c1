#include "edge-server/store/event_store.h"

namespace {

constexpr std::int64_t kept_seconds = 7 * 24 * 3600;

}

void append_event(sql::Writer& db, std::string const& organization_id, std::string const& kind, std::string const& subject_id)
{
    auto const sequence = db.run("UPDATE event_counter SET last_sequence = last_sequence + 1 RETURNING last_sequence").front().integer(0);
    auto const tenant = organization_id.empty() ? std::optional<std::string>() : organization_id;
    db.run("INSERT INTO events (sequence, organization_id, kind, subject_id, at) VALUES ($1, $2, $3, $4, $5)",
        {sequence, tenant, kind, subject_id, now()});
    // Faster than they come, and never many at once.
    db.run("DELETE FROM events WHERE sequence < (SELECT min(sequence) + 4 FROM events) AND at < $1", {now().plus_seconds(-kept_seconds)});
    db.announce();
}

std::vector<Event> events_after(sql::Reader& db, std::int64_t sequence, int limit)
{
    std::vector<Event> events;
    for (auto const& row :
        db.run("SELECT sequence, organization_id, kind, subject_id FROM events WHERE sequence > $1 ORDER BY sequence LIMIT $2",
            {sequence, limit}))
        events.push_back({row.integer(0), row.text(1), row.text(2), row.text(3)});
    return events;
}

EventBounds event_bounds(sql::Reader& db)
{
    auto const newest = db.run("SELECT last_sequence FROM event_counter").front().integer(0);
    auto const oldest = db.run("SELECT min(sequence) FROM events");
    return {oldest.front().is_null(0) ? newest + 1 : oldest.front().integer(0), newest};
}
