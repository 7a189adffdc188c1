#include "edge-server/services/outreach.h"
#include "edge-server/store/budget_store.h"
#include "edge-server/store/ledger_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/phone_number_store.h"
#include "shared/base/id.h"
#include "tests/support/temporary.h"

#include <doctest/doctest.h>

namespace {

Time const noon_in_vancouver = from_rfc3339("2026-06-10T19:00:00Z"); // a Wednesday
constexpr char const* customer = "+16045550142";

// One dealership with a line, and what it may do.
struct Dealership {
    FreshDatabase database;
    TestLine line = add_line(*database, "Harbour Motors", "+16045550100");
    Config config;

    std::string refusal(std::string const& to, Channel channel = Channel::Call, Time at = noon_in_vancouver)
    {
        return database->read(sql::Scope::platform(), [&](sql::Reader& db) {
            auto const from = *find_owned_number(db, line.phone_number);
            auto const problem = check_outreach(db, config, line.organization_id, from, to, channel, at);
            return problem ? problem->code : std::string();
        });
    }

    void run(std::function<void(sql::Writer&)> const& f) { database->write(sql::Scope::platform(), f); }

    void allow()
    {
        run([&](sql::Writer& db) {
            auto settings = find_settings(db, line.organization_id);
            settings.outbound_allowed = true;
            update_settings(db, line.organization_id, settings);
        });
    }

    std::string add_lead(std::string const& number)
    {
        auto const id = new_id();
        run([&](sql::Writer& db) {
            db.run("INSERT INTO leads (id, organization_id, phone_number, first_call_sid, created_at, last_contact_at) VALUES ($1, $2, $3, "
                   "'x', 0, 0)",
                {id, line.organization_id, number});
        });
        return id;
    }

    void add_text(std::string const& lead_id, std::string const& from, Time at)
    {
        run([&](sql::Writer& db) {
            db.run(R"(
                INSERT INTO messages (id, organization_id, lead_id, direction, from_number, to_number, body, encoding, segments, state, sent_at, created_at)
                VALUES ($1, $2, $3, 'inbound', $4, $5, 'Hello', 'gsm7', 1, 'received', $6, $6))",
                {new_id(), line.organization_id, lead_id, from, line.phone_number, at});
        });
    }
};

} // namespace

TEST_CASE("people who did not write or call first are reached only with a platform admin's word")
{
    Dealership dealership;
    CHECK(dealership.refusal(customer) == "outbound_not_allowed");
    SUBCASE("given to the dealership")
    {
        dealership.allow();
        CHECK(dealership.refusal(customer).empty());
    }
    SUBCASE("given to the whole installation")
    {
        dealership.config.outbound = "open";
        CHECK(dealership.refusal(customer).empty());
    }
    SUBCASE("not needed for who wrote first")
    {
        auto const lead = dealership.add_lead(customer);
        CHECK(dealership.refusal(customer) == "outbound_not_allowed");
        dealership.add_text(lead, customer, noon_in_vancouver.plus_seconds(-86'400));
        CHECK(dealership.refusal(customer).empty());
    }
    SUBCASE("another dealership's customer is a stranger here")
    {
        auto const other = add_line(*dealership.database, "Inland Cars", "+16045550101");
        dealership.run([&](sql::Writer& db) {
            db.run(
                "INSERT INTO leads (id, organization_id, phone_number, first_call_sid, created_at, last_contact_at) VALUES ('l', $1, $2, "
                "'x', 0, 0)",
                {other.organization_id, customer});
            db.run("INSERT INTO conversations (id, organization_id, phone_number_id, lead_id, call_sid, direction, agent_id, started_at) "
                   "SELECT 'c', $1, id, 'l', 'CA1', 'inbound', 'a', 0 FROM phone_numbers WHERE phone_number = $2",
                {other.organization_id, other.phone_number});
        });
        CHECK(dealership.refusal(customer) == "outbound_not_allowed");
    }
}

TEST_CASE("no destination of a service, of another country or of our own is reached")
{
    Dealership dealership;
    dealership.allow();
    auto const other = add_line(*dealership.database, "Inland Cars", "+16045550101");
    for (auto const* number : {"+19005550142", "+16049110142", "+18765550142", "+442071838750", "55501", "+16045550100", "+16045550101"})
        CHECK(dealership.refusal(number) == "destination_not_allowed");
    dealership.config.outbound_countries = {"US"};
    CHECK(dealership.refusal(customer) == "destination_not_allowed");
    auto const forwarding = [&](std::string const& number) {
        return dealership.database->read(
            sql::Scope::platform(), [&](sql::Reader& db) { return check_forwarding_number(db, dealership.config, number); });
    };
    CHECK(!forwarding("+12125550142"));
    CHECK(forwarding(other.phone_number)->field == "forwarding_number");
}

TEST_CASE("the recipient's clock decides, not the dealership's")
{
    Dealership dealership; // in Vancouver
    dealership.allow();
    auto const eight_in_the_evening = from_rfc3339("2026-06-11T03:00:00Z");
    CHECK(dealership.refusal(customer, Channel::Call, eight_in_the_evening).empty());
    CHECK(dealership.refusal("+12125550142", Channel::Call, eight_in_the_evening) == "quiet_hours"); // 23:00 in New York
    CHECK(dealership.refusal("+12125550142", Channel::Text, eight_in_the_evening) == "quiet_hours");
    CHECK(dealership.refusal("+18085550142", Channel::Call, eight_in_the_evening).empty()); // 17:00 in Honolulu
    auto const six_in_the_morning = from_rfc3339("2026-06-10T13:00:00Z");
    CHECK(dealership.refusal(customer, Channel::Call, six_in_the_morning) == "quiet_hours");
    CHECK(dealership.refusal("+12125550142", Channel::Call, six_in_the_morning).empty()); // 9:00 in New York
}

TEST_CASE("who wrote within the hour may be answered by text at night, and not be called")
{
    Dealership dealership;
    auto const night = from_rfc3339("2026-06-10T09:00:00Z");
    dealership.add_text(dealership.add_lead(customer), customer, night.plus_seconds(-3599));
    CHECK(dealership.refusal(customer, Channel::Text, night).empty());
    CHECK(dealership.refusal(customer, Channel::Text, night.plus_seconds(2)) == "quiet_hours");
    CHECK(dealership.refusal(customer, Channel::Call, night) == "quiet_hours");
}

TEST_CASE("what would exceed the budget does not begin")
{
    Dealership dealership;
    dealership.allow();
    auto const reserve
        = dealership.database->read(sql::Scope::platform(), [&](sql::Reader& db) { return reserve_of_call(db, noon_in_vancouver); });
    auto const set
        = [&](std::int64_t monthly) { dealership.run([&](sql::Writer& db) { set_budget(db, dealership.line.organization_id, monthly); }); };
    set(reserve);
    CHECK(dealership.refusal(customer).empty());
    set(reserve - 1);
    CHECK(dealership.refusal(customer) == "budget_reached");
    CHECK(dealership.refusal(customer, Channel::Text).empty());

    set(reserve + 7'499);
    dealership.run([&](sql::Writer& db) {
        bill_amount(db, {dealership.line.organization_id, "adjustment", "a:1", "x", "Correction", 1, noon_in_vancouver}, 7'500);
    });
    CHECK(dealership.refusal(customer) == "budget_reached");
    CHECK(dealership.refusal(customer, Channel::Call, from_rfc3339("2026-07-08T19:00:00Z")).empty()); // the next month begins anew
}
