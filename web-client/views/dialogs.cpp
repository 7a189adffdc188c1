#include "web-client/views/dialogs.h"

#include "build/generated/icon_codes.h"
#include "web-client/views/panel.h"
#include "web-client/views/shell.h"
#include "web-client/widgets/scroll_area.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace console {

void Dialogs::open(std::string name)
{
    if (m_name == name) return;
    m_name = std::move(name);
    m_text.clear();
    m_chosen = 0;
    m_is_new = !m_name.empty();
    m_reach.open();
}

static std::string lower(std::string text)
{
    for (char& c : text)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

struct Choice {
    std::string group, key, text, hint;
    char const* icon; // null: an avatar of the text
    Command command;
};

static std::vector<Choice> choices_for(std::string const& typed, AppState const& state)
{
    auto const& session = state.signed_in()->session;
    auto const wanted = lower(typed);
    std::vector<Choice> choices;
    auto const add = [&](Choice choice) {
        if (wanted.empty() || lower(choice.text).find(wanted) != std::string::npos) choices.push_back(std::move(choice));
    };
    for (auto const& screen : screens_for(session))
        add({"Go to", std::string("screen-") + screen.path, screen.title, screen.key, screen.icon,
            Go{address_from(std::string("#/") + screen.path)}});
    if (!typed.empty() && state.matches.loaded && state.matches.query == "search=" + url_encoded(typed))
        for (auto const& row : state.matches.rows) {
            if (choices.size() > 8) break;
            auto const hint = row.phone_number.empty() ? organization_state(row.status).words : national_format(row.phone_number);
            choices.push_back({"Go to", "organization-" + row.organization.id, row.organization.name, hint, nullptr,
                Go{Address{{"organizations", row.organization.id}, {}}}});
        }
    auto const place = place_of(state.address);
    bool const works = !place.organization.empty() && session.may_work(place.organization);
    bool const has_lead = (place.screen == "leads" || place.screen == "messages") && !place.record.empty();
    if (works) {
        auto const lead = place.organization + ':' + (has_lead ? place.record : "");
        add({"Do", "call", has_lead ? "Call this customer" : "Call a number", "c", icon::phone_outgoing, Open{"call:" + lead}});
        if (!has_lead) add({"Do", "text", "Text a number", "t", icon::message_square, Open{"text:" + place.organization + ':'}});
        if (has_lead) add({"Do", "stage", "Set this lead's status", "m", icon::users, Open{"stage:" + lead}});
    }
    add({"Do", "theme-light", "Use the light theme", {}, icon::sun, SetTheme{"light"}});
    add({"Do", "theme-dark", "Use the dark theme", {}, icon::moon, SetTheme{"dark"}});
    add({"Do", "theme-system", "Follow the system's theme", {}, icon::monitor, SetTheme{""}});
    add({"Do", "keys", "Show all keys", "?", icon::keyboard, Open{"keys"}});
    if (!session.installation.snapshot_at) add({"Do", "sign-out", "Sign out", {}, icon::log_out, SignOut{}});
    return choices;
}

void Dialogs::draw_palette(Ui& ui, AppState const& state, Commands& commands)
{
    bool const phone = ui.compact();
    float const width = std::min(640.0f, ui.size().x - (phone ? 0.0f : 48.0f));
    float const top = phone ? 0 : std::min(110.0f, ui.size().y * 0.12f);
    auto const choices = choices_for(m_text, state);
    m_chosen = std::clamp(m_chosen, 0, std::max(static_cast<int>(choices.size()) - 1, 0));
    auto const& matches = state.matches;
    bool const is_asked = matches.query == "search=" + url_encoded(m_text);
    bool const failed = !m_text.empty() && is_asked && matches.problem && !matches.asking;
    bool const searching = !m_text.empty() && matches.asking;
    // After a failure the question is put again once there is a server.
    bool const is_due = is_asked && !matches.asking && !matches.problem && (!matches.loaded || matches.stale);
    if (!m_text.empty() && is_due && !state.connection.lost) commands.emplace_back(Find{m_text});
    float const failure = failed && !choices.empty() ? 36 : 0; // below what was found without the server
    float rows = 8;
    std::string group;
    for (auto const& choice : choices) {
        if (choice.group != group) rows += 32;
        group = choice.group;
        rows += 38;
    }
    if (choices.empty()) rows = 64;
    float const most = ui.size().y - top - (phone ? 0.0f : 40.0f);
    float const footer = phone ? 0 : 40;
    float const height = phone ? ui.size().y : std::min({57 + rows + 8 + failure + footer, 504.0f, most});
    Rect const panel{(ui.size().x - width) / 2, top, width, height};
    MirrorScope const scope(ui.mirror, draw_panel(ui, panel, "palette", "Search or jump to", commands));

    ui.icon(panel.x + 28, panel.y + 28, icon::search, 18, ui.colours.text2);
    Field const field{.key = "palette-text",
        .label = "Search or jump to",
        .name = "palette",
        .input = "text",
        .placeholder = "Search or jump to…",
        .text_size = 16,
        .room_right = 0,
        .hides_label = true,
        .bare = true,
        .list = choices.empty() ? "" : "palette-list",
        .active = choices.empty() ? "palette-none" : "palette-choice-" + choices[static_cast<std::size_t>(m_chosen)].key};
    if (text_field(ui, {panel.x + 50, panel.y + 10, width - 50 - 76, 36}, field, m_text)) {
        m_chosen = 0;
        if (!m_text.empty()) commands.emplace_back(Find{m_text});
    }
    if (phone) {
        if (icon_button(ui, {panel.right() - 48, panel.y + 8, 40, 40}, "palette-close", "Close", icon::x)) commands.emplace_back(Open{});
    } else {
        key_cap(ui, panel.right() - 44, panel.y + 28, "Esc");
    }
    ui.line(panel.x + 1, panel.y + 56, width - 2, ui.colours.line);
    int const count = static_cast<int>(choices.size());
    if (ui.key("ArrowDown", true) && count > 0) m_chosen = (m_chosen + 1) % count;
    if (ui.key("ArrowUp", true) && count > 0) m_chosen = (m_chosen + count - 1) % count;
    std::optional<int> taken;
    if (ui.key("Enter", true) && count > 0) taken = m_chosen;

    Rect const body{panel.x + 1, panel.y + 57, width - 2, height - 57 - footer - failure};
    TextStyle const quiet{Face::Regular, 13, ui.colours.text2};
    std::string sorry;
    if (failed)
        sorry = "Could not search. " + (matches.problem->code == "no_answer" ? "The server does not answer." : matches.problem->message);
    if (failure > 0) told(ui, Role::Status, "palette-failed", {body.x + 28, body.bottom(), body.w - 56, failure}, sorry, quiet);
    if (choices.empty()) {
        told(ui, Role::Status, "palette-none", {body.x + 28, body.y + 14, body.w - 56, 36},
            failed          ? sorry
                : searching ? "Searching…"
                            : "Nothing is called that.",
            quiet);
    } else {
        ScrollArea scroll(ui, "palette-rows", body, rows);
        MirrorScope const list(ui.mirror, {.role = Role::Listbox, .key = "palette-list", .label = "Results"});
        float y = scroll.top() + 8;
        group.clear();
        for (int i = 0; i < count; ++i) {
            auto const& choice = choices[static_cast<std::size_t>(i)];
            if (choice.group != group) {
                group = choice.group;
                ui.decoration = true; // options alone may stand in a list of options
                ui.text(body.x + 18, y + 18, group, {Face::Medium, 12, ui.colours.text2});
                ui.decoration = false;
                y += 32;
            }
            Rect const row{body.x + 8, y, body.w - 16, 36};
            auto const key = "palette-choice-" + choice.key;
            Press const press = claim(ui, row, key);
            if (press.hovered && (ImGui::GetIO().MouseDelta.x != 0 || ImGui::GetIO().MouseDelta.y != 0)) m_chosen = i;
            bool const chosen = i == m_chosen;
            if (chosen) {
                ui.fill(row, ui.colours.selected, 8);
                if (!ui.elements) scroll.reveal(row);
            }
            if (choice.icon)
                ui.icon(row.x + 22, row.middle(), choice.icon, 16, ui.colours.text2);
            else
                avatar(ui, row.x + 10, row.y + 6, 24, choice.text, AvatarShape::Organization);
            auto node = node_at(Role::Option, key, row);
            node.selected = chosen;
            node.label = choice.hint.empty() || choice.icon ? choice.text : choice.text + ", " + choice.hint;
            MirrorScope const option(ui.mirror, std::move(node));
            float const drawn = told(
                ui, Role::Text, key + "-text", {row.x + 44, row.y, row.w - 160, row.h}, choice.text, {Face::Medium, 13, ui.colours.text});
            if (!choice.hint.empty() && !choice.icon)
                told(ui, Role::Text, key + "-hint", {row.x + 44 + drawn + 12, row.y, 130, row.h}, choice.hint,
                    {Face::Regular, 12, ui.colours.text2});
            if (choice.icon && !choice.hint.empty() && !phone) {
                float x = row.right() - 12;
                for (auto word = choice.hint.rbegin(); word != choice.hint.rend(); ++word)
                    if (*word != ' ')
                        key_cap(
                            ui, x -= 22, row.middle(), std::string(1, static_cast<char>(std::toupper(static_cast<unsigned char>(*word)))));
            }
            if (press.pressed) taken = i;
            y += 38;
        }
    }
    if (!phone) {
        float const middle = panel.bottom() - 20;
        ui.line(panel.x + 1, panel.bottom() - 40, width - 2, ui.colours.line);
        float x = panel.x + 20;
        ui.decoration = true; // the keys dialog tells them
        for (auto const& [cap, words] : {std::pair{"↑↓", "move"}, {"Enter", "open"}, {"Esc", "close"}}) {
            x += key_cap(ui, x, middle, cap) + 8;
            ui.decoration = true;
            TextStyle const style{Face::Regular, 12, ui.colours.text2};
            ui.text(x, middle, words, style);
            x += ui.width(words, style) + 20;
        }
        ui.decoration = false;
    }
    if (taken) {
        commands.emplace_back(Open{});
        commands.push_back(choices[static_cast<std::size_t>(*taken)].command);
    }
}

void Dialogs::draw_keys(Ui& ui, Commands& commands)
{
    static constexpr std::array<std::pair<char const*, char const*>, 26> keys{{{"Ctrl K", "Search or jump to"}, {"/", "Filter this list"},
        {"G O", "Overview"}, {"G N", "Needs a human"}, {"G R", "Organisations"}, {"G C", "Conversations"}, {"G M", "Messages"},
        {"G L", "Leads"}, {"G U", "Usage"}, {"G H", "Numbers"}, {"G I", "Webhook inbox"}, {"J, ↓", "Next row"}, {"K, ↑", "Previous row"},
        {"Home, End", "First, last row"}, {"Enter", "Open"}, {"Esc", "Back or close"}, {"C", "Call"}, {"T", "Text"},
        {"M", "Set a lead's status"}, {"Ctrl Enter", "Send"}, {"Space", "Pause the feed"}, {"A", "Activate: to the phone id"},
        {"E", "Resolve"}, {"Tab", "Next control"}, {"Shift Tab", "Previous control"}, {"?", "These keys"}}};
    bool const phone = ui.compact();
    float const width = std::min(560.0f, ui.size().x - (phone ? 0.0f : 32.0f));
    int const columns = width > 500 ? 2 : 1;
    int const rows = (static_cast<int>(keys.size()) + columns - 1) / columns;
    float const content = static_cast<float>(rows) * 32;
    float const height = std::min(content + 88, ui.size().y - (phone ? 0.0f : 32.0f));
    Rect const panel{(ui.size().x - width) / 2, (ui.size().y - height) / 2, width, height};
    MirrorScope const scope(ui.mirror, draw_panel(ui, panel, "keys", "Keys", commands));
    heading(ui, "keys-title", panel.x + 24, panel.y + 32, "Keys", {Face::Display, 18, ui.colours.text}, 2);
    if (icon_button(ui, {panel.right() - 48, panel.y + 16, 32, 32}, "keys-close", "Close", icon::x)) commands.emplace_back(Open{});
    ScrollArea const scroll(ui, "keys-rows", {panel.x, panel.y + 60, width, height - 76}, content + 8, "All keys", true);
    MirrorScope const list(ui.mirror, {.role = Role::List, .key = "keys-list"});
    float const column_width = (width - 48) / static_cast<float>(columns);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        float const x = panel.x + 24 + static_cast<float>(static_cast<int>(i) / rows) * column_width;
        float const middle = scroll.top() + static_cast<float>(static_cast<int>(i) % rows) * 32 + 16;
        auto const key = "key-" + std::to_string(i);
        MirrorScope const item(ui.mirror, {.role = Role::Item, .key = key});
        TextStyle const cap{Face::Medium, 11, ui.colours.text2};
        float const cap_width = ui.width(keys[i].first, cap) + 12;
        ui.edge({x, middle - 10, cap_width, 20}, ui.colours.ctlsoft, 4);
        paragraph(ui, key + "-cap", x + 6, middle, keys[i].first, cap);
        paragraph(ui, key + "-words", x + 84, middle, keys[i].second, {Face::Regular, 13, ui.colours.text});
    }
}

void Dialogs::draw_menu(Ui& ui, AppState const& state, Commands& commands)
{
    auto const* signed_in = state.signed_in();
    bool const phone = ui.compact();
    bool const snapshot = static_cast<bool>(signed_in->session.installation.snapshot_at);
    float const width = phone ? ui.size().x : 280;
    float const row = phone ? 48 : 36;
    auto screens = screens_for(signed_in->session); // those that have no tab of their own
    std::erase_if(screens, [&](Screen const& screen) { return !phone || is_phone_tab(signed_in->session, screen.path); });
    float const height = 74 + 56 + row * ((snapshot ? 1.0f : 3.0f) + static_cast<float>(screens.size())) + 44;
    Rect const panel
        = phone ? Rect{0, ui.size().y - height, width, height} : Rect{12, std::max(ui.size().y - height - 60, 8.0f), width, height};
    MirrorScope const scope(ui.mirror, draw_panel(ui, panel, "menu", "You", commands));
    float y = panel.y + 16;
    auto const who = snapshot ? std::string("Snapshot") : signed_in->session.user.email;
    told(ui, Role::Text, "menu-who", {panel.x + 16, y, width - 68, 20}, "Signed in as " + who, {Face::SemiBold, 13, ui.colours.text});
    told(ui, Role::Text, "menu-version", {panel.x + 16, y + 20, width - 68, 18}, "Dealerline " + signed_in->session.installation.version,
        {Face::Regular, 12, ui.colours.text2});
    if (icon_button(ui, {panel.right() - 44, y, 32, 32}, "menu-close", "Close", icon::x)) commands.emplace_back(Open{});
    y += 54;
    std::array<std::string, 3> const themes{"System", "Light", "Dark"};
    int const chosen = state.theme == "light" ? 1 : state.theme == "dark" ? 2 : 0;
    if (auto const theme = segmented(ui, {panel.x + 16, y, segmented_width(ui, themes), 34}, "menu-theme", "Theme", themes, chosen))
        commands.emplace_back(SetTheme{*theme == 0 ? "" : *theme == 1 ? "light" : "dark"});
    y += 50;
    ui.line(panel.x + 1, y, width - 2, ui.colours.line);
    y += 8;
    auto const item = [&](std::string const& key, std::string const& text, char const* symbol, std::string const& address = {}) {
        Rect const place{panel.x + 8, y, width - 16, row - 2};
        Press const press = claim(ui, place, key);
        if (press.hovered) ui.fill(place, ui.colours.hover, 6);
        if (press.shows_focus) ui.edge(place, ui.colours.focus, 6, 2);
        ui.icon(place.x + 18, place.middle(), symbol, 16, ui.colours.text2);
        TextStyle const style{Face::Medium, 13, ui.colours.text};
        ui.text(place.x + 38, place.middle(), text, style);
        auto node = node_at(address.empty() ? Role::Button : Role::Link, key, place);
        node.href = address;
        node.text = text;
        node.face = css_family(style.face);
        node.line = place.h;
        node.left = 38;
        ui.mirror.add(std::move(node));
        y += row;
        return press.pressed;
    };
    for (auto const& screen : screens) {
        auto const address = std::string("#/") + screen.path;
        if (!item(std::string("menu-") + screen.path, screen.title, screen.icon, address)) continue;
        commands.emplace_back(Open{});
        commands.emplace_back(Go{address_from(address)});
    }
    if (item("menu-keys", "Keys", icon::keyboard)) commands.emplace_back(Open{"keys"});
    if (snapshot) return;
    bool const out = item("menu-sign-out", "Sign out", icon::log_out);
    bool const everywhere = item("menu-sign-out-everywhere", "Sign out on all devices", icon::users);
    if (out || everywhere) {
        commands.emplace_back(Open{});
        commands.emplace_back(SignOut{everywhere});
    }
}

struct Question {
    std::string title, words;
    std::string keep, confirm; // what the buttons say
    std::string typed; // must be typed to confirm; empty: nothing
    Command command; // of the one who confirms
};

// What a dialog of this name asks; nothing when what it is about is gone.
static std::optional<Question> question_of(std::string const& dialog, AppState const& state)
{
    auto const colon = dialog.find(':');
    if (colon == std::string::npos) return {};
    auto const what = dialog.substr(0, colon), id = dialog.substr(colon + 1);
    if (what == "dismiss") {
        auto const found = state.notification.find(id);
        auto const owner
            = found != state.notification.end() && found->second.value ? found->second.value->organization_name : std::string();
        return Question{owner.empty() ? "Dismiss this?" : "Dismiss this for " + owner + "?",
            "The line stays as it is and nobody is reminded again. The notification is kept under Resolved. To put the line right instead, "
            "follow the step that it names.",
            "Keep it", "Dismiss", {}, Decide{id, false}};
    }
    if (what == "suspend")
        return Question{"Switch off the line of " + organization_name(state, id) + "?",
            "Jack no longer answers. Callers hear the dealership's name and are put through to its own phone, if one is set. Texts still "
            "arrive. You can switch it on again at any time.",
            "Keep it on", "Switch off", {}, ChangeLife{id, "suspend"}};
    if (what == "close")
        return Question{"Close " + organization_name(state, id) + "?",
            "Jack no longer answers, and in seven days its number is given back for good. Until then the closing can be cancelled.",
            "Keep it", "Close", organization_name(state, id), ChangeLife{id, "close"}};
    if (what == "release" && state.orphans.value)
        for (auto const& orphan : *state.orphans.value)
            if (orphan.twilio_sid == id)
                return Question{"Release " + national_format(orphan.phone_number) + "?",
                    "It is given back to Twilio and costs nothing more. Nobody can promise that it can be had again.", "Keep it", "Release",
                    orphan.phone_number, ReleaseOrphan{id, orphan.phone_number}};
    return {};
}

void Dialogs::draw_question(Ui& ui, AppState const& state, Commands& commands)
{
    auto const question = question_of(m_name, state);
    if (!question) return commands.emplace_back(Open{}), void();
    float const width = std::min(420.0f, ui.size().x);
    TextStyle const text{Face::Regular, 13, ui.colours.text2, 20};
    TextStyle const large{Face::Display, 16, ui.colours.text, 24};
    float const title = static_cast<float>(ui.wrap(question->title, large, width - 48).size()) * 24;
    float const lines = static_cast<float>(ui.wrap(question->words, text, width - 48).size()) * 20;
    float const field_room = question->typed.empty() ? 0 : 76;
    float const height = 20 + title + 8 + lines + field_room + 24 + 36 + 24;
    Rect const panel = panel_place(ui, width, height);
    MirrorScope const scope(ui.mirror, draw_panel(ui, panel, "question", question->title, commands));
    MirrorScope const form(ui.mirror, {.role = Role::Form, .key = "question-form", .label = question->confirm});
    float y = panel.y + 20;
    wrapped(ui, Role::Heading, "question-title", {panel.x + 24, 0, width - 48, 0}, y + 12, question->title, large);
    y += title + 8;
    wrapped(ui, Role::Text, "question-text", {panel.x + 24, 0, width - 48, 0}, y + 12, question->words, text);
    y += lines;
    if (!question->typed.empty()) {
        Field const field{.key = "question-typed", .label = "Type " + question->typed + " to confirm", .name = "typed"};
        text_field(ui, {panel.x + 24, y + 40, width - 48, 36}, field, m_text);
    }
    Button const keep{.key = "question-keep", .text = question->keep, .look = ButtonLook::Secondary};
    Button const confirm{.key = "question-confirm",
        .text = question->confirm,
        .look = ButtonLook::Confirm,
        .submits = true,
        .disabled = !question->typed.empty() && m_text != question->typed};
    float const bottom = panel.bottom() - 24 - 36;
    float const confirm_width = button_width(ui, confirm), keep_width = button_width(ui, keep);
    if (button(ui, {panel.right() - 24 - confirm_width - 8 - keep_width, bottom, keep_width, 36}, keep)) commands.emplace_back(Open{});
    if (button(ui, {panel.right() - 24 - confirm_width, bottom, confirm_width, 36}, confirm)) {
        commands.emplace_back(Open{});
        commands.emplace_back(question->command);
    }
}

void Dialogs::draw(Ui& ui, AppState const& state, Commands& commands)
{
    if (std::exchange(m_is_new, false)) {
        auto const first = ReachDialogs::first_focus(m_name);
        ui.mirror.request_focus(!first.empty()                                   ? first
                : m_name == "palette"                                            ? "palette-text"
                : m_name == "keys"                                               ? "keys-close"
                : m_name == "menu"                                               ? "menu-close"
                : m_name.starts_with("close:") || m_name.starts_with("release:") ? "question-typed"
                                                                                 : "question-keep");
    }
    if (m_name == "palette") return draw_palette(ui, state, commands);
    if (m_name == "keys") return draw_keys(ui, commands);
    if (m_name == "menu") return draw_menu(ui, state, commands);
    if (m_reach.draw(ui, m_name, state, commands)) return;
    if (is_open()) draw_question(ui, state, commands);
}

} // namespace console
