#include "tests/unit/web-client/headless_console.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <set>

using console::Role;
using Place = HeadlessConsole::Place;

static char const* const admin = R"({"user":{"id":"u1","email":"priya@dealerline.ca","role":"platform_admin"},"organizations":[]})";
static char const* const refused
    = R"({"error":{"code":"wrong_password","message":"That e-mail and password do not match. Check both and try again."}})";

TEST_CASE("the console asks who is signed in and shows nothing before it knows")
{
    HeadlessConsole console;
    console.frames();
    REQUIRE(console.sent.size() == 1);
    CHECK(console.sent.front().request.method == "GET");
    CHECK(console.sent.front().request.path == "/api/session");
    CHECK(console.app.mirror().nodes().empty());

    SUBCASE("a session that is still good needs no sign-in")
    {
        console.answer(200, admin);
        CHECK(console.app.mirror().nodes().empty()); // what the first picture shows is asked for
        SUBCASE("the first picture shows what was asked for")
        {
            console.serve();
            CHECK(console.says("Platform admin"));
        }
        SUBCASE("but does not wait for it long")
        {
            console.frames(12);
        }
        CHECK(console.says("priya@dealerline.ca"));
        CHECK(console.says("Platform admin"));
        CHECK(console.listening);
    }
    SUBCASE("without a session the sign-in screen comes, and no complaint with it")
    {
        console.begin_signed_out();
        CHECK(console.find(Role::Heading, "Sign in to Dealerline"));
        CHECK(console.title == "Sign in · Dealerline");
        CHECK_FALSE(console.says("Sign in first."));
    }
    SUBCASE("a server that cannot be reached is said so")
    {
        console.answer(0, "");
        CHECK(console.find(Role::Alert, "The server did not answer. Check the connection and try again."));
    }
    SUBCASE("an answer that is no JSON is said so")
    {
        console.answer(502, "<html>Bad gateway</html>");
        CHECK(console.find(Role::Alert, "The server answered with status 502 and no explanation. Try again in a minute."));
    }
}

TEST_CASE("signing in on the page")
{
    HeadlessConsole console;
    console.begin_signed_out();
    auto const* email = console.find(Role::Textbox, "E-mail");
    auto const* password = console.find(Role::Textbox, "Password");
    REQUIRE(email);
    REQUIRE(password);
    CHECK(email->autocomplete == "username");
    CHECK(console.app.mirror().has_focus(email->key));
    CHECK(password->input == "password");
    CHECK(password->autocomplete == "current-password");
    CHECK(console.find(Role::Button, "Sign in")->submits);
    CHECK(console.find(Role::Link, "Get a line")->href == "/signup");

    console.type("E-mail", "priya@dealerline.ca");
    console.type("Password", "correct \"horse\" é");
    console.press("Sign in");
    REQUIRE(console.sent.size() == 1);
    auto const request = console.sent.front().request;
    CHECK(request.method == "POST");
    CHECK(request.path == "/api/session");
    auto const body = nlohmann::json::parse(request.body);
    CHECK(body.at("email") == "priya@dealerline.ca");
    CHECK(body.at("password") == "correct \"horse\" é");

    SUBCASE("while it is on its way a second press does nothing")
    {
        CHECK(console.find(Role::Button, "Sign in")->busy);
        console.press("Sign in");
        CHECK(console.sent.size() == 1);
    }
    SUBCASE("a refusal is one sentence at the password, which gets the focus and keeps its text")
    {
        console.answer(401, refused);
        CHECK(console.find(Role::Alert, "That e-mail and password do not match. Check both and try again."));
        password = console.find(Role::Textbox, "Password");
        CHECK(password->invalid);
        CHECK(password->value == "correct \"horse\" é");
        CHECK(password->described_by == "sign-in-problem");

        SUBCASE("and goes away with the next try")
        {
            console.press("Sign in");
            CHECK_FALSE(console.find(Role::Textbox, "Password")->invalid);
            CHECK(console.sent.size() == 1);
        }
    }
    SUBCASE("success shows who is signed in, and signing out forgets what was typed")
    {
        console.answer(200, admin);
        console.serve();
        REQUIRE(console.says("priya@dealerline.ca"));
        console.press("You: priya@dealerline.ca, Platform admin. Sign out, theme, keys");
        console.press("Sign out");
        REQUIRE(console.sent.size() == 1);
        CHECK(console.sent.front().request.method == "DELETE");

        SUBCASE("when the server agrees")
        {
            console.answer(204, "");
            CHECK(console.find(Role::Textbox, "E-mail")->value.empty());
            CHECK(console.find(Role::Textbox, "Password")->value.empty());
        }
        SUBCASE("but not when the server could not be asked")
        {
            console.answer(0, "");
            CHECK(console.says("You are still signed in"));
            CHECK(console.says("priya@dealerline.ca"));
        }
    }
    SUBCASE("an answer without a user makes the console ask who it is")
    {
        console.answer(204, "");
        REQUIRE(console.sent.size() == 1);
        CHECK(console.sent.front().request.method == "GET");
        console.answer(200, admin);
        CHECK(console.says("priya@dealerline.ca"));
    }
}

TEST_CASE("the password can be shown and hidden")
{
    HeadlessConsole console;
    console.begin_signed_out();
    CHECK(console.find(Role::Button, "Show password")->pressed == false);
    console.press("Show password");
    CHECK(console.find(Role::Textbox, "Password")->input == "text");
    CHECK(console.find(Role::Button, "Show password")->pressed == true);
}

TEST_CASE("on the page a press is the element's alone")
{
    HeadlessConsole console;
    console.begin_signed_out();
    auto const button = *console.find(Role::Button, "Sign in");
    console.click(button.x + button.w / 2, button.y + button.h / 2);
    CHECK(console.sent.empty()); // the element's own click comes as an event; both together would sign in twice
}

TEST_CASE("on the desktop keyboard and mouse sign in")
{
    HeadlessConsole console(Place::Desktop);
    console.begin_signed_out();
    console.frames();
    console.keys("priya@dealerline.ca");
    auto const password = *console.find(Role::Textbox, "Password");
    console.click(password.x + 60, password.y + password.h / 2);
    console.keys("correct horse");

    SUBCASE("with Enter in a field")
    {
        console.tap(ImGuiKey_Enter);
    }
    SUBCASE("with the button")
    {
        auto const button = *console.find(Role::Button, "Sign in");
        console.click(button.x + button.w / 2, button.y + button.h / 2);
    }
    REQUIRE(console.sent.size() == 1);
    CHECK(console.sent.front().request.body == R"({"email":"priya@dealerline.ca","password":"correct horse"})");
    CHECK(console.shown.empty());

    console.answer(401, refused);
    CHECK(console.find(Role::Textbox, "Password")->value == "correct horse");
}

TEST_CASE("on the desktop the link asks for the page")
{
    HeadlessConsole console(Place::Desktop);
    console.begin_signed_out();
    auto const link = *console.find(Role::Link, "Get a line");
    console.click(link.x + link.w / 2, link.y + link.h / 2);
    CHECK(console.opened == std::vector<std::string>{"/signup"});
}

TEST_CASE("everything is inside the window from the smallest phone up, in both themes")
{
    for (ImVec2 const size : {ImVec2{320, 568}, ImVec2{390, 844}, ImVec2{640, 480}, ImVec2{1440, 900}, ImVec2{2560, 1440}}) {
        for (bool const dark : {false, true}) {
            CAPTURE(size.x);
            HeadlessConsole console(Place::Page, size);
            console.dark = dark;
            console.begin_signed_out();
            console.press("Sign in");
            console.answer(401, refused);
            std::set<std::string> keys;
            for (auto const& node : console.app.mirror().nodes()) {
                CAPTURE(node.key);
                CHECK(keys.insert(node.key).second);
                CHECK(node.x >= 0);
                CHECK(node.x + node.w <= size.x);
            }
        }
    }
}

TEST_CASE("in a window that is too low the focus brings its field into sight")
{
    HeadlessConsole console(Place::Desktop, {640, 240});
    console.begin_signed_out();
    REQUIRE(console.find(Role::Button, "Sign in")->y > 240);
    for (int presses = 0; presses < 3; ++presses)
        console.tap(ImGuiKey_Tab);
    auto const revealed = *console.find(Role::Button, "Sign in");
    CHECK(console.app.mirror().has_focus("sign-in-submit"));
    CHECK(revealed.y >= 0);
    CHECK(revealed.y + revealed.h <= 240);
}

TEST_CASE("at rest nothing asks to be drawn again")
{
    HeadlessConsole console;
    console.begin_signed_out();
    CHECK(std::isinf(console.app.next_change()));
    console.press("Sign in");
    CHECK(console.app.next_change() <= 0.4); // the spinner that comes when it takes long
    console.frames(60);
    CHECK(console.app.next_change() < 0.1);
    console.answer(401, refused);
    CHECK(std::isinf(console.app.next_change()));
}

TEST_CASE("the mirror is told as JSON, in the order it is read")
{
    HeadlessConsole console;
    console.begin_signed_out();
    console.app.mirror().forget_shown();
    console.frames(1);
    auto const nodes = nlohmann::json::parse(console.shown);
    std::vector<std::string> roles;
    for (auto const& node : nodes)
        roles.push_back(node.at("role"));
    CHECK(roles
        == std::vector<std::string>{"main", "scroller", "heading", "text", "form", "label", "textbox", "label", "textbox", "button",
            "button", "text", "link", "text"});
    CHECK(nodes.at(6).at("parent") == nodes.at(4).at("id"));
    CHECK(nodes.at(12).at("href") == "/signup");
}

TEST_CASE("the mirror's JSON holds any text and any length")
{
    console::Mirror mirror;
    mirror.start_frame();
    std::string const text = "\"quoted\" back\\slash \x01\x1f\n\t / é 山";
    mirror.add({.role = Role::Text, .key = text, .text = text, .x = -0.25f, .y = -12.5f, .w = 7, .h = 100000.07f, .left = 0.1f});
    mirror.add({.role = Role::Button, .key = "plain", .pressed = false, .expanded = true});
    auto const nodes = nlohmann::json::parse(mirror.changes());
    CHECK(nodes.at(0).at("key") == text);
    CHECK(nodes.at(0).at("text") == text);
    CHECK(nodes.at(0).at("x") == -0.25);
    CHECK(nodes.at(0).at("y") == -12.5);
    CHECK(nodes.at(0).at("w") == 7);
    CHECK(nodes.at(0).at("h") == doctest::Approx(100000.07));
    CHECK(nodes.at(0).at("left") == doctest::Approx(0.1));
    CHECK(nodes.at(1).at("pressed") == false);
    CHECK(nodes.at(1).at("expanded") == true);
    CHECK(nodes.at(1).contains("x") == false);
}

TEST_CASE("the mirror tells what changed, and elements of what is gone stand for what came in the same place")
{
    console::Mirror mirror;
    auto const tell = [&](std::vector<console::MirrorNode> rows) {
        mirror.start_frame();
        mirror.open({.role = Role::Table, .key = "table"});
        for (auto& row : rows)
            mirror.add(std::move(row));
        mirror.close();
        auto const changes = mirror.changes();
        return changes.empty() ? nlohmann::json() : nlohmann::json::parse(changes);
    };
    auto const row = [](char const* key, char const* text) { return console::MirrorNode{.role = Role::Row, .key = key, .text = text}; };

    auto const first = tell({row("a", "one"), row("b", "two")});
    auto const table = first.at(0).at("id"), a = first.at(1).at("id"), b = first.at(2).at("id");
    CHECK(first.at(2) == nlohmann::json{{"id", b}, {"role", "row"}, {"parent", table}, {"key", "b"}, {"text", "two"}});
    CHECK(tell({row("a", "one"), row("b", "two")}).is_null());

    auto marked = row("b", "two");
    marked.busy = true;
    marked.selected = false;
    CHECK(tell({row("a", "one"), marked}) == nlohmann::json{table, a, {{"id", b}, {"busy", true}, {"selected", false}}});
    CHECK(tell({row("a", "one"), row("b", "")})
        == nlohmann::json{table, a, {{"id", b}, {"text", ""}, {"busy", nullptr}, {"selected", nullptr}}});

    // "a" is gone and "c" has come below "b": its element goes there.
    CHECK(tell({row("b", ""), row("c", "one")}) == nlohmann::json{table, b, {{"id", a}, {"key", "c"}}});

    // Another kind of thing under the same key, and one in another container, are new elements.
    auto const changed = tell({{.role = Role::Button, .key = "b"}, row("d", "one")});
    CHECK(changed.at(1).at("id") > b);
    CHECK(changed.at(1).at("role") == "button");
    CHECK(changed.at(2) == nlohmann::json{{"id", a}, {"key", "d"}});
    mirror.start_frame();
    mirror.add(row("e", "one"));
    auto const moved = nlohmann::json::parse(mirror.changes());
    CHECK(moved.at(0).at("id") > changed.at(1).at("id"));
    CHECK_FALSE(moved.at(0).contains("parent"));
}
