#include "edge-server/services/initiation.h"
#include "shared/base/json.h"
#include "tests/support/temporary.h"

#include <doctest/doctest.h>

namespace {

Json variables(Initiation& initiation, std::string const& called, std::string const& caller, std::string const& call_sid)
{
    auto const answer = Json::parse(initiation.answer(
        Json{{"caller_id", caller}, {"called_number", called}, {"call_sid", call_sid}, {"agent_id", "agent_1"}, {"new_member", 1}}.dump()));
    REQUIRE(answer["type"] == "conversation_initiation_client_data");
    for (auto const* name : {"conversation_context", "customer_name", "lead_status", "previous_summary", "organization_name", "greeting"})
        REQUIRE(answer["dynamic_variables"][name].is_string());
    return answer["dynamic_variables"];
}

std::int64_t count(sql::Database& database, sql::Statement statement)
{
    return database.read(sql::Scope::platform(), [&](sql::Reader& db) { return db.run(statement).front().integer(0); });
}

} // namespace

TEST_CASE("a caller is remembered by the dealership that was called, and by no other")
{
    FreshDatabase database;
    add_line(*database, "Premium Auto Sales", "+16045550001");
    add_line(*database, "Saanich Motors", "+16045550002");
    Initiation initiation(*database, "Jack Automotive");

    auto const first = variables(initiation, "+16045550001", "+17785550100", "CA1");
    CHECK(first["organization_name"] == "Premium Auto Sales");
    CHECK(first["lead_status"] == "New Inquiry");
    CHECK(first["greeting"] == "Hi");
    database->write(sql::Scope::platform(), [](sql::Writer& db) {
        db.run("UPDATE leads SET name = 'John {{Smith'");
        db.run("UPDATE conversations SET summary = 'Wants {{a}} truck.'");
    });

    auto const again = variables(initiation, "+16045550001", "+17785550100", "CA2");
    CHECK(again["lead_status"] == "Returning Customer");
    CHECK(again["customer_name"] == "John {Smith");
    CHECK(again["greeting"] == "Hi John");
    CHECK(again["previous_summary"] == "Wants {a}} truck.");
    CHECK(variables(initiation, "+16045550001", "+17785550100", "CA1")["lead_status"] == "New Inquiry"); // the same call asked again

    auto const elsewhere = variables(initiation, "+16045550002", "+17785550100", "CA3");
    CHECK(elsewhere["organization_name"] == "Saanich Motors");
    CHECK(elsewhere["lead_status"] == "New Inquiry");
    CHECK(elsewhere["customer_name"] == "");
    CHECK(elsewhere["previous_summary"] == "");
    CHECK(count(*database, "SELECT count(*) FROM leads") == 2);
    CHECK(count(*database, "SELECT count(*) FROM conversations") == 3);
}

TEST_CASE("withheld callers get the name, a conversation, and no memory")
{
    FreshDatabase database;
    add_line(*database, "Premium Auto Sales", "+16045550001");
    Initiation initiation(*database, "Jack Automotive");
    int call = 0;
    for (auto const* caller : {"", "anonymous", "+266696687", "anonymous"}) {
        auto const answer = variables(initiation, "+16045550001", caller, "CA" + std::to_string(++call));
        CHECK(answer["organization_name"] == "Premium Auto Sales");
        CHECK(answer["lead_status"] == "New Inquiry");
        CHECK(answer["previous_summary"] == "");
    }
    CHECK(count(*database, "SELECT count(*) FROM leads") == 0);
    CHECK(count(*database, "SELECT count(*) FROM conversations WHERE lead_id IS NULL") == 4);
}

TEST_CASE("an unknown number, and anything that is no request, gets the neutral name and nothing else")
{
    FreshDatabase database;
    Initiation initiation(*database, "Jack Automotive");
    for (auto const* body : {"", "[]", "nonsense", "{}", R"({"called_number":7})",
             R"({"called_number":"+16045559999","caller_id":"+17785550100","call_sid":"CA1"})"}) {
        auto const answer = Json::parse(initiation.answer(body))["dynamic_variables"];
        CHECK(answer["organization_name"] == "Jack Automotive");
        for (auto const* name : {"conversation_context", "customer_name", "lead_status", "previous_summary"})
            CHECK(answer[name] == "");
    }
    CHECK(count(*database, "SELECT count(*) FROM leads") == 0);
    CHECK(count(*database, "SELECT count(*) FROM conversations") == 0);
}

TEST_CASE("the verification's question records nothing")
{
    FreshDatabase database;
    add_line(*database, "Premium Auto Sales", "+16045550001");
    Initiation initiation(*database, "Jack Automotive");
    CHECK(variables(initiation, "+16045550001", "+17785550100", "verify-1")["organization_name"] == "Premium Auto Sales");
    CHECK(count(*database, "SELECT count(*) FROM conversations") == 0);
    CHECK(count(*database, "SELECT count(*) FROM leads") == 0);
}
