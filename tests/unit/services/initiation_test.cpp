#include "edge-server/services/initiation.h"
#include "edge-server/store/conversation_store.h"
#include "shared/base/json.h"
#include "tests/support/temporary.h"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace {

// As the route asks, but waits for the answer.
Json ask(Initiation& initiation, std::string const& body)
{
    std::promise<std::function<std::string()>> answered;
    initiation.answer(body, [&](std::function<std::string()> make) { answered.set_value(std::move(make)); });
    return Json::parse(answered.get_future().get()());
}

std::string request(std::string const& called, std::string const& caller, std::string const& call_sid)
{
    return Json{{"caller_id", caller}, {"called_number", called}, {"call_sid", call_sid}, {"agent_id", "agent_1"}, {"new_member", 1}}
        .dump();
}

Json variables(Initiation& initiation, std::string const& called, std::string const& caller, std::string const& call_sid)
{
    auto const answer = ask(initiation, request(called, caller, call_sid));
    REQUIRE(answer["type"] == "conversation_initiation_client_data");
    for (auto const* name : {"conversation_context", "customer_name", "lead_status", "previous_summary", "organization_name", "greeting"})
        REQUIRE(answer["dynamic_variables"][name].is_string());
    return answer["dynamic_variables"];
}

std::int64_t count(sql::Database& database, sql::Statement statement)
{
    return database.read(sql::Scope::platform(), [&](sql::Reader& db) { return db.run(statement).front().integer(0); });
}

// Keeps the writer from everything else until it is let go.
class BusyWriter {
public:
    explicit BusyWriter(sql::Database& database)
    {
        std::promise<void> entered;
        m_thread = std::thread([this, &database, &entered] {
            database.write(sql::Scope::platform(), [&](sql::Writer&) {
                entered.set_value();
                m_may_go_on.get_future().wait();
            });
        });
        entered.get_future().wait();
    }
    ~BusyWriter() { let_go(); }
    void let_go()
    {
        if (!m_thread.joinable()) return;
        m_may_go_on.set_value();
        m_thread.join();
    }

private:
    std::promise<void> m_may_go_on;
    std::thread m_thread;
};

// Calls of a crowd: all are asked before one is written. Waits for their answers.
void call_together(sql::Database& database, Initiation& initiation, std::vector<std::string> const& requests)
{
    std::vector<std::promise<std::function<std::string()>>> answers(requests.size());
    {
        BusyWriter const busy(database);
        for (std::size_t i = 0; i < requests.size(); ++i)
            initiation.answer(
                requests[i], [&answer = answers[i]](std::function<std::string()> make) { answer.set_value(std::move(make)); });
    }
    for (auto& answer : answers)
        CHECK(Json::parse(answer.get_future().get()())["dynamic_variables"]["organization_name"] == "Premium Auto Sales");
    database.write(sql::Scope::platform(), [](sql::Writer&) {}); // behind them all
}

void file_all(Initiation& initiation)
{
    while (initiation.is_behind())
        initiation.catch_up();
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
        auto const answer = ask(initiation, body)["dynamic_variables"];
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

TEST_CASE("a call is answered in time when its record is not on disk, and the record follows")
{
    FreshDatabase database;
    add_line(*database, "Premium Auto Sales", "+16045550001");
    {
        Initiation initiation(*database, "Jack Automotive");
        BusyWriter busy(*database);
        CHECK(variables(initiation, "+16045550001", "+17785550100", "CA1")["organization_name"] == "Premium Auto Sales");
        CHECK(count(*database, "SELECT count(*) FROM conversations") == 0);
        busy.let_go();
    }
    CHECK(count(*database, "SELECT count(*) FROM conversations WHERE call_sid = 'CA1'") == 1);
}

TEST_CASE("calls of a crowd are put aside on disk and become the same conversations, each once")
{
    FreshDatabase database;
    add_line(*database, "Premium Auto Sales", "+16045550001");
    add_line(*database, "Saanich Motors", "+16045550002");
    constexpr int calls = 1600;
    std::vector<std::string> crowd;
    for (int i = 0; i < calls; ++i)
        crowd.push_back(request("+16045550001", i % 4 == 3 ? "anonymous" : "+17785550100", "CA" + std::to_string(i)));
    std::int64_t aside = 0;
    {
        Initiation initiation(*database, "Jack Automotive");
        variables(initiation, "+16045550001", "+17785550100", "CA0");
        call_together(*database, initiation, crowd);
        aside = count(*database, "SELECT count(*) FROM begun_calls");
        CHECK(aside == initiation.calls_to_file().taken);
        CHECK(aside >= 500);
        CHECK(aside <= 1102); // 500 in a second were no crowd yet
        CHECK(
            count(*database, "SELECT count(*) FROM (SELECT call_sid FROM begun_calls UNION SELECT call_sid FROM conversations)") == calls);
        call_together(*database, initiation, {crowd.end() - 10, crowd.end()}); // asked again
        // Another dealership's number asks about one that is put aside: the first record stays.
        auto const elsewhere = variables(initiation, "+16045550002", "+17785550100", "CA1500");
        CHECK(elsewhere["organization_name"] == "Saanich Motors");
        CHECK(count(*database,
                  "SELECT count(*) FROM conversations c JOIN organizations o ON o.id = c.organization_id WHERE c.call_sid = "
                  "'CA1500' AND o.name = 'Premium Auto Sales'")
            == 1);
    } // and the server stops

    Initiation initiation(*database, "Jack Automotive");
    CHECK(initiation.is_behind());
    // A result comes before the call is filed.
    auto const early = database->write(sql::Scope::platform(), [](sql::Writer& db) { return find_conversation_by_call(db, "CA1579"); });
    REQUIRE(early);
    CHECK(early->lead_id.empty());
    CHECK(early->direction == "inbound");
    file_all(initiation);
    CHECK(count(*database, "SELECT count(*) FROM begun_calls") == 0);
    CHECK(initiation.calls_to_file().taken == 0);
    CHECK(count(*database, "SELECT count(*) FROM conversations") == calls);
    CHECK(count(*database, "SELECT count(*) FROM conversations WHERE lead_id IS NOT NULL AND external_number = '+17785550100'")
        == calls / 4 * 3);
    CHECK(count(*database, "SELECT count(*) FROM conversations WHERE lead_id IS NULL AND external_number = ''") == calls / 4);
    CHECK(count(*database, "SELECT count(*) FROM conversations WHERE agent_id = 'agent_1' AND variables LIKE '%Premium Auto Sales%'")
        == calls);
    // Consoles hear of each that is filed, whoever does it.
    CHECK(count(*database, "SELECT count(*) FROM events e JOIN conversations c ON c.id = e.subject_id WHERE e.kind = 'conversation'")
        == aside);
    CHECK(variables(initiation, "+16045550001", "+17785550100", "CA-next")["lead_status"] == "Returning Customer");
}

TEST_CASE("a burst of calls is filed at once")
{
    FreshDatabase database;
    add_line(*database, "Premium Auto Sales", "+16045550001");
    Initiation initiation(*database, "Jack Automotive");
    variables(initiation, "+16045550001", "+17785550100", "CA");
    std::vector<std::string> burst;
    for (int i = 0; i < 200; ++i)
        burst.push_back(request("+16045550001", "+17785550100", "CA" + std::to_string(i)));
    call_together(*database, initiation, burst);
    CHECK(count(*database, "SELECT count(*) FROM conversations") == 201);
}

TEST_CASE("a crowd of new callers becomes leads at once")
{
    FreshDatabase database;
    add_line(*database, "Premium Auto Sales", "+16045550001");
    Initiation initiation(*database, "Jack Automotive");
    std::vector<std::string> crowd;
    for (int i = 0; i < 800; ++i)
        crowd.push_back(request("+16045550001", "+17785551" + std::to_string(100 + i), "CA" + std::to_string(i)));
    call_together(*database, initiation, crowd);
    CHECK(count(*database, "SELECT count(*) FROM leads") == 800);
    CHECK(count(*database, "SELECT count(*) FROM conversations") == 800);
}
