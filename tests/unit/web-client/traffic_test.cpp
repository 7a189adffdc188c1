#include "tests/unit/web-client/headless_console.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

using console::Role;
using Json = nlohmann::json;

static std::string const admin
    = R"({"user":{"id":"u1","email":"priya@dealerline.ca","role":"platform_admin"},"organizations":[],"rates":{"sms_segment":"0.0075"},"installation":{"simulated":true,"version":"1.0","build":"0123456789"}})";
static std::string const viewer
    = R"({"user":{"id":"u3","email":"eve@dealerline.ca","role":"platform_viewer"},"organizations":[],"installation":{"simulated":true,"version":"1.0","build":"0123456789"}})";

static void open(HeadlessConsole& console, char const* address, std::string const& session = admin)
{
    console.sign_in_as(session);
    console.go(address, false);
    console.serve();
}

static std::string told(HeadlessConsole& console, std::string const& key)
{
    for (auto const& node : console.app.mirror().nodes())
        if (node.key == key) return node.text;
    return {};
}

TEST_CASE("a text is counted as it is written, names what made it Unicode, and leaves once")
{
    HeadlessConsole console;
    open(console, "#/messages/o5/l0");
    CHECK(console.find(Role::Button, "Send")->disabled);
    console.type("Text", "See you at 11.");
    CHECK(told(console, "composer-segments") == "14 characters · 1 segment · $0.0075");
    console.type("Text", "See you at 11 – bring the title.");
    CHECK(told(console, "composer-segments-unicode") == "– makes it Unicode");
    console.type("Text", std::string(1600, 'x'));
    CHECK(console.find(Role::Button, "Send")->disabled);
    CHECK(told(console, "composer-segments").ends_with("Too long: at most 10"));

    console.type("Text", "See you at 11.");
    console.press("Send");
    console.frames();
    REQUIRE(console.sent.size() == 1);
    auto const request = console.sent.front().request;
    CHECK(request.path == "/api/organizations/o5/messages");
    CHECK(Json::parse(request.body) == Json{{"lead_id", "l0"}, {"body", "See you at 11."}});
    CHECK(request.key.size() == 36);
    console.press("Send"); // it is on its way
    CHECK(console.sent.size() == 1);

    SUBCASE("the same click keeps its key when nobody knows whether it arrived")
    {
        console.answer(0, "");
        CHECK(console.find(Role::Textbox, "Text")->value == "See you at 11.");
        console.sent.clear();
        console.press("Send");
        REQUIRE_FALSE(console.sent.empty());
        CHECK(console.sent.back().request.key == request.key);
    }
    SUBCASE("what never arrived stays written when the server is back")
    {
        console.answer(0, "");
        console.frames(120);
        console.serve();
        CHECK(console.find(Role::Textbox, "Text")->value == "See you at 11.");
    }
    SUBCASE("what is typed meanwhile stays")
    {
        console.type("Text", "See you at 11. Ask for Priya.");
        console.answer(201,
            R"({"message":{"id":"new","organization_id":"o5","lead_id":"l0","direction":"outbound","body":"See you at 11.","state":"queued","sent_at":"2026-11-18T18:26:40Z"}})");
        CHECK(console.find(Role::Textbox, "Text")->value == " Ask for Priya.");
    }
    SUBCASE("a proxy's answer says nothing of whether it arrived")
    {
        console.answer(504, "");
        console.sent.clear();
        console.press("Send");
        REQUIRE_FALSE(console.sent.empty());
        CHECK(console.sent.back().request.key == request.key);
    }
    SUBCASE("a refusal stands above what was written")
    {
        console.answer(422, R"({"error":{"code":"quiet_hours","message":"It is 10:40 PM there. It may go at 8:00 AM."}})");
        CHECK(console.says("It is 10:40 PM there. It may go at 8:00 AM."));
        CHECK(console.find(Role::Textbox, "Text")->value == "See you at 11.");
    }
    SUBCASE("what was sent is in the thread, and the field is empty")
    {
        console.answer(201,
            R"({"message":{"id":"new","organization_id":"o5","lead_id":"l0","direction":"outbound","body":"See you at 11.","state":"queued","sent_at":"2026-11-18T18:26:40Z"}})");
        CHECK(console.says("See you at 11."));
        CHECK(console.find(Role::Textbox, "Text")->value.empty());
    }
}

TEST_CASE("Ctrl Enter sends, Enter begins a line")
{
    HeadlessConsole console;
    open(console, "#/messages/o5/l0");
    console.type("Text", "Hello");
    console.app.on_mirror_event({platform::MirrorEvent::Kind::FocusedByKey, "composer", {}});
    console.frames();
    CHECK_FALSE(console.app.on_key("Enter", true));
    CHECK(console.sent.empty());
    CHECK(console.app.on_key("Ctrl+Enter", true));
    console.frames();
    CHECK(console.sent.size() == 1);
}

TEST_CASE("the palette offers to text a number, beside its own field")
{
    HeadlessConsole console;
    open(console, "#/organizations/o5");
    console.app.on_key("Ctrl+k", false);
    console.frames(3);
    CHECK(console.find(Role::Option, "Text a number"));
    CHECK(console.find(Role::Textbox, "Search or jump to"));
}

TEST_CASE("who opted out is not written to: the reason, who can undo it, and a call instead")
{
    HeadlessConsole console;
    open(console, "#/messages/o5/l6");
    CHECK_FALSE(console.find(Role::Textbox, "Text"));
    CHECK(console.says("Opted out. Texts to this number are off."));
    console.press("Call instead");
    console.serve();
    CHECK(console.find(Role::Dialog, "Call John Smith 6 at (604) 555-2006?"));
}

TEST_CASE("opening a thread reads it, once, and only for those who may")
{
    for (bool const may : {true, false}) {
        HeadlessConsole console;
        open(console, "#/messages/o5/l1", may ? admin : viewer);
        console.frames(30);
        console.serve();
        CHECK(std::count(console.asked.begin(), console.asked.end(), "POST /api/organizations/o5/leads/l1/read") == (may ? 1 : 0));
        CHECK((console.find(Role::Textbox, "Text") != nullptr) == may);
    }
}

TEST_CASE("a call asks first, says from where, and tells how it went")
{
    HeadlessConsole console;
    open(console, "#/organizations/o5/leads/l0");
    CHECK(console.app.on_key("c", false));
    console.serve();
    REQUIRE(console.find(Role::Dialog, "Call John Smith 0 at (604) 555-2000?"));
    CHECK(console.app.mirror().has_focus("reach-keep"));
    console.type("What it is about, for Jack", "The Tacoma arrived.");
    console.press("Call");
    REQUIRE(console.sent.size() == 1);
    CHECK(console.sent.front().request.path == "/api/organizations/o5/calls");
    CHECK(Json::parse(console.sent.front().request.body) == Json{{"lead_id", "l0"}, {"reason", "The Tacoma arrived."}});
    SUBCASE("placed")
    {
        console.answer(201, R"({"call":{"id":"a1","state":"placed","cause":null,"conversation_id":"c0","to_number":"+16045552000"}})");
        console.frames();
        CHECK_FALSE(console.find(Role::Dialog, "Call John Smith 0 at (604) 555-2000?"));
        CHECK(console.says("Jack is calling"));
        CHECK(console.find(Role::Link, "Open")->href == "#/organizations/o5/conversations/c0");
    }
    SUBCASE("refused by a rule: the dialog stays and says it")
    {
        console.answer(422, R"({"error":{"code":"quiet_hours","message":"It is too late there. It may ring from 9:00 AM."}})");
        CHECK(console.says("It is too late there. It may ring from 9:00 AM."));
        CHECK(console.find(Role::Button, "Call"));
    }
    SUBCASE("not answered")
    {
        console.answer(201,
            R"({"call":{"id":"a1","state":"failed","cause":"The number is busy.","conversation_id":null,"to_number":"+16045552000"}})");
        console.frames();
        CHECK(console.says("Nobody was called"));
        CHECK(console.says("The number is busy."));
    }
}

TEST_CASE("a lead gets its status by keyboard, from the board and from its page")
{
    HeadlessConsole console;
    open(console, "#/leads");
    console.app.on_mirror_event({platform::MirrorEvent::Kind::FocusedByKey, "board-0-l0", {}});
    console.frames();
    CHECK(console.app.on_key("ArrowDown", false));
    console.frames();
    CHECK(console.app.mirror().has_focus("board-0-l5"));
    CHECK(console.app.on_key("ArrowRight", false));
    console.frames();
    CHECK(console.app.mirror().has_focus("board-1-l6"));
    CHECK(console.app.on_key("m", false));
    console.serve();
    REQUIRE(console.find(Role::Dialog, "Status of John Smith 6"));
    CHECK(console.app.on_key("4", false));
    console.frames();
    REQUIRE_FALSE(console.sent.empty());
    CHECK(console.sent.front().request.method == "PATCH");
    CHECK(console.sent.front().request.path == "/api/organizations/o5/leads/l6");
    CHECK(Json::parse(console.sent.front().request.body) == Json{{"status", "Sold"}});
}

TEST_CASE("a note of several lines is added, and details are saved alone when they changed")
{
    HeadlessConsole console;
    open(console, "#/organizations/o5/leads/l0");
    CHECK(console.find(Role::Textbox, "Note")->multiline);
    console.type("Note", "Likes red.\nCall after five.");
    console.press("Add note");
    REQUIRE(console.sent.size() == 1);
    CHECK(Json::parse(console.sent.front().request.body) == Json{{"text", "Likes red.\nCall after five."}});
    console.answer(200, "{}");
    CHECK(console.find(Role::Textbox, "Note")->value.empty());
    console.serve();
    CHECK(console.find(Role::Button, "Save")->disabled);
    console.type("Wants", "A blue one");
    console.press("Save");
    REQUIRE_FALSE(console.sent.empty());
    CHECK(Json::parse(console.sent.back().request.body) == Json{{"interest", "A blue one"}});
}

TEST_CASE("a turn is jumped to, and is the current one")
{
    HeadlessConsole console;
    open(console, "#/organizations/o5/conversations/c0");
    console.press("0:18, Jack");
    auto const& nodes = console.app.mirror().nodes();
    auto const turn = std::find_if(nodes.begin(), nodes.end(), [](auto const& node) { return node.key == "turn-2"; });
    REQUIRE(turn != nodes.end());
    CHECK(turn->current);
    CHECK(console.says("(empty)"));
}

TEST_CASE("the feed is paused and goes on")
{
    HeadlessConsole console;
    open(console, "#/overview");
    auto const feed = [&] { return console.says("Call with Ana Ruiz, 2 min 40 s"); };
    CHECK(feed());
    CHECK(console.app.on_key(" ", false));
    console.frames();
    CHECK(console.says("Paused"));
    console.organizations = 0; // nothing happens any more
    console.app.on_event("change", R"({"kind":"message","organization_id":"o5","id":"m1"})");
    console.frames(80);
    console.serve();
    CHECK(feed());
    CHECK(console.app.on_key(" ", false));
    console.frames();
    CHECK_FALSE(feed());
}

TEST_CASE("traffic that changes asks for traffic alone")
{
    HeadlessConsole console;
    open(console, "#/messages/o5/l0");
    console.app.on_event("change", R"({"kind":"message","organization_id":"o5","id":"m1"})");
    console.frames(80);
    bool threads = false, messages = false, others = false;
    for (auto const& [request, reply] : console.sent) {
        threads |= request.path.starts_with("/api/threads?limit=100");
        messages |= request.path.starts_with("/api/organizations/o5/messages");
        others |= request.path.starts_with("/api/admin/notifications") || request.path == "/api/organizations/o5";
    }
    CHECK(threads);
    CHECK(messages);
    CHECK_FALSE(others);
}

TEST_CASE("the month of the usage is stepped, and its file is that of what is shown")
{
    HeadlessConsole console;
    open(console, "#/organizations/o5/usage");
    CHECK(console.says("November 2026"));
    CHECK(console.says("so far, about $1,084 by month end"));
    console.press("The month before");
    CHECK(console.history.back().first == "#/organizations/o5/usage?month=2026-10");
    console.serve();
    console.press("Ledger as CSV");
    CHECK(console.opened.back() == "/api/usage.csv?organization_id=o5&month=2026-10");
}

TEST_CASE("what could not be processed is replayed by those who may")
{
    {
        HeadlessConsole console;
        open(console, "#/inbox/i0");
        CHECK(console.says("It could not be processed"));
        console.press("Process again");
        REQUIRE(console.sent.size() == 1);
        CHECK(console.sent.front().request.path == "/api/admin/inbox/i0/replay");
    }
    HeadlessConsole other;
    open(other, "#/inbox/i0", viewer);
    CHECK_FALSE(other.find(Role::Button, "Process again"));
}

TEST_CASE("outbound is the platform's to allow, and settings send what changed")
{
    HeadlessConsole console;
    open(console, "#/organizations/o5/settings");
    console.type("The dealership's own phone", "+16045550100");
    console.press("Save");
    REQUIRE_FALSE(console.sent.empty());
    CHECK(Json::parse(console.sent.front().request.body) == Json{{"forwarding_number", "+16045550100"}});
    console.answer(422,
        R"({"error":{"code":"destination_not_allowed","message":"Calls go to Canada and the United States.","field":"forwarding_number"}})");
    CHECK(console.find(Role::Textbox, "The dealership's own phone")->invalid);
    console.press("Allow calls and texts to people who did not write first");
    REQUIRE_FALSE(console.sent.empty());
    CHECK(Json::parse(console.sent.back().request.body) == Json{{"outbound_allowed", true}});
}
