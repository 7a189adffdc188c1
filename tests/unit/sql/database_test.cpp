#include "tests/support/temporary.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace {

std::int64_t count_rates(sql::Database& database)
{
    return database.read(sql::Scope::platform(), [](sql::Reader& db) { return db.run("SELECT count(*) FROM rates").front().integer(0); });
}

void insert_rate(sql::Writer& db, std::string const& kind)
{
    db.run("INSERT INTO rates (kind, version, micro_dollars, valid_from) VALUES ($1, 1, 1, 0)", {kind});
}

} // namespace

TEST_CASE("a write that answers an error leaves nothing behind, and its neighbours stay")
{
    FreshDatabase database;
    auto const before = count_rates(*database);
    auto const refused = database->write(sql::Scope::platform(), [](sql::Writer& db) -> Outcome {
        insert_rate(db, "refused");
        return Error{ErrorKind::Invalid, "no", "No."};
    });
    CHECK_FALSE(refused);
    CHECK_THROWS_AS(
        database->write(sql::Scope::platform(), [](sql::Writer& db) { insert_rate(db, "number_month"); }), sql::ConstraintViolation);
    database->write(sql::Scope::platform(), [](sql::Writer& db) { insert_rate(db, "kept"); });
    CHECK(count_rates(*database) == before + 1);
}

TEST_CASE("many writers at once lose nothing, and one that fails does not take others with it")
{
    FreshDatabase database;
    auto const before = count_rates(*database);
    std::vector<std::thread> threads;
    std::atomic<int> violations{0};
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 50; ++i) {
                database->write(
                    sql::Scope::platform(), [&](sql::Writer& db) { insert_rate(db, std::to_string(t) + "-" + std::to_string(i)); });
                try {
                    database->write(sql::Scope::platform(), [&](sql::Writer& db) {
                        insert_rate(db, "half-" + std::to_string(t) + "-" + std::to_string(i));
                        insert_rate(db, "number_month");
                    });
                } catch (sql::ConstraintViolation const&) {
                    ++violations;
                }
            }
        });
    for (auto& thread : threads)
        thread.join();
    CHECK(violations == 400);
    CHECK(count_rates(*database) == before + 400);
}

TEST_CASE("what a call waits for goes before all else that waits, and one that fails does not take others with it")
{
    FreshDatabase database;
    auto const before = count_rates(*database);
    std::atomic<bool> entered = false, may_go_on = false;
    std::vector<std::string> order; // the writer's thread's until all are joined
    std::vector<std::thread> threads;
    auto const ordinary = [&](std::string kind) {
        database->write(sql::Scope::platform(), [&](sql::Writer& db) {
            order.push_back(kind);
            insert_rate(db, kind);
        });
    };
    threads.emplace_back([&] {
        database->write(sql::Scope::platform(), [&](sql::Writer&) {
            entered = true;
            while (!may_go_on)
                std::this_thread::yield();
        });
    });
    while (!entered)
        std::this_thread::yield();
    threads.emplace_back([&] { ordinary("late"); });
    while (database->writes_waiting().taken < 1)
        std::this_thread::yield();
    std::atomic<int> kept = 0, refused = 0;
    for (std::string const kind : {"call-1", "number_month", "call-2"}) // the second is there already
        database->write_soon(
            sql::Scope::platform(),
            [&order, kind](sql::Writer& db) {
                if (std::find(order.begin(), order.end(), kind) == order.end()) order.push_back(kind);
                insert_rate(db, kind);
            },
            [&](bool on_disk) { ++(on_disk ? kept : refused); });
    CHECK(database->writes_waiting().taken == 4);
    may_go_on = true;
    for (auto& thread : threads)
        thread.join(); // the last was queued behind the calls
    CHECK(kept == 2);
    CHECK(refused == 1);
    REQUIRE_FALSE(order.empty());
    CHECK(order.back() == "late");
    CHECK(count_rates(*database) == before + 3);
}

TEST_CASE("a write that nobody waits for is on disk all the same")
{
    TemporaryFolder folder;
    auto const address = "sqlite:" + folder.path("test.db");
    {
        auto const database = open_migrated(address);
        for (int i = 0; i < 100; ++i)
            database->write_soon(
                sql::Scope::platform(), [i](sql::Writer& db) { insert_rate(db, "late-" + std::to_string(i)); }, [](bool) {});
    }
    auto const database = open_migrated(address);
    CHECK(count_rates(*database) == 103);
}

TEST_CASE("a second server is kept off the same file, a backup is not")
{
    FreshDatabase database;
    auto const address = "sqlite:" + database.folder.path("test.db");
    CHECK_THROWS_AS(sql::open(address), sql::Failure);
    database->write(sql::Scope::platform(), [](sql::Writer& db) { db.run("INSERT INTO installation (id, created_at) VALUES ('x', 1)"); });
    auto const backup = database.folder.path("backup.db");
    CHECK_THROWS_AS(sql::backup(address, database.folder.path("test.db")), sql::Failure); // it would be written over
    sql::backup(address, backup);
    CHECK_THROWS_AS(sql::restore(backup, address), sql::Failure); // the server runs
    auto const elsewhere = "sqlite:" + database.folder.path("restored.db");
    sql::restore(backup, elsewhere);
    CHECK(open_migrated(elsewhere)->read(sql::Scope::platform(), [](sql::Reader& db) {
        return db.run("SELECT id FROM installation").front().text(0);
    }) == "x");
}

TEST_CASE("a damaged or foreign file is not restored")
{
    TemporaryFolder folder;
    auto const file = folder.path("foreign.db");
    {
        auto const other = sql::open("sqlite:" + file);
    }
    CHECK_THROWS_AS(sql::restore(file, "sqlite:" + folder.path("target.db")), sql::Failure);
    CHECK_THROWS_AS(sql::restore(folder.path("missing.db"), "sqlite:" + folder.path("target.db")), sql::Failure);
    CHECK_THROWS_AS(sql::open("postgresql://localhost/dealerline"), sql::Failure);
}

TEST_CASE("the number of values must be the statement's")
{
    FreshDatabase database;
    CHECK_THROWS_AS(database->read(sql::Scope::platform(), [](sql::Reader& db) { return db.run("SELECT $1", {}).size(); }), sql::Failure);
}
