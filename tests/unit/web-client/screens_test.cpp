#include "tests/unit/web-client/headless_console.h"

#include "build/generated/embedded_fonts.h"
#include "build/generated/icon_codes.h"
#include "web-client/platform/item_hooks.h"

#include <doctest/doctest.h>
#include <imgui_internal.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>

using console::Role;
using Place = HeadlessConsole::Place;

static std::string const admin
    = R"({"user":{"id":"u1","email":"priya@dealerline.ca","role":"platform_admin"},"organizations":[],"installation":{"simulated":true,"version":"1.0","build":"0123456789"}})";
static std::string const member
    = R"({"user":{"id":"u2","email":"ivy@premium.test","role":"none"},"organizations":[{"id":"o5","name":"Premium Auto Sales","role":"admin"}],"installation":{"simulated":true,"version":"1.0","build":"0123456789"}})";
static char const* const addresses[] = {"#/overview", "#/notifications", "#/notifications/w0", "#/notifications/w1", "#/notifications/w2",
    "#/notifications?status=resolved", "#/organizations", "#/organizations/o5", "#/organizations/o1", "#/organizations/o5/settings",
    "#/numbers", "#/drift", "#/nowhere", "#/conversations", "#/conversations?search=tacoma", "#/organizations/o5/conversations",
    "#/organizations/o5/conversations/c0", "#/organizations/o5/conversations/c1", "#/organizations/o5/conversations/c4", "#/messages",
    "#/messages/o5/l0", "#/messages/o5/l6", "#/organizations/o5/messages", "#/organizations/o5/messages/l1", "#/leads",
    "#/leads?view=table", "#/organizations/o5/leads", "#/organizations/o5/leads/l0", "#/organizations/o5/leads/l3", "#/usage",
    "#/organizations/o5/usage?kind=texts", "#/inbox", "#/inbox/i0", "#/inbox/i3"};

// All words of the nodes that are not names only, against all words that reached the canvas, place by place.
static void check_mirror(HeadlessConsole& console)
{
    auto const& nodes = console.app.mirror().nodes();
    for (auto const& run : console.drawn) {
        CAPTURE(run.text);
        CAPTURE(run.x);
        CAPTURE(run.middle);
        auto words = run.text;
        if (words.ends_with("…") && words.size() > 3 && words != "Search or jump to…" && !words.starts_with("Dismiss…")
            && words != "Release…" && words != "Switch off…" && words != "Close…")
            words.resize(words.size() - 3);
        bool const found = std::any_of(nodes.begin(), nodes.end(), [&](auto const& node) {
            // What the canvas leaves out, an element has to show; what it draws, none may.
            if (run.by_element == node.colour.empty()) return false;
            return node.text.find(words) != std::string::npos && run.x >= node.x - 1 && run.x <= node.x + node.w + 1
                && run.middle >= node.y - 1 && run.middle <= node.y + node.h + 1;
        });
        CHECK(found);
    }
    for (auto const& node : nodes) {
        if (node.text.empty()) continue;
        CAPTURE(node.key);
        CAPTURE(node.text);
        std::string drawn;
        for (auto const& run : console.drawn)
            if (run.x >= node.x - 1 && run.x <= node.x + node.w + 1 && run.middle >= node.y - 1 && run.middle <= node.y + node.h + 1)
                drawn += run.text + ' ';
        // Cut texts are told whole; breaks inside a word are no spaces.
        auto const begins = drawn.substr(0, drawn.find("…"));
        auto const squeezed = [](std::string text) {
            std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
            return text;
        };
        bool const whole = squeezed(drawn).find(squeezed(node.text)) != std::string::npos;
        bool const cut = begins.size() < drawn.size() && !begins.empty() && node.title == node.text;
        CHECK((whole || cut));
    }
}

static void check_names(HeadlessConsole& console)
{
    std::set<std::string> keys;
    for (auto const& node : console.app.mirror().nodes()) {
        CAPTURE(node.key);
        CHECK(keys.insert(node.key).second);
        bool const is_control = node.role == Role::Button || node.role == Role::Link || node.role == Role::Textbox || node.role == Role::Tab
            || node.role == Role::Option;
        bool const labelled = node.role == Role::Textbox && console.find(Role::Textbox, node.key) == nullptr
            && std::any_of(console.app.mirror().nodes().begin(), console.app.mirror().nodes().end(),
                [&](auto const& other) { return other.role == Role::Label && other.target == node.key; });
        if (is_control) CHECK((!node.text.empty() || !node.label.empty() || !node.title.empty() || labelled));
        CHECK(node.x >= -1);
        CHECK(node.x + node.w <= ImGui::GetIO().DisplaySize.x + 1);
    }
}

// Every item of Dear ImGui has its node: what a mouse can press, the mirror tells.
static void check_items(HeadlessConsole& console)
{
    std::vector<unsigned> items;
    platform::recorded_items = &items;
    ImGui::GetCurrentContext()->TestEngineHookItems = true;
    console.frames(1);
    platform::recorded_items = nullptr;
    auto* const window = ImGui::FindWindowByName("console");
    std::set<unsigned> told{window->MoveId, window->ID};
    for (auto const& node : console.app.mirror().nodes())
        for (auto const& name : {node.key, "##" + node.key, node.key + "-bar"})
            told.insert(window->GetID(name.c_str()));
    // A field of several lines is a window of its own, with a scrollbar.
    for (auto* child : ImGui::GetCurrentContext()->Windows)
        if (child->ParentWindow == window)
            told.insert({child->ID, child->MoveId, child->ChildId, ImGui::GetWindowScrollbarID(child, ImGuiAxis_Y)});
    CHECK_FALSE(items.empty());
    for (unsigned const item : items) {
        CAPTURE(item);
        CAPTURE(window->ID);
        CHECK(told.contains(item));
    }
}

TEST_CASE("every item that the mouse can press is told")
{
    for (auto const place : {Place::Page, Place::Desktop}) {
        HeadlessConsole console(place);
        console.sign_in_as(admin);
        for (auto const* address : addresses) {
            CAPTURE(std::string(address));
            console.go(address, false);
            console.serve();
            check_items(console);
        }
        for (auto const* key : {"Ctrl+k", "?"}) {
            REQUIRE(console.app.on_key(key, false));
            console.frames(4);
            check_items(console);
            console.app.on_key("Escape", false);
            console.frames(4);
        }
    }
}

TEST_CASE("every screen in every size and theme tells what it draws, names its controls and stays inside the window")
{
    for (ImVec2 const size :
        {ImVec2{390, 844}, ImVec2{640, 800}, ImVec2{880, 700}, ImVec2{1000, 700}, ImVec2{1440, 900}, ImVec2{2560, 1440}}) {
        for (bool const dark : {false, true}) {
            HeadlessConsole console(Place::Page, size);
            console.dark = dark;
            console.contrast = dark && size.x > 2000;
            console.sign_in_as(admin);
            for (auto const* address : addresses) {
                CAPTURE(size.x);
                CAPTURE(std::string(address));
                console.go(address, false);
                console.serve();
                check_mirror(console);
                check_names(console);
                CHECK(console.rests());
            }
        }
    }
}

TEST_CASE("a name in another script is left to its element, which shows it, on every screen and in every size")
{
    for (std::string const name : {"列治文汽车行", "معرض السيارات", "ਪੰਜਾਬ ਮੋਟਰਜ਼", "Speedy 🚗 Auto",
             "A very long name 列治文汽车行 that has no room anywhere at all, not even here"}) {
        for (ImVec2 const size : {ImVec2{390, 844}, ImVec2{880, 700}, ImVec2{1440, 900}}) {
            HeadlessConsole console(Place::Page, size);
            console.name_of_first = name;
            console.sign_in_as(admin);
            CAPTURE(name);
            CAPTURE(size.x);
            for (auto const* address : {"#/overview", "#/notifications/w0", "#/organizations", "#/organizations/o0",
                     "#/organizations/o0/settings", "#/numbers", "#/conversations", "#/organizations/o5/conversations/c0",
                     "#/messages/o5/l0", "#/leads?view=table", "#/organizations/o5/leads/l0"}) {
                CAPTURE(std::string(address));
                console.go(address, false);
                console.serve();
                check_mirror(console);
                check_names(console);
                bool shown = false;
                for (auto const& node : console.app.mirror().nodes()) {
                    shown |= !node.colour.empty() && node.text.find(name) != std::string::npos;
                    shown |= node.role == Role::Textbox && node.value == name && !node.hidden_text;
                }
                CHECK(shown);
                CHECK(console.rests());
            }
        }
    }
}

TEST_CASE("on the desktop a font that the machine has draws what ours lack, in every face")
{
    HeadlessConsole console(Place::Desktop);
    console.font_of_machine = platform::SystemFont{embedded_fonts::icons, 1};
    console.name_of_first = icon::store; // a character that only this font has
    console.sign_in_as(admin);
    console.go("#/organizations/o0", false);
    console.serve();
    console.frames(10);
    CHECK(console.fonts_asked_for.size() == 1);
    ImGui::NewFrame();
    auto* const atlas = ImGui::GetIO().Fonts;
    int having = 0;
    for (auto* font : atlas->Fonts)
        having += font->IsGlyphInFont(console.fonts_asked_for.front());
    CHECK(having == 6); // the five for text, and the icons' own
    ImGui::EndFrame();
    console.go("#/organizations", false);
    console.serve();
    CHECK(console.says(icon::store));
}

TEST_CASE("a name that shows itself does not shine through a dialog that lies over it")
{
    HeadlessConsole console;
    console.name_of_first = "列治文汽车行";
    console.sign_in_as(admin);
    console.go("#/organizations", false);
    console.serve();
    auto const is_seen = [&] {
        console.app.mirror().forget_shown();
        console.frames(1);
        return console.shown.find(R"("colour")") != std::string::npos;
    };
    CHECK(is_seen());
    console.app.on_event("session_ended", "{}");
    console.frames();
    CHECK_FALSE(is_seen());
}

TEST_CASE("on the desktop the machine is asked once for a font with the characters that ours lack")
{
    HeadlessConsole console(Place::Desktop);
    console.name_of_first = "列治";
    console.sign_in_as(admin);
    console.go("#/organizations", false);
    console.serve();
    console.frames(10);
    CHECK(console.fonts_asked_for == std::vector<unsigned>{0x5217, 0x6CBB});
    CHECK(console.rests());
    CHECK(ImGui::GetFont()->FallbackChar == 0x25A1);
    for (auto const& run : console.drawn)
        CHECK_FALSE(run.by_element);
}

static std::vector<console::MirrorNode> buttons_of(HeadlessConsole& console, std::string const& prefix)
{
    std::vector<console::MirrorNode> found;
    for (auto const& node : console.app.mirror().nodes())
        if (node.role == Role::Button && node.key.starts_with(prefix)) found.push_back(node);
    return found;
}

TEST_CASE("the buttons below a notification stand beside each other in every width, and toasts keep off them")
{
    for (float const width : {320.0f, 390.0f, 640.0f, 880.0f, 1000.0f, 1440.0f}) {
        for (auto const* address : {"#/notifications/w0", "#/notifications/w2"}) {
            HeadlessConsole console(Place::Page, {width, 700});
            CAPTURE(width);
            console.sign_in_as(admin);
            console.go(address, false);
            console.serve();
            if (console.find(Role::Button, "Copy +16045551000")) console.press("Copy +16045551000");
            auto const buttons = buttons_of(console, "detail-");
            REQUIRE(buttons.size() == 4);
            auto const apart
                = [](auto const& a, auto const& b) { return a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y; };
            for (auto const& button : buttons) {
                CAPTURE(button.text);
                CHECK(button.x >= 0);
                CHECK(button.x + button.w <= width);
                for (auto const& other : buttons)
                    CHECK((button.key == other.key || apart(button, other)));
                for (auto const& node : console.app.mirror().nodes())
                    if (node.key.starts_with("toast-") && node.w > 0) CHECK(apart(button, node));
            }
        }
    }
}

TEST_CASE("what stands below an organisation's name keeps off its button")
{
    for (float const width : {640.0f, 760.0f, 880.0f, 1000.0f, 1440.0f}) {
        HeadlessConsole console(Place::Page, {width, 700});
        CAPTURE(width);
        console.sign_in_as(admin);
        console.go("#/organizations/o1", false);
        console.serve();
        auto const buttons = buttons_of(console, "organization-retry");
        REQUIRE(buttons.size() == 1);
        for (auto const* key : {"organization-slug", "organization-email", "organization-zone"})
            for (auto const& node : console.app.mirror().nodes())
                if (node.key == key) CHECK((node.x + node.w <= buttons[0].x || node.y >= buttons[0].y + buttons[0].h));
    }
}

TEST_CASE("an address that leads nowhere says so, also below a page that is there")
{
    HeadlessConsole console;
    console.sign_in_as(admin);
    for (auto const* address : {"#/overview/x", "#/numbers/x", "#/organizations/o5/nonsense", "#/organizations/o5/settings/x",
             "#/conversations/x", "#/leads/x", "#/messages/x", "#/usage/x", "#/organizations/o5/usage/x", "#/organizations/o5/leads/l0/x",
             "#/inbox/i0/x", "#/notifications/w0/x", "#garbage", "#/nowhere"}) {
        CAPTURE(std::string(address));
        console.go(address, false);
        console.serve();
        CHECK(console.says("There is nothing at this address"));
        CHECK(console.title == "Dealerline");
    }
    for (auto const* address : {"#", "#/", ""}) {
        CAPTURE(std::string(address));
        console.go(address, false);
        console.serve();
        CHECK(console.history.back().first == "#/overview");
    }
}

TEST_CASE("after a decision the focus is on the heading, not nowhere")
{
    HeadlessConsole console;
    console.sign_in_as(admin);
    console.go("#/notifications/w0", false);
    console.serve();
    console.app.on_mirror_event({platform::MirrorEvent::Kind::FocusedByKey, "detail-resolve", {}});
    console.press("Resolve");
    REQUIRE(console.sent.size() == 1);
    console.answer(200, "{}");
    console.notification_status = "resolved";
    console.frames(30);
    console.serve();
    CHECK_FALSE(console.find(Role::Button, "Resolve"));
    CHECK(console.app.mirror().has_focus("notification-title"));
}

TEST_CASE("a toast stays while the mouse is on it or the focus in it, and goes after that")
{
    HeadlessConsole console;
    console.sign_in_as(admin);
    console.go("#/numbers", false);
    console.serve();
    console.press("Copy +16045551000");
    auto const toasts = [&] { return console.app.state().toasts.size(); };
    REQUIRE(toasts() == 1);
    auto const key = "toast-" + std::to_string(console.app.state().toasts[0].id);
    SUBCASE("the mouse")
    {
        for (auto const& node : console.app.mirror().nodes())
            if (node.key == key) ImGui::GetIO().AddMousePosEvent(node.x + 20, node.y + 20);
        console.frames(10 * 60);
        CHECK(toasts() == 1);
        ImGui::GetIO().AddMousePosEvent(5, 5);
    }
    SUBCASE("the focus")
    {
        console.app.on_mirror_event({platform::MirrorEvent::Kind::FocusedByKey, key + "-close", {}});
        console.frames(10 * 60);
        CHECK(toasts() == 1);
        console.app.on_mirror_event({platform::MirrorEvent::Kind::Blurred, key + "-close", {}});
    }
    console.frames(3 * 60);
    CHECK(toasts() == 0);
}

TEST_CASE("what could not be loaded is not counted, and a wrong filter has a way out")
{
    HeadlessConsole console;
    console.status_code = "422";
    console.history.back().first = "#/organizations?sort=colour";
    console.app.on_address();
    console.sign_in_as(admin);
    CHECK(console.find(Role::Button, "All"));
    CHECK_FALSE(console.find(Role::Button, "All 0"));
    console.status_code.clear();
    console.press("Clear the filter");
    console.serve();
    CHECK(console.history.back().first == "#/organizations");
    CHECK(console.find(Role::Button, "All 30"));
}

TEST_CASE("what was wrong with a field only because the server was away is forgotten when it is back")
{
    HeadlessConsole console;
    console.sign_in_as(admin);
    console.go("#/notifications/w0", false);
    console.serve();
    console.type("ElevenLabs phone id", "phone_1");
    console.press("Activate");
    console.answer(0, "");
    CHECK(console.find(Role::Textbox, "ElevenLabs phone id")->invalid);
    console.frames(80);
    console.serve();
    CHECK_FALSE(console.find(Role::Textbox, "ElevenLabs phone id")->invalid);
    CHECK(console.find(Role::Textbox, "ElevenLabs phone id")->value == "phone_1");
}

TEST_CASE("of the stream and the answers, the one that comes back first brings the other")
{
    HeadlessConsole console;
    console.sign_in_as(admin);
    console.go("#/overview", false);
    console.serve();
    console.app.on_event("open", {});
    console.app.on_event("lost", {});
    console.frames();
    while (!console.sent.empty())
        console.answer(0, "");
    for (int tries = 0; tries < 5; ++tries) { // until it waits for longer than this test
        console.frames(60 << tries);
        while (!console.sent.empty())
            console.answer(0, "");
    }
    CHECK(console.says("The server does not answer. We try again by ourselves; nothing that you typed is lost."));

    SUBCASE("an answer")
    {
        int const before = console.listens;
        console.frames(15 * 60);
        console.serve();
        CHECK_FALSE(console.says("The server does not answer. We try again by ourselves; nothing that you typed is lost."));
        CHECK(console.listens == before + 1);
        CHECK(console.listening);
    }
    SUBCASE("the stream")
    {
        console.app.on_event("open", {});
        console.frames(1);
        CHECK_FALSE(console.sent.empty());
        console.serve();
        CHECK_FALSE(console.says("The server does not answer. We try again by ourselves; nothing that you typed is lost."));
        CHECK(console.app.next_change() > 10);
    }
}

TEST_CASE("a snapshot counts to its own time, and the providers' states begin on one line")
{
    HeadlessConsole console;
    console.sign_in_as(
        R"({"user":{"id":"","email":"","role":"platform_viewer"},"organizations":[],"installation":{"simulated":true,"version":"1.0","build":"","snapshot_at":"2026-11-15T17:00:00Z"}})");
    console.go("#/overview", false);
    console.serve();
    CHECK(console.says("Oldest waits 24 h"));
    std::set<float> lines;
    for (auto const& node : console.app.mirror().nodes())
        if (node.key.starts_with("provider-") && node.key.ends_with("-state")) lines.insert(node.x);
    CHECK(lines.size() == 1);
}

TEST_CASE("a provider's row says how it did, when it last answered, and until when it is left alone")
{
    HeadlessConsole console;
    console.sign_in_as(admin);
    console.go("#/overview", false);
    console.serve();
    CHECK(console.says("None of 120 failed · last answer 6 min ago"));
    CHECK(console.says("1 of 40 failed · last answer 6 min ago"));
    CHECK(console.says("None of 9 failed · last answer just now"));
    CHECK(console.says("Left alone until 3:07:00 AM"));
    int records = 0;
    for (auto const& node : console.app.mirror().nodes())
        records += node.key.starts_with("provider-") && node.key.ends_with("-record");
    CHECK(records == 3); // of the fourth nothing is known
    console.present += 21'000;
    console.frames();
    CHECK_FALSE(console.says("Left alone until 3:07:00 AM"));
}

TEST_CASE("an answer that takes long is said to, until it comes")
{
    HeadlessConsole console;
    console.sign_in_as(admin);
    std::string const late = "The server is slow to answer. We go on waiting; nothing that you typed is lost.";
    console.go("#/numbers", false);
    console.frames();
    REQUIRE_FALSE(console.sent.empty());
    CHECK_FALSE(console.says(late));
    CHECK(console.app.next_change() <= 8);
    console.frames(8 * 60);
    CHECK(console.says(late));
    check_mirror(console);
    console.serve();
    CHECK_FALSE(console.says(late));
    CHECK(console.rests());
}

TEST_CASE("the palette says that it could not search, and searches when the server is back")
{
    HeadlessConsole console;
    console.sign_in_as(admin);
    REQUIRE(console.app.on_key("Ctrl+k", false));
    console.frames();
    console.app.on_mirror_event({platform::MirrorEvent::Kind::Typed, "palette-text", "dealer 7"});
    console.frames();
    REQUIRE(console.sent.size() == 1);
    console.answer(0, "");
    CHECK(console.says("Could not search. The server does not answer."));
    CHECK_FALSE(console.says("Nothing is called that."));
    check_mirror(console);
    console.frames(80); // it is asked whether it is back
    console.serve();
    CHECK_FALSE(console.says("Could not search. The server does not answer."));
    CHECK(console.says("Dealer 7 Motors"));
    CHECK(console.app.next_change() > 0);
}

TEST_CASE("dialogs tell what they draw, and cover what lies below")
{
    for (ImVec2 const size : {ImVec2{390, 844}, ImVec2{1440, 900}}) {
        for (auto const* key : {"Ctrl+k", "?"}) {
            HeadlessConsole console(Place::Page, size);
            console.sign_in_as(admin);
            CAPTURE(key);
            CAPTURE(size.x);
            REQUIRE(console.app.on_key(key, false));
            console.frames(4);
            auto const& nodes = console.app.mirror().nodes();
            CHECK(nodes.front().inert);
            CHECK(console.find(Role::Dialog, *key == '?' ? "Keys" : "Search or jump to"));
            check_names(console);
            // The page's keys are off, Escape closes.
            CHECK_FALSE(console.app.on_key("j", false));
            CHECK(console.app.on_key("Escape", true));
            console.frames(4);
            CHECK_FALSE(console.app.mirror().nodes().front().inert);
        }
    }
}

TEST_CASE("what cannot be taken back asks first, and for what is typed")
{
    for (ImVec2 const size : {ImVec2{390, 844}, ImVec2{1440, 900}}) {
        HeadlessConsole console(Place::Page, size);
        console.history.back().first = "#/drift";
        console.app.on_address();
        console.sign_in_as(admin);
        console.press("Release (604) 555-0189…");
        console.frames(4);
        REQUIRE(console.find(Role::Dialog, "Release (604) 555-0189?"));
        check_mirror(console);
        check_names(console);
        check_items(console);
        CHECK(console.find(Role::Button, "Release")->disabled);
        console.type("Type +16045550189 to confirm", "+16045550188");
        console.frames(4);
        CHECK(console.find(Role::Button, "Release")->disabled);
        console.type("Type +16045550189 to confirm", "+16045550189");
        console.frames(4);
        CHECK_FALSE(console.find(Role::Button, "Release")->disabled);
        console.press("Release");
        console.frames(4);
        REQUIRE_FALSE(console.sent.empty());
        CHECK(console.sent.front().request.path == "/api/admin/orphans/PN9/release");
        CHECK(nlohmann::json::parse(console.sent.front().request.body).at("phone_number") == "+16045550189");
    }
}

TEST_CASE("repairs are asked for once, and what is right again is said")
{
    HeadlessConsole console;
    console.history.back().first = "#/drift";
    console.app.on_address();
    console.sign_in_as(admin);
    console.press("Repair all 2");
    console.frames(4);
    REQUIRE(console.sent.size() == 1);
    CHECK(console.sent.front().request.path == "/api/admin/drift/repair");
    CHECK(nlohmann::json::parse(console.sent.front().request.body).at("ids").size() == 2);
    CHECK(console.find(Role::Button, "Repair: Texts to +16045550101 do not come to us.")->disabled);
    console.answer(
        200, R"({"looked_at":"2026-11-18T18:26:00Z","findings":[],"repaired":[{"id":"sms_url:PN1","done":"Done.","failure":null}]})");
    console.frames(4);
    CHECK(console.says("One thing is right again."));
    CHECK(console.says("None. What we have written down is what the vendors hold."));
}

TEST_CASE("each screen says when it loads, is refused, or has no answer")
{
    for (auto const* address : {"#/overview", "#/notifications", "#/organizations", "#/organizations/o5", "#/numbers", "#/drift",
             "#/conversations", "#/organizations/o5/conversations/c0", "#/messages", "#/messages/o5/l0", "#/leads", "#/leads?view=table",
             "#/organizations/o5/leads/l0", "#/organizations/o5/usage", "#/usage", "#/inbox", "#/inbox/i0"}) {
        CAPTURE(std::string(address));
        SUBCASE("loading")
        {
            HeadlessConsole console;
            console.history.back().first = address;
            console.app.on_address();
            console.answer(200, admin);
            console.frames(30);
            CHECK(std::any_of(
                console.app.mirror().nodes().begin(), console.app.mirror().nodes().end(), [](auto const& node) { return node.busy; }));
        }
        SUBCASE("refused")
        {
            HeadlessConsole console;
            console.status_code = "403";
            console.history.back().first = address;
            console.app.on_address();
            console.sign_in_as(admin);
            CHECK(console.says("This page is for platform admins"));
            check_mirror(console);
        }
        SUBCASE("not there")
        {
            HeadlessConsole console;
            console.status_code = "404";
            console.history.back().first = address;
            console.app.on_address();
            console.sign_in_as(admin);
            CHECK(console.says("There is nothing at this address"));
        }
        SUBCASE("no answer")
        {
            HeadlessConsole console;
            console.history.back().first = address;
            console.app.on_address();
            console.answer(200, admin);
            console.frames();
            while (!console.sent.empty())
                console.answer(0, "");
            CHECK(console.says("The server does not answer. We try again by ourselves; nothing that you typed is lost."));
            check_mirror(console);
        }
        SUBCASE("empty")
        {
            HeadlessConsole console;
            console.organizations = 0;
            console.history.back().first = address;
            console.app.on_address();
            console.sign_in_as(admin);
            check_mirror(console);
            check_names(console);
        }
    }
}

TEST_CASE("an organisation's own people land on it and see no platform pages")
{
    HeadlessConsole console;
    console.sign_in_as(member);
    CHECK(console.history.back().first == "#/organizations/o5");
    CHECK_FALSE(console.says("Overview"));
    CHECK_FALSE(console.says("Needs a human"));
    console.go("#/overview", false);
    console.serve();
    CHECK(console.says("There is nothing at this address"));
    check_mirror(console);
}

TEST_CASE("a hundred thousand organisations come page by page as one looks, and only what is in sight is told")
{
    HeadlessConsole console;
    console.organizations = 100'000;
    console.sign_in_as(admin);
    console.go("#/organizations", false);
    console.serve();
    auto const rows = [&] { return console.app.state().organizations.rows.size(); };
    CHECK(rows() == 200);
    auto const* table = console.find(Role::Table, "Organisations");
    REQUIRE(table);
    CHECK(table->count == 100'001);
    CHECK(console.app.mirror().nodes().size() < 700);
    console.app.on_mirror_event({platform::MirrorEvent::Kind::Scrolled, "organizations-rows", "40000"});
    console.serve();
    CHECK(rows() >= 1000);
    auto const* link = console.find(Role::Link, "Dealer 1005 Motors");
    REQUIRE(link);
    CHECK(link->href == "#/organizations/o1005");
    check_mirror(console);

    SUBCASE("Back returns to the same place")
    {
        console.frames(60);
        console.go("#/organizations/o5", false);
        console.serve();
        console.go_back();
        console.serve();
        CHECK(console.app.mirror().scroll("organizations-rows") == 40000);
        CHECK(console.find(Role::Link, "Dealer 1005 Motors"));
    }
}

TEST_CASE("keys move through a table, and one stop of Tab is enough for it")
{
    HeadlessConsole console;
    console.sign_in_as(admin);
    console.go("#/organizations", false);
    console.serve();
    int stops = 0;
    for (auto const& node : console.app.mirror().nodes())
        stops += node.role == Role::Link && !node.by_arrows && node.key.starts_with("organizations-link-");
    CHECK(stops == 1);
    console.app.on_mirror_event({platform::MirrorEvent::Kind::FocusedByKey, "organizations-link-o0", {}});
    console.frames();
    CHECK(console.app.on_key("ArrowDown", false));
    console.frames();
    CHECK(console.app.mirror().has_focus("organizations-link-o1"));
    CHECK(console.app.on_key("End", false));
    console.frames();
    CHECK(console.app.mirror().has_focus("organizations-link-o29"));
    CHECK(console.app.on_key("j", true) == false); // in a field a letter is text
    CHECK(console.app.on_key("g", false));
    CHECK(console.app.on_key("o", false));
    console.serve();
    CHECK(console.history.back().first == "#/overview");
}

TEST_CASE("searching waits for a pause, is part of the address, and keeps what is typed when the server is gone")
{
    HeadlessConsole console;
    console.sign_in_as(admin);
    console.go("#/organizations", false);
    console.serve();
    console.type("Filter by name, number or e-mail", "prem");
    CHECK(console.sent.empty());
    console.frames(30);
    CHECK(console.history.back().first == "#/organizations?search=prem");
    REQUIRE(console.sent.size() == 1);
    CHECK(console.sent.front().request.path == "/api/organizations?limit=100&search=prem");
    console.answer(0, "");
    bool kept = false;
    for (auto const& node : console.app.mirror().nodes())
        kept |= node.role == Role::Textbox && node.value == "prem";
    CHECK(kept);
}

TEST_CASE("a session that ended asks to sign in over the page, and nothing typed is lost")
{
    HeadlessConsole console;
    console.sign_in_as(admin);
    console.go("#/notifications/w0", false);
    console.serve();
    console.type("ElevenLabs phone id", "phone_xyz123");
    console.press("Activate");
    REQUIRE(console.sent.size() == 1);
    CHECK(console.sent.front().request.path == "/api/admin/phone-numbers/%2B16045551000/activate");
    CHECK(console.sent.front().request.body == R"({"elevenLabsPhoneId":"phone_xyz123"})");
    console.answer(401, R"({"error":{"code":"not_signed_in","message":"Sign in first."}})");
    CHECK(console.find(Role::Heading, "Your session ended"));
    CHECK(console.app.mirror().nodes().front().inert);
    console.type("Password", "correct horse");
    console.press("Sign in");
    console.answer(200, admin);
    console.serve();
    CHECK_FALSE(console.says("Your session ended"));
    CHECK(console.find(Role::Textbox, "ElevenLabs phone id")->value == "phone_xyz123");
}

TEST_CASE("a change on the server is asked for once, and what is on the screen stays until the answer comes")
{
    HeadlessConsole console;
    console.sign_in_as(admin);
    console.go("#/organizations/o5", false);
    console.serve();
    for (int i = 0; i < 5; ++i)
        console.app.on_event("change", R"({"kind":"run","organization_id":"o5","id":"r1"})");
    console.frames(30);
    std::multiset<std::string> asked;
    for (auto const& request : console.sent)
        asked.insert(request.request.path);
    CHECK(asked.count("/api/organizations/o5") == 1);
    CHECK(asked.count("/api/organizations/o5/provisioning") == 1);
    CHECK(console.says("How this line was set up"));
}

TEST_CASE("a newer console on the server is said, a snapshot says its date, and other tabs hear of signing out")
{
    HeadlessConsole console;
    console.sign_in_as(admin);
    console.app.on_event("hello", R"({"build":"ffffffffff"})");
    console.frames();
    CHECK(console.says("There is a newer console."));
    console.press("Load it");
    CHECK(console.reloaded);
    console.app.on_event("session_ended", "{}");
    console.frames();
    CHECK(console.find(Role::Heading, "Your session ended"));
}
