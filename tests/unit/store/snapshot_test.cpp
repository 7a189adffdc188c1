#include "edge-server/store/account_store.h"
#include "edge-server/store/snapshot.h"
#include "shared/base/json.h"
#include "tests/support/temporary.h"

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace {

std::string bytes_of(std::string const& path)
{
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    return bytes.str();
}

void write_bytes(std::string const& path, std::string const& bytes)
{
    std::ofstream(path, std::ios::binary) << bytes;
}

std::string problem_with(std::string const& path)
{
    try {
        Snapshot const snapshot(path);
    } catch (std::exception const& failure) {
        return failure.what();
    }
    return {};
}

// A database with secrets, and a snapshot of it.
struct Reviewed {
    FreshDatabase database;
    TestLine line = add_line(*database, "Premium Auto", "+16045550100");
    std::string path = database.folder.path("review.dl");

    Reviewed()
    {
        database->write(sql::Scope::platform(), [&](sql::Writer& db) {
            insert_user(db, {"u1", "ann@example.com", "HASH-OF-ANN", "admin"});
            insert_session(db, {"TOKEN-OF-ANN", {"u1", {}, {}, {}}, now(), now(), now().plus_seconds(60)});
            db.run(
                "INSERT INTO idempotency_keys (key, organization_id, fingerprint, created_at) VALUES ('KEY-OF-ANN', $1, 'PRINT-OF-ANN', 1)",
                {line.organization_id});
            db.run("CREATE TABLE added_later (secret TEXT)");
            db.run("INSERT INTO added_later (secret) VALUES ('SECRET-ADDED-LATER')");
            db.run("ALTER TABLE leads ADD COLUMN added_later TEXT");
            db.run("INSERT INTO leads (id, organization_id, phone_number, created_at, last_contact_at, added_later) VALUES ('l1', $1, "
                   "'+16045550111', 1, 1, 'COLUMN-ADDED-LATER')",
                {line.organization_id});
        });
        make_snapshot("sqlite:" + database.folder.path("test.db"), path, true);
    }
};

std::size_t files_in(FreshDatabase const& database)
{
    auto const folder = std::filesystem::path(database.folder.path("x")).parent_path();
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

} // namespace

TEST_CASE("every table and column is decided: in a snapshot, blanked, or left out")
{
    FreshDatabase database;
    std::set<std::string> decided;
    for (auto const name : left_out_of_snapshots())
        decided.emplace(name);
    for (auto const& table : kept_in_snapshots()) {
        decided.emplace(table.name);
        std::string const columns = ", " + std::string(table.columns) + ", " + table.blanked + ", lease_owner, lease_until, request_key, ";
        for (auto const& row : database->read(
                 sql::Scope::platform(), [&](sql::Reader& db) { return db.run("SELECT name FROM pragma_table_info($1)", {table.name}); })) {
            INFO(table.name << " has " << row.text(0));
            CHECK(columns.find(", " + row.text(0) + ", ") != std::string::npos);
        }
    }
    for (auto const& row : database->read(
             sql::Scope::platform(), [&](sql::Reader& db) { return db.run("SELECT name FROM sqlite_master WHERE type = 'table'"); })) {
        INFO("the table " << row.text(0) << " is neither kept nor left out");
        CHECK(decided.contains(row.text(0)));
    }
}

TEST_CASE("a snapshot has what is reviewed, and nothing that must not leave")
{
    Reviewed reviewed;
    auto const bytes = bytes_of(reviewed.path);
    for (auto const* secret : {"HASH-OF-ANN", "TOKEN-OF-ANN", "KEY-OF-ANN", "PRINT-OF-ANN", "SECRET-ADDED-LATER", "COLUMN-ADDED-LATER"})
        CHECK(bytes.find(secret) == std::string::npos);
    CHECK(bytes.find("Premium Auto") != std::string::npos);
    CHECK(
        std::filesystem::status(reviewed.path).permissions() == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));

    Snapshot snapshot(reviewed.path);
    auto const list = snapshot.answer("GET", "/api/organizations?search=premium+auto&limit=5");
    CHECK(list.status == 200);
    CHECK(Json::parse(list.body)["organizations"][0]["name"] == "Premium Auto");
    auto const id = reviewed.line.organization_id;
    CHECK(snapshot.answer("GET", "/api/organizations/" + id).status == 200);
    CHECK(snapshot.answer("GET", "/api/organizations/" + id + "/phone-numbers").status == 200);
    CHECK(snapshot.answer("GET", "/api/phone-numbers?search=%2B1604555").body.find(reviewed.line.phone_number) != std::string::npos);
    CHECK(snapshot.answer("GET", "/api/admin/notifications").status == 200);
    CHECK(snapshot.answer("GET", "/api/admin/overview?utc_offset=-480").status == 200);
    auto const session = Json::parse(snapshot.answer("GET", "/api/session").body);
    CHECK(session["user"]["role"] == "platform_viewer");
    CHECK(session["installation"]["simulated"] == true);
    CHECK(session["installation"]["snapshot_at"].is_string());

    for (auto const* path : {"/api/nothing", "/", "", "/api/organizations/x", "/api/organizations/x/phone-numbers",
             "/api/organizations/x/provisioning", "/api/admin/notifications/x", "/api/organizations/x/y/z"})
        CHECK(snapshot.answer("GET", path).status == 404);
    CHECK(snapshot.answer("GET", "/api/organizations?limit=0").status == 400);
    for (auto const* method : {"POST", "PATCH", "DELETE", "PUT"}) {
        auto const refused = snapshot.answer(method, "/api/session");
        CHECK(refused.status == 403);
        CHECK(Json::parse(refused.body)["error"]["code"] == "read_only");
    }
}

TEST_CASE("an existing file is not overwritten, and a failure leaves nothing behind")
{
    Reviewed reviewed;
    auto const address = "sqlite:" + reviewed.database.folder.path("test.db");
    auto const before = bytes_of(reviewed.path);
    auto const files = files_in(reviewed.database);
    CHECK_THROWS_AS(make_snapshot(address, reviewed.path, true), sql::Failure);
    CHECK(bytes_of(reviewed.path) == before);
    CHECK_THROWS_AS(
        make_snapshot("sqlite:" + reviewed.database.folder.path("missing.db"), reviewed.database.folder.path("new"), true), sql::Failure);
    reviewed.database->write(sql::Scope::platform(), [](sql::Writer& db) { db.run("DROP TABLE rates"); }); // the copy cannot end
    CHECK_THROWS_AS(make_snapshot(address, reviewed.database.folder.path("new"), true), sql::Failure);
    CHECK(files_in(reviewed.database) == files);
}

TEST_CASE("a file that is no whole snapshot is refused with one clear sentence")
{
    Reviewed reviewed;
    auto const& folder = reviewed.database.folder;
    auto const bytes = bytes_of(reviewed.path);
    auto const file = folder.path("other");
    auto const says = [&](std::string const& problem, char const* words) {
        INFO(problem);
        return problem.find(words) != std::string::npos && problem.find('\n') == std::string::npos;
    };
    CHECK(problem_with(reviewed.path).empty());
    CHECK(says(problem_with(folder.path("missing")), "there is no file"));
    std::filesystem::create_directory(folder.path("a-folder"));
    CHECK(says(problem_with(folder.path("a-folder")), "is a folder"));
    CHECK(says(problem_with(folder.path("test.db")), "is a database, not a Dealerline snapshot"));
    for (auto const* text : {"", "SQLite", "Just a text.\n"}) {
        write_bytes(file, text);
        CHECK(says(problem_with(file), "is not a Dealerline snapshot"));
    }
    for (auto const size : {std::size_t{50}, std::size_t{4096}, bytes.size() / 2, bytes.size() - 1}) {
        write_bytes(file, bytes.substr(0, size));
        CHECK(says(problem_with(file), "damaged or was cut short"));
    }
    auto torn = bytes; // a page that never reached the disk
    constexpr std::size_t page = 4096;
    torn.replace(bytes.find("+16045550111") / page * page, page, std::string(page, '\0'));
    write_bytes(file, torn);
    CHECK(says(problem_with(file), "damaged or was cut short"));

    auto const made_with = [&](char const* name, std::string const& schema) {
        sql::write_snapshot("sqlite:" + folder.path("test.db"), folder.path(name), kept_in_snapshots(), {now(), "1.5", schema, false});
        return problem_with(folder.path(name));
    };
    CHECK(says(made_with("newer", "9999_later.sql"), "newer version of Dealerline (1.5)"));
    CHECK(says(made_with("older", "0000_earlier.sql"), "older version of Dealerline (1.5)"));
}
