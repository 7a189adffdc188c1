#include "edge-server/store/event_store.h"
#include "tests/support/temporary.h"

#include <doctest/doctest.h>

#include <atomic>

namespace {

std::vector<Event> events_of(sql::Database& database, std::int64_t after = 0)
{
    return database.read(sql::Scope::platform(), [&](sql::Reader& db) { return events_after(db, after, 1000); });
}

} // namespace

TEST_CASE("events are numbered without a gap, and a write that is undone leaves none")
{
    FreshDatabase database;
    auto const append = [](sql::Writer& db) -> Outcome {
        append_event(db, {}, "notification", "n1");
        return Nothing{};
    };
    CHECK(database->write(sql::Scope::platform(), append));
    auto const undone = database->write(sql::Scope::platform(), [](sql::Writer& db) -> Outcome {
        append_event(db, {}, "notification", "undone");
        return Error{ErrorKind::Invalid, "no", "No."};
    });
    CHECK_FALSE(undone);
    CHECK(database->write(sql::Scope::platform(), append));
    auto const events = events_of(*database);
    REQUIRE(events.size() == 2);
    CHECK(events[0].sequence == 1);
    CHECK(events[1].sequence == 2);
    CHECK(events[1].organization_id.empty());
    CHECK(events_of(*database, 1).size() == 1);
}

TEST_CASE("events older than seven days go, a few with each new one, and their numbers do not come back")
{
    FreshDatabase database;
    auto const bounds = [&] { return database->read(sql::Scope::platform(), [](sql::Reader& db) { return event_bounds(db); }); };
    CHECK(bounds().oldest == 1);
    CHECK(bounds().newest == 0);
    auto const append
        = [&] { database->write(sql::Scope::platform(), [](sql::Writer& db) { append_event(db, {}, "notification", "n"); }); };
    for (int i = 0; i < 10; ++i)
        append();
    database->write(sql::Scope::platform(),
        [](sql::Writer& db) { db.run("UPDATE events SET at = $1 WHERE sequence <= 8", {now().plus_seconds(-8 * 24 * 3600)}); });
    append();
    CHECK(events_of(*database).size() == 7);
    append();
    append();
    CHECK(bounds().oldest == 9);
    CHECK(bounds().newest == 13);
    database->write(sql::Scope::platform(), [](sql::Writer& db) { db.run("DELETE FROM events"); });
    CHECK(bounds().oldest == 14);
    append();
    CHECK(bounds().newest == 14);
}

TEST_CASE("who listens hears of each commit, and which one has events")
{
    FreshDatabase database;
    std::atomic<int> commits{0}, announced{0};
    database->on_commit([&](sql::Commit const& commit) {
        ++commits;
        announced += commit.announced;
    });
    database->write(sql::Scope::platform(), [](sql::Writer& db) { db.run("DELETE FROM events"); });
    CHECK(commits == 1);
    CHECK(announced == 0);
    database->write(sql::Scope::platform(), [](sql::Writer& db) { append_event(db, {}, "notification", "n"); });
    CHECK(commits == 2);
    CHECK(announced == 1);
    database->on_commit({});
    database->write(sql::Scope::platform(), [](sql::Writer& db) { append_event(db, {}, "notification", "n"); });
    CHECK(commits == 2);
}
