#include "edge-server/config.h"
#include "edge-server/services/text_errors.h"
#include "edge-server/services/texts.h"
#include "edge-server/services/twilio_signature.h"
#include "edge-server/store/lead_store.h"
#include "edge-server/store/opt_out_store.h"
#include "edge-server/store/phone_number_store.h"
#include "shared/base/id.h"
#include "tests/support/temporary.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace {

TwilioForm form_of(Json const& params)
{
    TwilioForm form;
    for (auto const& [name, value] : params.items())
        if (value.is_array())
            for (auto const& each : value)
                form.emplace_back(name, each.get<std::string>());
        else
            form.emplace_back(name, value.get<std::string>());
    return form;
}

std::string encoded(TwilioForm const& form)
{
    FormFields const fields(form.begin(), form.end());
    return encode_form(fields);
}

struct Lot {
    FreshDatabase database;
    Config config;
    TestLine line = add_line(*database, "Premium Auto", "+16045550100");
    std::string const customer = "+16045550142";

    Processed take(Json const& fields)
    {
        InboxItem item = text_item(form_of(fields));
        item.received_at = now();
        return database->write(sql::Scope::routing(), [&](sql::Writer& db) { return take_text(db, config, item); });
    }
    Processed take_status(std::string const& sid, std::string const& status, std::string const& code, std::string const& message_id)
    {
        auto const item = text_status_item({{"MessageSid", sid}, {"MessageStatus", status}, {"ErrorCode", code}}, message_id);
        return database->write(sql::Scope::routing(), [&](sql::Writer& db) { return take_message_status(db, item); });
    }
    std::string send()
    {
        Message text;
        text.id = new_id();
        text.organization_id = line.organization_id;
        text.direction = "outbound";
        text.from_number = line.phone_number;
        text.to_number = customer;
        text.body = "Yes, it is still here.";
        text.encoding = "gsm7";
        text.segments = 1;
        text.state = "queued";
        text.sent_at = text.created_at = now();
        database->write(sql::Scope::platform(), [&](sql::Writer& db) {
            text.phone_number_id = find_owned_number(db, line.phone_number)->id;
            text.lead_id = reach_lead(db, line.organization_id, customer, text.id, now());
            insert_outbound_text(db, text, {}, {});
        });
        return text.id;
    }
    Message text(std::string const& id)
    {
        return *database->read(sql::Scope::platform(), [&](sql::Reader& db) { return find_text(db, id); });
    }
    std::int64_t count(auto&& query)
    {
        return database->read(sql::Scope::platform(), [&](sql::Reader& db) { return query(db).front().integer(0); });
    }
    std::int64_t billed()
    {
        return count([](sql::Reader& db) { return db.run("SELECT count(*) FROM ledger_entries"); });
    }
};

} // namespace

TEST_CASE("Twilio's signatures are made and checked as in the recorded vectors")
{
    auto const path = std::filesystem::path(CONTRACTS_FOLDER) / "vectors.json";
    std::ifstream file(path);
    if (!file) {
        MESSAGE("skipped: the vendors' documents are not at hand");
        return;
    }
    auto const vectors = Json::parse(file);
    for (auto const& vector : vectors["twilio"]) {
        INFO(vector["name"].get<std::string>());
        auto const form = form_of(vector["params"]);
        std::string const token = vector["token"], url = vector["url"], signature = vector["signature"];
        CHECK(twilio_signature(token, url, form) == signature);
        auto const body = encoded(form);
        auto const proved = proved_form({url, body, signature}, token);
        REQUIRE(proved);
        CHECK(*proved == form);
        CHECK(proved_form({url + "#rc=3&rp=5xx,ct,rt", body, signature}, "newer," + token)); // rotating; the fragment is not signed
        CHECK_FALSE(proved_form({url, body, signature}, "another"));
        CHECK_FALSE(proved_form({url, body, signature}, ""));
        CHECK_FALSE(proved_form({url, body, {}}, token));
        CHECK_FALSE(proved_form({url, body + "&Body=forged", signature}, token));
        CHECK_FALSE(proved_form({url + "x", body, signature}, token));
    }
    for (auto const& vector : vectors["twilio_json"]) {
        std::string const token = vector["token"], url = vector["url"], body = vector["body"], signature = vector["signature"];
        CHECK(proved_form({url, body, signature}, token));
        CHECK_FALSE(proved_form({url, body + ' ', signature}, token));
    }
}

TEST_CASE("an address is proved with its port and without it")
{
    TwilioForm const form{{"To", "+16045550100"}};
    auto const proved = [&](std::string const& called, std::string const& signed_for) {
        return proved_form({called, encoded(form), twilio_signature("token", signed_for, form)}, "token").has_value();
    };
    CHECK(proved("https://edge.example.com/sms?x=1", "https://edge.example.com:443/sms?x=1"));
    CHECK(proved("https://edge.example.com:443/sms", "https://edge.example.com/sms"));
    CHECK(proved("https://edge.example.com:8443/sms", "https://edge.example.com/sms"));
    CHECK(proved("http://[::1]:8080/sms", "http://[::1]/sms"));
    CHECK(proved("http://[::1]/sms", "http://[::1]:80/sms"));
    CHECK_FALSE(proved("https://edge.example.com/sms", "https://edge.example.com:8443/sms"));
    CHECK_FALSE(proved("https://edge.example.com/sms", "http://edge.example.com/sms"));
    CHECK_FALSE(proved("https://edge.example.com/sms", "https://edge.example.org/sms"));
}

TEST_CASE("a form is read as it was written, or not at all")
{
    CHECK(decode_form("Body=a+b%26c%3D%C3%A9&To=&From") == TwilioForm{{"Body", "a b&c=é"}, {"To", ""}, {"From", ""}});
    for (auto const* bad : {"Body=%", "Body=%4", "Body=%zz", "Body=%FF", "Body=a%00b"})
        CHECK_FALSE(decode_form(bad));
}

TEST_CASE("a text belongs to the owner of the number that was texted, once, however often it comes")
{
    Lot lot;
    auto const other = add_line(*lot.database, "Other Auto", "+16045550200");
    Json const text{{"MessageSid", "SM1"}, {"From", lot.customer}, {"To", lot.line.phone_number}, {"Body", "Is the Civic still there?"},
        {"NumMedia", "2"}, {"NumSegments", "1"}, {"AnUnknownField", "x"}};
    for (int i = 0; i < 3; ++i) {
        auto const taken = lot.take(text);
        CHECK(taken.state == Processed::Done);
        CHECK(taken.organization_id == lot.line.organization_id);
    }
    lot.database->read(sql::Scope::platform(), [&](sql::Reader& db) {
        auto const lead = find_lead_by_number(db, lot.line.organization_id, lot.customer);
        REQUIRE(lead);
        CHECK(lead->unread == 1);
        CHECK(lead->last_message == "Is the Civic still there?");
        auto const texts = list_texts(db, {lot.line.organization_id, lead->id, now().plus_seconds(60), "g"});
        REQUIRE(texts.size() == 1);
        CHECK(texts.front().pictures == 2);
        CHECK(texts.front().state == "received");
        CHECK_FALSE(find_lead_by_number(db, other.organization_id, lot.customer));
        CHECK(list_texts(db, {other.organization_id, {}, now().plus_seconds(60), "g"}).empty());
        return 0;
    });
    CHECK(lot.billed() == 1);
}

TEST_CASE("a text of the very second in which a number was bought, as Twilio's list says it, is the buyer's")
{
    Lot lot;
    TwilioText text;
    text.sid = "SM1";
    text.from_number = lot.customer;
    text.to_number = lot.line.phone_number;
    text.body = "Hello";
    text.direction = "inbound";
    text.sent_at = {now().milliseconds / 1000 * 1000};
    auto const taken
        = lot.database->write(sql::Scope::routing(), [&](sql::Writer& db) { return take_text(db, lot.config, polled_text_item(text)); });
    CHECK(taken.organization_id == lot.line.organization_id);
}

TEST_CASE("a short code makes a text without a lead; a text to nobody's number is kept for a human")
{
    Lot lot;
    CHECK(lot.take({{"MessageSid", "SM1"}, {"From", "72345"}, {"To", lot.line.phone_number}, {"Body", "Your code is 1234"}}).state
        == Processed::Done);
    CHECK(lot.count([](sql::Reader& db) { return db.run("SELECT count(*) FROM leads"); }) == 0);
    CHECK(lot.count([](sql::Reader& db) { return db.run("SELECT count(*) FROM messages WHERE lead_id IS NULL"); }) == 1);

    for (int i = 0; i < 2; ++i)
        CHECK(lot.take({{"MessageSid", "SM2"}, {"From", lot.customer}, {"To", "+16045559999"}, {"Body", "Hello?"}}).state
            == Processed::Unrouted);
    CHECK(lot.count([](sql::Reader& db) {
        return db.run("SELECT count(*) FROM admin_notifications WHERE type = 'unrouted_message' AND status = 'pending'");
    }) == 1);
    CHECK(lot.take({{"Body", "no SID"}}).state == Processed::Failed);
}

TEST_CASE("states only move forward, whatever comes first, and what was sent is billed once")
{
    struct Step {
        char const* status;
        char const* code;
    };
    std::vector<Step> steps{{"queued", ""}, {"sending", ""}, {"sent", ""}, {"undelivered", "30003"}, {"delivered", ""}};
    std::sort(steps.begin(), steps.end(), [](Step const& a, Step const& b) { return std::string(a.status) < b.status; });
    do {
        Lot lot;
        auto const id = lot.send();
        for (auto const& [status, code] : steps) {
            CHECK(lot.take_status("SM9", status, code, id).state == Processed::Done);
            CHECK(lot.take_status("SM9", status, code, id).state == Processed::Done);
        }
        auto const text = lot.text(id);
        CHECK(text.state == "delivered");
        CHECK(text.twilio_sid == "SM9");
        CHECK(text.error.empty());
        CHECK(lot.billed() == 1);
    } while (
        std::next_permutation(steps.begin(), steps.end(), [](Step const& a, Step const& b) { return std::string(a.status) < b.status; }));
}

TEST_CASE("a text that failed says why, and is not billed; one of another SID is no news of ours")
{
    Lot lot;
    auto const id = lot.send();
    lot.take_status("SM9", "failed", "30034", id);
    lot.take_status("SM9", "sent", "", id);
    CHECK(lot.text(id).state == "failed");
    CHECK(lot.text(id).error == explain_text_error("30034"));
    CHECK(lot.billed() == 0);
    CHECK(lot.take_status("SM8", "delivered", "", id).state == Processed::Failed); // it would have been sent twice
    CHECK(lot.take_status("SM7", "delivered", "", "").state == Processed::Unrouted);
    CHECK(lot.take_status("SM9", "a state of next year", "", "").state == Processed::Done);
    CHECK(lot.text(id).twilio_sid == "SM9");
}

TEST_CASE("errors are said in words")
{
    for (auto const* code : {"30003", "30004", "30005", "30006", "30007", "30008", "30034", "21610", "21614", "21211", "30450"}) {
        auto const words = explain_text_error(code);
        CHECK(words.find(code) == std::string::npos);
        CHECK(words.ends_with('.'));
    }
    CHECK(explain_text_error("39999").find("39999") != std::string::npos);
    CHECK(explain_text_error("39999", "Something new").find("Something new") != std::string::npos);
    CHECK(explain_text_error("").ends_with('.'));
}

TEST_CASE("a STOP and a START count by Twilio's time, not by their arrival")
{
    Lot lot;
    auto const stop = [&](char const* sid) {
        lot.take({{"MessageSid", sid}, {"From", lot.customer}, {"To", lot.line.phone_number}, {"Body", "STOP"}});
    };
    auto const start = [&](char const* sid) {
        lot.take({{"MessageSid", sid}, {"From", lot.customer}, {"To", lot.line.phone_number}, {"Body", "START"}});
    };
    auto const is_blocked = [&] {
        auto const blocked = lot.database->read(sql::Scope::platform(),
            [&](sql::Reader& db) { return is_opted_out(db, lot.line.organization_id, lot.line.phone_number, lot.customer); });
        auto const shown = lot.count([](sql::Reader& db) { return db.run("SELECT opted_out FROM leads"); });
        CHECK(blocked == (shown == 1));
        return blocked;
    };
    auto const told = [&](std::string const& sid, Time at) {
        lot.database->write(sql::Scope::platform(), [&](sql::Writer& db) {
            for (auto const& opt_out : opt_outs_to_ask(db, now().plus_seconds(60), 10))
                if (opt_out.message_sid == sid) set_opt_out_time(db, opt_out, at);
        });
    };
    auto const noon = from_rfc3339("2026-06-10T12:00:00Z");
    SUBCASE("a START that came after, but was written before, opens nothing")
    {
        stop("SM1");
        start("SM2");
        CHECK(is_blocked()); // until Twilio has said when each was written
        told("SM1", noon.plus_seconds(10));
        told("SM2", noon);
        CHECK(is_blocked());
    }
    SUBCASE("a START that came before, but was written after, opens")
    {
        start("SM2");
        CHECK_FALSE(is_blocked());
        stop("SM1");
        CHECK(is_blocked());
        told("SM2", noon.plus_seconds(10));
        CHECK(is_blocked());
        told("SM1", noon);
        CHECK_FALSE(is_blocked());
    }
    SUBCASE("of the same second the STOP counts")
    {
        stop("SM1");
        start("SM2");
        told("SM1", noon);
        told("SM2", noon);
        CHECK(is_blocked());
    }
    SUBCASE("Twilio's refusal of a text is a STOP")
    {
        auto const id = lot.send();
        lot.take_status("SM9", "failed", "21610", id);
        lot.take_status("SM9", "failed", "21610", id);
        CHECK(is_blocked());
        CHECK(lot.count([](sql::Reader& db) { return db.run("SELECT count(*) FROM opt_outs"); }) == 1);
    }
}
