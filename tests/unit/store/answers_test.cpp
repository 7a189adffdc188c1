#include "edge-server/store/account_store.h"
#include "edge-server/store/answers.h"
#include "edge-server/store/notification_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/phone_number_store.h"
#include "edge-server/store/provisioning_store.h"
#include "shared/base/id.h"
#include "tests/support/temporary.h"

#include <doctest/doctest.h>

#include <map>

namespace {

Query asking(std::map<std::string, std::string> values)
{
    return [values = std::move(values)](char const* name) -> std::optional<std::string> {
        auto const found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional(found->second);
    };
}

struct Dealer {
    std::string name;
    std::string run_state = "done";
    std::string number_state = "active"; // '' for none
    std::string phone_number = "+16045550100";
};

std::string add_dealer(sql::Database& database, Dealer const& dealer)
{
    auto const id = new_id();
    database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        insert_organization(db, {id, dealer.name, "slug-" + id, id + "@example.com", "604", "UTC", "open", now()});
        ProvisioningRun run;
        run.id = new_id();
        run.organization_id = id;
        run.state = "queued";
        run.created_at = run.due_at = now();
        insert_run(db, run);
        if (!dealer.number_state.empty()) {
            run.phone_number_id = new_id();
            insert_phone_number(db,
                {run.phone_number_id, id, dealer.phone_number, "bought", {}, false, "ready", {}, "PN" + new_id(), "AC1", {}, {},
                    "Vancouver", now(), {}});
            set_number_state(db, run.phone_number_id, dealer.number_state, {});
        }
        run.state = dealer.run_state;
        if (run.state == "done") run.finished_at = run.created_at.plus_seconds(8);
        if (!run.is_running() && run.state != "done") run.cause = "It was stopped.";
        update_run(db, run);
    });
    return id;
}

Json ask(sql::Database& database, std::map<std::string, std::string> values, Viewer const& viewer = {})
{
    auto const answer = database.read(
        sql::Scope::platform(), [&](sql::Reader& db) { return answer_organizations(db, viewer, asking(std::move(values))); });
    REQUIRE(answer);
    return *answer;
}

std::vector<std::string> names_in(Json const& answer)
{
    std::vector<std::string> names;
    for (auto const& organization : answer["organizations"])
        names.push_back(organization["name"]);
    return names;
}

// Every page of a list, one record each.
std::vector<std::string> paged_names(sql::Database& database, std::map<std::string, std::string> values, Viewer const& viewer = {})
{
    std::vector<std::string> names;
    values["limit"] = "1";
    while (true) {
        auto const answer = ask(database, values, viewer);
        for (auto const& name : names_in(answer))
            names.push_back(name);
        if (answer["next_cursor"].is_null()) return names;
        values["cursor"] = answer["next_cursor"];
    }
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("organisations are listed in every order, for the platform and for a member alike")
{
    FreshDatabase database;
    std::vector<std::string> ids;
    for (auto const& dealer : {Dealer{"beta Motors", "done", "active", "+16045550101"}, Dealer{"Alpha Cars", "needs_attention", ""},
             Dealer{"Gamma", "held", ""}, Dealer{"alpha cars", "buying", ""}, Dealer{"Delta", "done", "suspended", "+16045550102"}})
        ids.push_back(add_dealer(*database, dealer));
    auto const stranger = add_dealer(*database, {"Stranger", "done", "active", "+16045550103"});
    database->write(sql::Scope::platform(), [&](sql::Writer& db) {
        insert_user(db, {"u1", "group@example.com", "x", {}});
        for (auto const& id : ids)
            insert_membership(db, id, "u1", "admin");
    });
    Viewer const member{"u1"};

    CHECK(paged_names(*database, {}) == Names{"Alpha Cars", "Gamma", "alpha cars", "Delta", "Stranger", "beta Motors"});
    CHECK(paged_names(*database, {{"sort", "name"}}) == Names{"alpha cars", "Alpha Cars", "beta Motors", "Delta", "Gamma", "Stranger"});
    CHECK(paged_names(*database, {{"sort", "newest"}}) == Names{"Stranger", "Delta", "alpha cars", "Gamma", "Alpha Cars", "beta Motors"});
    CHECK(paged_names(*database, {{"sort", "name"}, {"status", "active"}}) == Names{"beta Motors", "Stranger"});
    CHECK(paged_names(*database, {{"status", "active"}}) == Names{"Stranger", "beta Motors"});

    CHECK(paged_names(*database, {}, member) == Names{"Alpha Cars", "Gamma", "alpha cars", "Delta", "beta Motors"});
    CHECK(paged_names(*database, {{"sort", "name"}}, member) == Names{"alpha cars", "Alpha Cars", "beta Motors", "Delta", "Gamma"});
    CHECK(paged_names(*database, {{"sort", "newest"}}, member) == Names{"Delta", "alpha cars", "Gamma", "Alpha Cars", "beta Motors"});
    CHECK(paged_names(*database, {{"status", "active"}, {"sort", "name"}}, member) == Names{"beta Motors"});

    SUBCASE("with counts on the first page only")
    {
        auto const counts = ask(*database, {{"status", "held"}})["counts"];
        CHECK(counts["total"] == 1);
        CHECK(counts["all"] == 6);
        CHECK(counts["closed"] == 0);
        CHECK(ask(*database, {}, member)["counts"]["all"] == 5);
        auto const first = ask(*database, {{"limit", "1"}});
        CHECK_FALSE(ask(*database, {{"cursor", first["next_cursor"]}}).contains("counts"));
    }
    SUBCASE("found by name, slug, e-mail and the number's digits")
    {
        CHECK(names_in(ask(*database, {{"search", "ALPHA"}})).size() == 2);
        CHECK(names_in(ask(*database, {{"search", "(604) 555-0102"}})) == Names{"Delta"});
        CHECK(names_in(ask(*database, {{"search", stranger}})) == Names{"Stranger"});
        CHECK(names_in(ask(*database, {{"search", "%"}})).empty());
        CHECK(ask(*database, {{"search", "alpha"}, {"status", "held"}})["counts"]["all"] == 2);
        CHECK(names_in(ask(*database, {{"search", "5550103"}}, member)).empty());
    }
    SUBCASE("with what stopped a run")
    {
        auto const first = ask(*database, {})["organizations"][0];
        CHECK(first["cause"] == "It was stopped.");
        CHECK(first["place"].is_null());
        CHECK(ask(*database, {{"status", "active"}})["organizations"][0]["place"] == "Vancouver");
    }
}

TEST_CASE("an organisation's kept status follows every write to its run and its number")
{
    FreshDatabase database;
    auto const id = add_dealer(*database, {"Motors", "buying", "bought"});
    auto const status
        = [&] { return database->read(sql::Scope::platform(), [&](sql::Reader& db) { return find_organization(db, id)->status; }); };
    auto const set_number = [&](std::string const& state) {
        database->write(
            sql::Scope::platform(), [&](sql::Writer& db) { set_number_state(db, find_run_of(db, id)->phone_number_id, state, {}); });
    };
    auto const set_run = [&](std::string const& state) {
        database->write(sql::Scope::platform(), [&](sql::Writer& db) {
            auto run = *find_run_of(db, id);
            run.state = state;
            update_run(db, run);
        });
    };
    CHECK(status() == "provisioning");
    set_run("needs_attention");
    CHECK(status() == "needs_attention");
    set_run("importing");
    CHECK(status() == "provisioning");
    set_number("active");
    CHECK(status() == "active");
    set_number("suspended");
    CHECK(status() == "suspended");
}

TEST_CASE("what a list's address may not say is refused by its name")
{
    FreshDatabase database;
    auto const field_of = [&](std::map<std::string, std::string> values) {
        auto const answer = database->read(
            sql::Scope::platform(), [&](sql::Reader& db) { return answer_organizations(db, {}, asking(std::move(values))); });
        return answer ? std::string("none") : answer.error().field;
    };
    auto const id = new_id();
    CHECK(field_of({{"status", "open"}}) == "status");
    CHECK(field_of({{"sort", "id"}}) == "sort");
    CHECK(field_of({{"limit", "501"}}) == "limit");
    CHECK(field_of({{"search", std::string(201, 'x')}}) == "search");
    CHECK(field_of({{"search", "\xff"}}) == "search");
    CHECK(field_of({{"sort", "name"}, {"cursor", "name." + id + ".61"}}) == "none");
    for (auto const& cursor : std::vector<std::string>{"x", id, "name." + id + ".61", "attention." + id + ".61", "attention." + id + ".6",
             "attention." + id + ".zz", "attention.x.", "attention..", std::string(5000, 'a')})
        CHECK(field_of({{"cursor", cursor}}) == "cursor");
}

TEST_CASE("all numbers are listed for the platform, and a member's for a member")
{
    FreshDatabase database;
    auto const ours = add_dealer(*database, {"Ours", "done", "active", "+16045550109"});
    add_dealer(*database, {"Theirs", "done", "active", "+16045550101"});
    add_dealer(*database, {"Bought", "buying", "bought", "+16045550105"});
    database->write(sql::Scope::platform(), [&](sql::Writer& db) {
        insert_user(db, {"u1", "a@example.com", "x", {}});
        insert_membership(db, ours, "u1", "admin");
    });
    auto const numbers = [&](std::map<std::string, std::string> values, Viewer const& viewer = {}) {
        auto const answer = database->read(
            sql::Scope::platform(), [&](sql::Reader& db) { return answer_phone_numbers(db, viewer, asking(std::move(values))); });
        REQUIRE(answer);
        std::string last_digits;
        for (auto const& number : (*answer)["phone_numbers"])
            last_digits += number["phone_number"].get<std::string>().back();
        return last_digits;
    };
    CHECK(numbers({}) == "519");
    CHECK(numbers({{"sort", "number"}}) == "159");
    CHECK(numbers({{"sort", "number"}, {"state", "active"}}) == "19");
    CHECK(numbers({{"state", "bought"}}) == "5");
    CHECK(numbers({{"search", "theirs"}}) == "1");
    CHECK(numbers({{"search", "0105"}}) == "5");
    CHECK(numbers({}, {"u1"}) == "9");
    CHECK(numbers({{"state", "bought"}}, {"u1"}).empty());
    CHECK(numbers({{"search", "theirs"}}, {"u1"}).empty());
}

TEST_CASE("the overview counts what there is, and cuts days where the reader is")
{
    FreshDatabase database;
    auto const id = add_dealer(*database, {"Motors", "done", "active"});
    add_dealer(*database, {"Held", "held", ""});
    database->write(sql::Scope::platform(), [&](sql::Writer& db) {
        db.run("UPDATE organizations SET created_at = $1", {Time{1'700'000'000'000}}); // 2023-11-14T22:13:20Z
        put_notification(db, {new_id(), "drift_found", "x", id, {}, {}, "Look", {}, {}, "pending", now(), {}});
    });
    auto const overview = [&](std::string const& offset) {
        auto const answer = database->read(sql::Scope::platform(), [&](sql::Reader& db) {
            return answer_overview(db, asking({{"utc_offset", offset}}), Time{1'700'000'000'000}, Json::array());
        });
        return answer ? *answer : Json(answer.error().field);
    };
    auto const here = overview("0");
    CHECK(here["organizations"]["all"] == 2);
    CHECK(here["numbers"] == Json{{"owned", 1}, {"active", 1}, {"monthly_rent", "1.00"}});
    CHECK(here["notifications"]["pending"] == 1);
    CHECK(here["notifications"]["oldest"].size() == 1);
    CHECK(here["signups"].size() == 30);
    CHECK(here["signups"].back() == Json{{"date", "2023-11-14"}, {"organizations", 2}, {"live", 1}});
    CHECK(here["signups_today"] == 2);
    CHECK(here["seconds_to_live"] == 8);
    CHECK(overview("120")["signups"].back()["date"] == "2023-11-15");
    CHECK(overview("841") == "utc_offset");
}
