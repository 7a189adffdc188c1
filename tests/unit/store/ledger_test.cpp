#include "edge-server/services/billing.h"
#include "edge-server/store/budget_store.h"
#include "edge-server/store/conversation_store.h"
#include "edge-server/store/ledger_store.h"
#include "edge-server/store/notification_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/phone_number_store.h"
#include "edge-server/store/usage_answers.h"
#include "shared/base/id.h"
#include "shared/base/text.h"
#include "tests/support/temporary.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <random>

namespace {

Time const november = from_rfc3339("2026-11-15T12:00:00Z");

Query asking(std::map<std::string, std::string> values)
{
    return [values = std::move(values)](char const* name) -> std::optional<std::string> {
        auto const found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional(found->second);
    };
}

std::int64_t sum_of(sql::Database& database, sql::Statement statement)
{
    return database.read(sql::Scope::platform(), [&](sql::Reader& db) { return db.run(statement).front().integer(0); });
}

Conversation ended_call(TestLine const& line, sql::Reader& db, int seconds)
{
    Conversation call;
    call.id = new_id();
    call.organization_id = line.organization_id;
    call.phone_number_id = find_owned_number(db, line.phone_number)->id;
    call.call_sid = "CA" + call.id;
    call.direction = "inbound";
    call.status = "done";
    call.external_number = "+16045550199";
    call.started_at = november;
    call.duration_seconds = seconds;
    return call;
}

std::size_t warnings(sql::Database& database)
{
    NotificationFilter filter;
    filter.status = "pending";
    filter.type = "budget_warning";
    return database.read(sql::Scope::platform(), [&](sql::Reader& db) { return list_notifications(db, filter); }).size();
}

} // namespace

TEST_CASE("a call is billed by its started minutes, once, in whatever order and how often it is told")
{
    FreshDatabase database;
    auto const line = add_line(*database, "Harbour Motors", "+16045550100");
    struct Row {
        int seconds;
        char const* status;
        std::int64_t minutes;
    };
    for (auto const& row : std::vector<Row>{{0, "done", 0}, {1, "done", 1}, {60, "done", 1}, {61, "done", 2}, {3600, "done", 60},
             {90, "failed", 0}, {90, "in_progress", 0}}) {
        CAPTURE(row.seconds);
        auto const minutes = database->write(sql::Scope::platform(), [&](sql::Writer& db) {
            auto call = ended_call(line, db, row.seconds);
            call.status = row.status;
            for (int again = 0; again < 3; ++again)
                bill_conversation(db, call, {});
            auto const lines = db.run("SELECT quantity, amount FROM ledger_entries WHERE reference = 'voice:' || $1", {call.id});
            CHECK((lines.empty() || lines.front().integer(1) == lines.front().integer(0) * 12'500));
            return lines.empty() ? 0 : lines.front().integer(0);
        });
        CHECK(minutes == row.minutes);
    }
}

TEST_CASE("what the agent cost is billed as it was reported, once")
{
    FreshDatabase database;
    auto const line = add_line(*database, "Harbour Motors", "+16045550100");
    database->write(sql::Scope::platform(), [&](sql::Writer& db) {
        auto const call = ended_call(line, db, 30);
        bill_conversation(db, call, {});
        bill_conversation(db, call, 51'237);
        bill_conversation(db, call, 51'237);
        auto const lines = db.run("SELECT amount, rate_version FROM ledger_entries WHERE kind = 'agent_cost'");
        REQUIRE(lines.size() == 1);
        CHECK(lines.front().integer(0) == 51'237);
        CHECK(lines.front().integer(1) == 0);
    });
}

TEST_CASE("a number is billed for the month of its purchase and each one that begins while it is owned")
{
    FreshDatabase database;
    auto const line = add_line(*database, "Harbour Motors", "+16045550100");
    database->write(sql::Scope::platform(), [&](sql::Writer& db) {
        auto number = *find_owned_number(db, line.phone_number);
        number.created_at = from_rfc3339("2026-09-30T23:59:59Z");
        for (auto const* present : {"2026-09-30T23:59:59Z", "2026-10-01T00:00:00Z", "2026-10-31T00:00:00Z", "2027-01-01T00:00:00Z"})
            bill_number(db, number, from_rfc3339(present));
        std::string months;
        for (auto const& row : db.run("SELECT month FROM ledger_entries WHERE kind = 'number_month' ORDER BY month"))
            months += row.text(0) + ' ';
        CHECK(months == "2026-09 2026-10 2026-11 2026-12 2027-01 ");
    });
}

TEST_CASE("every owned number has its line of this month, whoever bought it, and a second look adds none")
{
    FreshDatabase database;
    for (int i = 0; i < 120; ++i)
        add_line(*database, "Dealer", "+1604555" + std::to_string(1000 + i));
    CHECK(bill_numbers(*database));
    CHECK(sum_of(*database, "SELECT count(*) FROM ledger_entries") == 120);
    CHECK(bill_numbers(*database));
    CHECK(sum_of(*database, "SELECT count(*) FROM ledger_entries") == 120);
}

TEST_CASE("a line keeps the rate of its time; a new rate counts from its own on")
{
    FreshDatabase database;
    auto const line = add_line(*database, "Harbour Motors", "+16045550100");
    database->write(sql::Scope::platform(), [&](sql::Writer& db) {
        db.run("INSERT INTO rates (kind, version, micro_dollars, valid_from) VALUES ('sms_segment', 2, 9100, $1)", {november});
        auto const text = [&](char const* reference, Time at) {
            bill(db, {line.organization_id, "sms_segment_out", reference, "m", "Text", 3, at});
            auto const rows = db.run("SELECT rate_version, amount FROM ledger_entries WHERE reference = $1", {reference});
            return std::pair{rows.front().integer(0), rows.front().integer(1)};
        };
        CHECK(text("sms_out:1", november.plus_milliseconds(-1)) == std::pair<std::int64_t, std::int64_t>{1, 22'500});
        CHECK(text("sms_out:2", november) == std::pair<std::int64_t, std::int64_t>{2, 27'300});
        CHECK(text("sms_out:1", november) == std::pair<std::int64_t, std::int64_t>{1, 22'500});
    });
}

TEST_CASE("a budget warns once, at 80 percent, and again after it was raised")
{
    FreshDatabase database;
    auto const line = add_line(*database, "Harbour Motors", "+16045550100");
    auto const spend = [&](std::int64_t amount) {
        database->write(sql::Scope::platform(), [&](sql::Writer& db) {
            bill_amount(db, {line.organization_id, "adjustment", "adjustment:" + new_id(), "x", "Correction", 1, now()}, amount);
        });
    };
    auto const set = [&](std::int64_t monthly) {
        database->write(sql::Scope::platform(), [&](sql::Writer& db) { set_budget(db, line.organization_id, monthly); });
    };
    spend(39'999'999); // of the $50 that nobody set
    CHECK(warnings(*database) == 0);
    spend(1);
    CHECK(warnings(*database) == 1);
    spend(1'000'000);
    CHECK(warnings(*database) == 1);
    set(100'000'000);
    CHECK(warnings(*database) == 0);
    spend(39'000'000);
    CHECK(warnings(*database) == 1);
    set(100'000'001);
    CHECK(warnings(*database) == 0);
    set(90'000'000);
    CHECK(warnings(*database) == 1);
}

TEST_CASE("usage says nothing of another organisation, by day, by line or as a file")
{
    FreshDatabase database;
    auto const ours = add_line(*database, "Harbour Motors", "+16045550100");
    auto const theirs = add_line(*database, "Inland Cars", "+16045550101");
    database->write(sql::Scope::platform(), [&](sql::Writer& db) {
        bill(db, {ours.organization_id, "voice_minute", "voice:1", "c1", "Call from +16045550199", 3, november});
        bill(db, {theirs.organization_id, "sms_segment_in", "sms_in:2", "m2", "Text from +16045550198", 5, november});
        db.run("INSERT INTO users (id, email, password_hash, platform_role, created_at) VALUES ('u1', 'u@example.com', 'x', '', 0)");
        db.run(
            "INSERT INTO memberships (organization_id, user_id, role, created_at) VALUES ($1, 'u1', 'staff', 0)", {ours.organization_id});
    });
    database->read(sql::Scope::platform(), [&](sql::Reader& db) {
        auto const query = asking({{"month", "2026-11"}});
        for (auto const& [viewer, id] : {std::pair{Viewer{"u1"}, std::string()}, std::pair{Viewer{}, ours.organization_id}}) {
            auto const usage = answer_usage(db, viewer, id, query, november);
            CHECK((*usage)["total"] == "0.0375");
            CHECK((*usage)["totals"]["voice"] == Json{{"quantity", 3}, {"amount", "0.0375"}});
            CHECK((*usage)["totals"]["texts"]["quantity"] == 0);
            auto const lines = answer_usage_lines(db, viewer, id, query, november);
            CHECK((*lines)["lines"].size() == 1);
            CHECK((*lines)["counts"]["all"] == 1);
            auto const file = usage_file(db, viewer, id, query, november);
            CHECK(file->csv.find("Inland") == std::string::npos);
            CHECK(file->csv.find("+16045550198") == std::string::npos);
            CHECK(file->csv.find("Harbour Motors,voice_minute,Call from +16045550199,3,0.0125,0.0375,voice:1\r\n") != std::string::npos);
        }
        CHECK((*answer_usage(db, {}, {}, query, november))["total"] == "0.075");
        CHECK((*answer_usage(db, {}, {}, query, november))["budget"].is_null());
        for (auto const* month : {"2026-13", "2026-1", "x", "2026-11-01"})
            CHECK(answer_usage(db, {}, {}, asking({{"month", month}}), november).error().field == "month");
        return true;
    });
}

TEST_CASE("a cell that a spreadsheet would run is shown as text")
{
    FreshDatabase database;
    for (auto const& [name, expected] :
        {std::pair{"=1+1", "\"'=1+1\""}, {"+1-800-CARS", "\"'+1-800-CARS\""}, {"-2", "\"'-2\""}, {"@sum", "\"'@sum\""},
            {"A \"B\", C", "\"A \"\"B\"\", C\""}, {"Plain", "Plain"}, {"=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""}}) {
        auto const line
            = add_line(*database, name, "+1604555" + std::to_string(1000 + sum_of(*database, "SELECT count(*) FROM phone_numbers")));
        database->write(sql::Scope::platform(), [&](sql::Writer& db) {
            bill(db, {line.organization_id, "number_month", "month:" + line.organization_id, "n", "Number", 1, november});
        });
        auto const csv = database->read(sql::Scope::platform(), [&](sql::Reader& db) {
            return usage_file(db, {}, line.organization_id, asking({{"month", "2026-11"}}), november)->csv;
        });
        CHECK(csv.find("," + std::string(expected) + ",number_month,") != std::string::npos);
    }
}

TEST_CASE("pages of lines are whole: none twice, none missing")
{
    FreshDatabase database;
    auto const line = add_line(*database, "Harbour Motors", "+16045550100");
    database->write(sql::Scope::platform(), [&](sql::Writer& db) {
        for (int i = 0; i < 257; ++i) // many share a moment
            bill(db,
                {line.organization_id, i % 3 == 0 ? "sms_segment_in" : "voice_minute", "fact:" + std::to_string(i), "s", "What", 1,
                    november.plus_seconds(i / 10)});
    });
    for (auto const* kind : {"", "texts", "voice"}) {
        std::map<std::string, int> seen;
        std::string cursor;
        std::int64_t total = -1;
        do {
            auto const answer = database->read(sql::Scope::platform(), [&](sql::Reader& db) {
                return *answer_usage_lines(db, {}, line.organization_id,
                    asking({{"month", "2026-11"}, {"kind", kind}, {"limit", "20"}, {"cursor", cursor}}), november);
            });
            if (cursor.empty()) total = answer["counts"]["total"];
            for (auto const& entry : answer["lines"])
                ++seen[entry["id"]];
            cursor = answer["next_cursor"].is_null() ? std::string() : answer["next_cursor"].get<std::string>();
        } while (!cursor.empty());
        CHECK(static_cast<std::int64_t>(seen.size()) == total);
        CHECK(std::all_of(seen.begin(), seen.end(), [](auto const& entry) { return entry.second == 1; }));
    }
}

// Sanitizers make the same statements ten times slower; what they look for shows with fewer.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int many_lines = 20'000;
#else
constexpr int many_lines = 1'000'000;
#endif

TEST_CASE("a million ledger lines: invoice, running sums and lines agree to the micro-dollar")
{
    FreshDatabase database;
    std::vector<TestLine> dealers;
    for (int i = 0; i < 20; ++i)
        dealers.push_back(add_line(*database, "Dealer " + std::to_string(i), "+1604555" + std::to_string(1000 + i)));
    std::mt19937_64 random(7);
    std::map<std::pair<std::string, std::string>, std::int64_t> expected; // by organisation and month, kept beside the database
    auto const begun = std::chrono::steady_clock::now();
    constexpr int batch = 1000; // more would not fit the writer's cache, and never comes at once
    int repeated = 0;
    for (int first = 0; first < many_lines; first += batch)
        database->write(sql::Scope::platform(), [&](sql::Writer& db) {
            for (int i = first; i < std::min(first + batch, many_lines); ++i) {
                auto const& dealer = dealers[random() % dealers.size()];
                // As they come: one after the other, some told a day late.
                auto const late = static_cast<std::int64_t>(random() % 86'400'000);
                auto const at = from_rfc3339("2026-09-02T00:00:00Z").plus_milliseconds(i * (90LL * 86'400'000 / many_lines) - late);
                BillableFact const fact{dealer.organization_id, {}, "fact:" + std::to_string(i), "subject", "What",
                    1 + static_cast<std::int64_t>(random() % 9), at};
                auto& sum = expected[{dealer.organization_id, month_of(at)}];
                auto take = fact;
                switch (random() % 4) {
                case 0:
                    take.kind = "voice_minute";
                    bill(db, take);
                    sum += take.quantity * 12'500;
                    break;
                case 1:
                    take.kind = "sms_segment_in";
                    bill(db, take);
                    sum += take.quantity * 7'500;
                    break;
                case 2:
                    take.kind = "sms_segment_out";
                    bill(db, take);
                    sum += take.quantity * 7'500;
                    break;
                default: {
                    take.kind = "agent_cost";
                    auto const cost = static_cast<std::int64_t>(random() % 999'983);
                    bill_amount(db, take, cost);
                    sum += cost;
                }
                }
                if (random() % 50 == 0) { // told again: nothing changes
                    CHECK(!bill_amount(db, take, 1));
                    ++repeated;
                }
            }
        });
    auto const took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();

    std::int64_t invoices = 0, everything = 0;
    for (auto const& [key, sum] : expected) {
        auto const usage = database->read(sql::Scope::platform(), [&](sql::Reader& db) {
            return *answer_usage(db, {}, key.first, asking({{"month", key.second}}), from_rfc3339("2026-12-31T00:00:00Z"));
        });
        auto const invoice = micro_dollars_of(usage["total"].get<std::string>());
        auto const lines = database->read(sql::Scope::platform(), [&](sql::Reader& db) {
            return db.run("SELECT sum(amount) FROM ledger_entries WHERE organization_id = $1 AND month = $2", {key.first, key.second})
                .front()
                .integer(0);
        });
        std::int64_t days = 0;
        for (auto const& day : usage["days"])
            for (auto const* kind : {"voice", "texts", "numbers", "agent"})
                days += *micro_dollars_of(day[kind].get<std::string>());
        CHECK(invoice == sum);
        CHECK(lines == sum);
        CHECK(days == sum);
        ++invoices;
        everything += sum;
    }
    CHECK(sum_of(*database, "SELECT count(*) FROM ledger_entries") == many_lines);
    CHECK(sum_of(*database, "SELECT sum(amount) FROM ledger_entries") == everything);
    CHECK(sum_of(*database, "SELECT sum(amount) FROM ledger_days") == everything);
    std::cout << "ledger: " << many_lines << " lines in " << took << " s, " << repeated << " told again, " << invoices << " invoices over "
              << everything << " micro-dollars\n";
}
