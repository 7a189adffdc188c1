#include "web-client/views/shell.h"

#include "build/generated/icon_codes.h"
#include "web-client/views/view.h"
#include "web-client/widgets/controls.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>

namespace console {

static constexpr float nav_width = 232;
static constexpr float rail_width = 60;
static constexpr float top_height = 52;
static constexpr float phone_top_height = 56;
static constexpr float tabs_height = 64;

static constexpr Screen all_screens[] = {
    {"overview", "Overview", "Overview", icon::layout_dashboard, "g o", true},
    {"notifications", "Needs a human", "Human", icon::bell_ring, "g n", true},
    {"organizations", "Organisations", "Rooftops", icon::store, "g r", false},
    {"conversations", "Conversations", "Calls", icon::phone_call, "g c", false},
    {"messages", "Messages", "Messages", icon::messages_square, "g m", false},
    {"leads", "Leads", "Leads", icon::users, "g l", false},
    {"usage", "Usage", "Usage", icon::chart_no_axes_column, "g u", false},
    {"numbers", "Numbers", "Numbers", icon::hash, "g h", false},
    {"drift", "Drift", "Drift", icon::git_compare_arrows, "g d", true},
    {"inbox", "Webhook inbox", "Inbox", icon::webhook, "g i", true},
};

bool is_phone_tab(Session const& session, std::string const& path)
{
    if (path == "messages" || path == "organizations") return true;
    return session.is_platform() ? path == "overview" || path == "notifications" : path == "conversations" || path == "leads";
}

std::vector<Screen> screens_for(Session const& session)
{
    std::vector<Screen> list;
    for (auto const& screen : all_screens)
        if (session.is_platform() || !screen.platform_only) list.push_back(screen);
    return list;
}

Screen const* screen_of(Session const& session, std::string const& path)
{
    for (auto const& screen : all_screens)
        if (path == screen.path && (session.is_platform() || !screen.platform_only)) return &screen;
    return nullptr;
}

bool leads_somewhere(Session const& session, Address const& address)
{
    auto const& path = address.path;
    if (!screen_of(session, address.at(0))) return false;
    auto const place = place_of(address);
    if (path[0] == "messages") return path.size() == 1 || path.size() == 3;
    if (path[0] == "organizations" && path.size() > 2)
        return place.is_tab ? path.size() == 3 || (path.size() == 4 && place.screen != "usage") : path.size() == 3 && path[2] == "settings";
    return path.size() <= (path[0] == "notifications" || path[0] == "inbox" || path[0] == "organizations" ? 2 : 1);
}

std::string home_of(Session const& session)
{
    if (session.is_platform()) return "#/overview";
    if (session.organizations.size() == 1) return "#/organizations/" + url_encoded(session.organizations.front().id);
    return "#/organizations";
}

static std::string role_of(Session const& session)
{
    if (session.installation.snapshot_at) return "Snapshot, read-only";
    if (session.user.role == "platform_admin") return "Platform admin";
    if (session.user.role == "platform_viewer") return "Platform viewer";
    if (session.organizations.size() == 1) return session.organizations.front().role == "admin" ? "Admin" : "Staff";
    return std::to_string(session.organizations.size()) + " organisations";
}

static std::string who(Session const& session)
{
    return session.installation.snapshot_at ? "Snapshot" : session.user.email;
}

static int waiting_for_a_human(AppState const& state)
{
    auto const found = state.notifications.find("pending");
    return found == state.notifications.end() ? 0 : found->second.count("pending");
}

// The screen that an address belongs to: a record to its kind's, a tab to its organisation's.
static std::string screen_at(AppState const& state)
{
    auto const place = place_of(state.address);
    bool const is_record = !place.record.empty() && place.screen != "messages";
    return place.screen == "organization" || (place.is_tab && !is_record) ? "organizations" : place.screen;
}

struct NavCount {
    int count = 0;
    bool is_urgent = false;
    std::string words; // "5 open"
};

static NavCount count_at(std::string_view path, AppState const& state)
{
    if (path == "notifications") {
        int const count = waiting_for_a_human(state);
        return {count, true, std::to_string(count) + " open"};
    }
    if (path != "messages") return {};
    int const count = state.unread.count("unread");
    return {count, false, std::to_string(count) + " unread"};
}

static void draw_nav_item(Ui& ui, Rect area, Screen const& screen, AppState const& state, Commands& commands, bool rail)
{
    bool const here = screen_at(state) == screen.path;
    std::string const key = std::string("nav-") + screen.path;
    std::string const address = std::string("#/") + screen.path;
    auto const [count, is_urgent, words] = count_at(screen.path, state);
    Press const press = claim(ui, area, key);
    if (here)
        ui.fill(area, ui.colours.navsel, 6);
    else if (press.hovered)
        ui.fill(area, ui.colours.hover, 6);
    if (press.shows_focus) ui.edge(area, ui.colours.focus, 6, 2);
    ui.icon(area.x + 18, area.middle(), screen.icon, 16, here ? ui.colours.text : ui.colours.text2);
    auto node = node_at(Role::Link, key, area);
    node.href = address;
    node.current = here;
    if (count > 0) node.label = std::string(screen.title) + ", " + words;
    if (rail) {
        node.title = screen.title;
        if (node.label.empty()) node.label = screen.title;
        if (count > 0) ui.disc(area.x + 26, area.middle() - 7, 3, is_urgent ? ui.colours.warndot : ui.colours.accentfill);
    } else {
        TextStyle const style{here ? Face::SemiBold : Face::Medium, 13, here ? ui.colours.text : ui.colours.text2};
        ui.text(area.x + 36, area.middle(), screen.title, style);
        node.text = screen.title;
        node.face = css_family(style.face);
        node.line = area.h;
        node.left = 36;
    }
    MirrorScope const scope(ui.mirror, std::move(node));
    if (count > 0 && !rail) {
        TextStyle const style{
            is_urgent ? Face::SemiBold : Face::Medium, is_urgent ? 11.0f : 12.0f, is_urgent ? ui.colours.warn : ui.colours.text2};
        auto const text = std::to_string(count);
        float const width = std::max(ui.width(text, style) + 12, 20.0f);
        Rect const place{area.right() - 8 - width, area.middle() - 9, width, 18};
        if (is_urgent) ui.fill(place, ui.colours.warnbg, 9);
        paragraph(ui, key + "-count", place.x + (width - ui.width(text, style)) / 2, place.middle(), text, style);
    }
    if (press.pressed) commands.emplace_back(Go{address_from(address)});
}

static void draw_scope(Ui& ui, Rect area, Session const& session, AppState const& state)
{
    card(ui, area, 8);
    ui.fill({area.x + 9, area.y + 9, 26, 26}, ui.colours.mutebg, 6);
    ui.icon(area.x + 22, area.middle(), icon::store, 14, ui.colours.text2);
    std::string title = "All organisations", text = "The whole installation";
    if (!session.is_platform()) {
        bool const one = session.organizations.size() == 1;
        title = one ? session.organizations.front().name : "Your organisations";
        text = one ? role_of(session) : std::to_string(session.organizations.size()) + " rooftops";
    } else if (state.overview.value) {
        auto const& counts = state.overview.value->organizations;
        int const all = counts.contains("all") ? counts.at("all") : 0;
        text = std::to_string(all) + (all == 1 ? " rooftop" : " rooftops");
    }
    told(ui, Role::Text, "scope-title", {area.x + 44, area.y + 5, area.w - 52, 18}, title, {Face::SemiBold, 13, ui.colours.text});
    told(ui, Role::Text, "scope-text", {area.x + 44, area.y + 22, area.w - 52, 16}, text, {Face::Regular, 12, ui.colours.text2});
}

static char const* next_theme(std::string const& theme)
{
    return theme.empty() ? "light" : theme == "light" ? "dark" : "";
}

static void draw_me(Ui& ui, Rect area, Session const& session, AppState const& state, Commands& commands, bool rail)
{
    Rect const place{area.x, area.y, rail ? area.w : area.w - 36, area.h};
    Press const press = claim(ui, place, "me");
    if (press.hovered) ui.fill(place, ui.colours.hover, 6);
    if (press.shows_focus) ui.edge(place, ui.colours.focus, 6, 2);
    avatar(ui, place.x + (rail ? place.w / 2 - 14 : 6), place.middle() - 14, 28, who(session));
    auto node = node_at(Role::Button, "me", place);
    node.label = "You: " + who(session) + ", " + role_of(session) + ". Sign out, theme, keys";
    node.title = rail ? who(session) : "";
    ui.mirror.add(std::move(node));
    if (press.pressed) commands.emplace_back(Open{"menu"});
    if (rail) return;
    told(ui, Role::Text, "me-name", {place.x + 44, place.y + 4, place.w - 50, 18}, who(session), {Face::SemiBold, 13, ui.colours.text});
    told(
        ui, Role::Text, "me-role", {place.x + 44, place.y + 21, place.w - 50, 16}, role_of(session), {Face::Regular, 12, ui.colours.text2});
    auto const* const symbol = state.theme.empty() ? icon::monitor : state.theme == "dark" ? icon::moon : icon::sun;
    std::string const name = state.theme.empty() ? "Theme: as the system" : state.theme == "dark" ? "Theme: dark" : "Theme: light";
    if (icon_button(ui, {area.right() - 30, area.middle() - 14, 28, 28}, "theme", name, symbol))
        commands.emplace_back(SetTheme{next_theme(state.theme)});
}

static void draw_navigation(Ui& ui, Rect area, Session const& session, AppState const& state, Commands& commands, bool rail)
{
    MirrorScope const nav(ui.mirror, {.role = Role::Navigation, .key = "nav", .label = "Main"});
    float const x = area.x + (rail ? 10.0f : 12.0f), width = area.w - (rail ? 20.0f : 24.0f) + (rail ? 0.0f : 4.0f);
    mark(ui, area.x + (rail ? 20.0f : 22.0f), area.y + 20, 18);
    float y = area.y + (rail ? 56.0f : 54.0f);
    if (!rail) {
        paragraph(ui, "brand", area.x + 48, area.y + 30, "Dealerline", {Face::Display, 16, ui.colours.text});
        draw_scope(ui, {x, y, width, 44}, session, state);
        y += 58;
    }
    for (auto const& screen : screens_for(session)) {
        if (std::string_view(screen.path) == "numbers" && session.is_platform()) {
            if (!rail) paragraph(ui, "nav-platform", x + 11, y + 16, "Platform", {Face::Regular, 12, ui.colours.text2});
            y += rail ? 10.0f : 32.0f;
        }
        draw_nav_item(ui, {x, y, rail ? 40 : width, 32}, screen, state, commands, rail);
        y += 34;
    }
    float bottom = area.bottom() - 8;
    draw_me(ui, {x, bottom - 44, rail ? 40 : width, 44}, session, state, commands, rail);
    ui.line(x, bottom - 52, rail ? 40 : width, ui.colours.border);
    bottom -= 60;
    if (session.installation.simulated && bottom - 52 > y) {
        Rect const note{x, bottom - 52, rail ? 40 : width, 52};
        ui.fill(note, ui.colours.warnbg, 8);
        ui.icon(note.x + (rail ? 20 : 18), note.y + (rail ? 26 : 18), icon::plug, 14, ui.colours.warn);
        auto node = node_at(Role::Note, "simulated", note);
        if (rail) node.label = node.title = "Simulator connected. No call, text or cent is real.";
        MirrorScope const scope(ui.mirror, std::move(node));
        if (!rail) {
            paragraph(ui, "simulated-title", note.x + 34, note.y + 17, "Simulator connected", {Face::SemiBold, 12, ui.colours.warn});
            paragraph(
                ui, "simulated-text", note.x + 34, note.y + 35, "No call, text or cent is real", {Face::Regular, 12, ui.colours.warn});
        }
    }
}

static void draw_tabs(Ui& ui, Rect area, Session const& session, AppState const& state, Commands& commands)
{
    ui.fill(area, ui.colours.surface);
    ui.line(area.x, area.y, area.w, ui.colours.border);
    MirrorScope const nav(ui.mirror, {.role = Role::Navigation, .key = "nav", .label = "Main"});
    auto list = screens_for(session);
    std::erase_if(list, [&](Screen const& screen) { return !is_phone_tab(session, screen.path); });
    float const slot = area.w / static_cast<float>(list.size() + 1);
    float x = area.x;
    auto const label = [&](Rect place, char const* symbol, std::string const& text, bool here) {
        Rect const tile{place.x + place.w / 2 - 24, place.y + 7, 48, 28};
        if (here) ui.fill(tile, ui.colours.navsel, 14);
        ui.icon(tile.x + 24, tile.middle(), symbol, 20, here ? ui.colours.text : ui.colours.text2);
        TextStyle const style{here ? Face::SemiBold : Face::Medium, 11, here ? ui.colours.text : ui.colours.text2};
        ui.text(place.x + (place.w - ui.width(text, style)) / 2, place.y + 47, text, style);
    };
    auto const node_of = [&](Role role, std::string const& key, Rect place, std::string const& text) {
        auto node = node_at(role, key, place);
        TextStyle const style{Face::Medium, 11, 0};
        node.text = text;
        node.face = css_family(style.face);
        node.size = style.size;
        node.line = 94; // the text's line in the lower part
        node.left = (place.w - ui.width(text, style)) / 2;
        return node;
    };
    for (auto const& screen : list) {
        Rect const place{x, area.y, slot, area.h};
        std::string const key = std::string("tab-") + screen.path, address = std::string("#/") + screen.path;
        bool const here = screen_at(state) == screen.path;
        Press const press = claim(ui, place, key);
        label(place, screen.icon, screen.short_title, here);
        if (press.shows_focus) ui.edge(place.grown(-2), ui.colours.focus, 8, 2);
        auto node = node_of(Role::Link, key, place, screen.short_title);
        node.href = address;
        node.current = here;
        auto const [count, is_urgent, words] = count_at(screen.path, state);
        if (count > 0) node.label = std::string(screen.title) + ", " + words;
        MirrorScope const scope(ui.mirror, std::move(node));
        if (count > 0) {
            TextStyle const style{Face::SemiBold, 11, is_urgent ? ui.colours.onwarn : ui.colours.onaccent};
            auto const text = std::to_string(count);
            float const width = std::max(ui.width(text, style) + 10, 18.0f);
            Rect const badge{place.x + place.w / 2 + 4, place.y + 5, width, 18};
            ui.fill(badge, is_urgent ? ui.colours.warnfill : ui.colours.accentfill, 9);
            paragraph(ui, key + "-count", badge.x + (width - ui.width(text, style)) / 2, badge.middle(), text, style);
        }
        if (press.pressed) commands.emplace_back(Go{address_from(address)});
        x += slot;
    }
    Rect const more{x, area.y, slot, area.h};
    Press const press = claim(ui, more, "tab-more");
    label(more, icon::menu, "More", false);
    if (press.shows_focus) ui.edge(more.grown(-2), ui.colours.focus, 8, 2);
    ui.mirror.add(node_of(Role::Button, "tab-more", more, "More"));
    if (press.pressed) commands.emplace_back(Open{"menu"});
}

static std::string record_title(Ui const& ui, AppState const& state)
{
    auto const place = place_of(state.address);
    if (place.screen == "conversations" && !place.record.empty()) {
        auto const found = state.conversation.find(place.record);
        if (found == state.conversation.end() || !found->second.value) return "Call";
        auto const& row = found->second.value->row;
        return customer_name(row.lead_name, row.conversation.external_number) + ", "
            + ui.clock.time(row.conversation.started_at, zone_of(state));
    }
    if (!place.record.empty() && (place.screen == "leads" || (place.screen == "messages" && ui.compact()))) {
        auto const found = state.lead.find(place.record);
        if (found == state.lead.end() || !found->second.lead.value) return place.screen == "leads" ? "Lead" : "Messages";
        auto const& lead = found->second.lead.value->lead;
        return customer_name(lead.name, lead.phone_number);
    }
    return state.address.at(0) == "organizations" && !place.organization.empty() ? organization_name(state, place.organization) : "";
}

static void draw_live(Ui& ui, float right, float middle, AppState const& state)
{
    auto const& session = state.signed_in()->session;
    TextStyle const style{Face::Medium, 12, ui.colours.text2};
    std::string text = "Live";
    Tone tone = Tone::Ok;
    if (session.installation.snapshot_at) {
        text = "Snapshot";
        tone = Tone::Off;
    } else if (state.connection.lost || !state.connection.live) {
        text = state.connection.last_answer ? "Data from " + ui.clock.time(state.connection.last_answer, zone_of(state), true)
                                            : "Connecting";
        tone = Tone::Attention;
    }
    float const width = ui.width(text, style);
    tone_mark(ui, right - width - 16, middle, tone);
    Rect const place{right - width, middle - 8, width + 1, 16};
    auto node = node_at(Role::Status, "live", place);
    node.text = text;
    node.face = css_family(style.face);
    node.size = 12;
    node.line = 16;
    ui.text(place.x, middle, text, style);
    ui.mirror.add(std::move(node));
}

static void draw_search(Ui& ui, Rect search, Commands& commands)
{
    Press const press = claim(ui, search, "search");
    ui.fill(search, ui.colours.sunken, 8);
    ui.edge(search, press.shows_focus ? ui.colours.focus : ui.colours.border, 8, press.shows_focus ? 2 : 1);
    ui.icon(search.x + 18, search.middle(), icon::search, 15, ui.colours.text2);
    ui.text(search.x + 34, search.middle(), "Search or jump to…", {Face::Regular, 13, ui.colours.text3});
    auto node = node_at(Role::Button, "search", search);
    node.text = "Search or jump to…";
    node.face = css_family(Face::Regular);
    node.line = search.h;
    node.left = 34;
    ui.mirror.add(std::move(node));
    if (search.w > 260) {
        key_cap(ui, search.right() - 28, search.middle(), "K");
        key_cap(ui, search.right() - 62, search.middle(), "Ctrl");
    }
    if (press.pressed) commands.emplace_back(Open{"palette"});
}

static void draw_top_bar(Ui& ui, Rect area, Session const& session, AppState const& state, Commands& commands)
{
    MirrorScope const header(ui.mirror, {.role = Role::Banner, .key = "top"});
    auto const here = screen_at(state);
    auto const* screen = screen_of(session, here);
    std::string const list = screen ? screen->title : "Nothing here";
    auto const record = record_title(ui, state);
    float const size = ui.compact() ? 16.0f : 14.0f;
    TextStyle const style{ui.compact() ? Face::Display : Face::SemiBold, size, ui.colours.text};
    float x = area.x + (ui.compact() ? 16.0f : 24.0f);
    float right = area.right() - (ui.compact() ? 8.0f : 16.0f);

    if (ui.compact()) {
        bool const deep = !state.address.at(1).empty();
        if (deep) {
            if (icon_button(ui, {x - 10, area.middle() - 20, 40, 40}, "back", "Back to " + list, icon::arrow_left))
                commands.emplace_back(Go{{{here}, {}}, false});
            x += 36;
        } else {
            mark(ui, x, area.middle() - 9, 18);
            x += 30;
        }
        right -= 40;
        if (icon_button(ui, {right, area.middle() - 20, 40, 40}, "search", "Search or jump to", icon::search))
            commands.emplace_back(Open{"palette"});
        told(ui, Role::Heading, "page-title", {x, area.y, right - x - 8, area.h}, record.empty() ? list : record, style);
        return;
    }
    if (icon_button(ui, {right - 28, area.middle() - 14, 28, 28}, "help", "Keys (?)", icon::circle_help))
        commands.emplace_back(Open{"keys"});
    right -= 44;
    draw_live(ui, right, area.middle(), state);
    right -= area.w < 760 ? 150.0f : 76.0f;
    bool const lost = state.connection.lost || !state.connection.live;
    if (lost && area.w >= 760) right -= 96;

    bool const narrow = area.w < 700;
    float const search_width = narrow ? 34 : std::min(340.0f, area.w * 0.34f);
    Rect const search{right - search_width, area.middle() - 17, search_width, 34};
    if (narrow) {
        if (icon_button(ui, search, "search", "Search or jump to", icon::search)) commands.emplace_back(Open{"palette"});
    } else {
        draw_search(ui, search, commands);
    }

    float const room = search.x - x - 16;
    if (record.empty()) {
        told(ui, Role::Heading, "page-title", {x, area.y, room, area.h}, list, style);
        return;
    }
    TextStyle const crumb{Face::Medium, 13, ui.colours.text2};
    go_link(ui, commands, "crumb", x, area.middle(), list, "#/" + here, crumb);
    x += ui.width(list, crumb) + 8;
    ui.icon(x + 7, area.middle(), icon::chevron_right, 14, ui.colours.text3);
    told(ui, Role::Heading, "page-title", {x + 20, area.y, room - (x + 20 - area.x - 24), area.h}, record,
        {Face::SemiBold, 13, ui.colours.text});
}

// What everybody on every page has to know. Returns its height.
static float draw_notice(Ui& ui, Rect area, Session const& session, AppState const& state, Commands& commands)
{
    std::string text, action;
    if (session.installation.snapshot_at)
        text = "This is a snapshot of " + ui.clock.exact(session.installation.snapshot_at, zone_of(state)) + ". Nothing can be changed.";
    else if (state.connection.lost)
        text = "The server does not answer. We try again by ourselves; nothing that you typed is lost.";
    else if (state.connection.slow)
        text = "The server is slow to answer. We go on waiting; nothing that you typed is lost.";
    else if (state.outdated) {
        text = "There is a newer console.";
        action = "Load it";
    }
    if (text.empty()) return 0;
    TextStyle const style{Face::Medium, 13, ui.colours.warn, 18};
    float const room = area.w - 64 - (action.empty() ? 0 : 90);
    float const height = static_cast<float>(ui.wrap(text, style, room).size()) * 18 + 18;
    ui.fill({area.x, area.y, area.w, height}, ui.colours.warnbg);
    ui.icon(area.x + 30, area.y + 18, state.connection.lost ? icon::wifi_off : icon::triangle_alert, 15, ui.colours.warn);
    wrapped(ui, Role::Status, "notice-text", {area.x + 48, 0, room, 0}, area.y + 18, text, style);
    if (!action.empty()) {
        Button const load{.key = "notice-load", .text = action, .look = ButtonLook::Secondary};
        if (button(ui, {area.right() - 100, area.y + 4, 84, 28}, load)) commands.emplace_back(Reload{});
    }
    return height;
}

Rect draw_shell(Ui& ui, AppState const& state, Commands& commands)
{
    auto const& session = state.signed_in()->session;
    for (auto const& screen : screens_for(session))
        if (ui.key(screen.key)) commands.emplace_back(Go{address_from(std::string("#/") + screen.path)});
    if (ui.key("Ctrl+k", true)) commands.emplace_back(Open{"palette"});
    if (ui.key("?")) commands.emplace_back(Open{"keys"});

    ImVec2 const size = ui.size();
    if (ui.compact()) {
        ui.fill(ui.window(), ui.colours.surface);
        Rect const top{0, 0, size.x, phone_top_height};
        ui.line(0, phone_top_height - 1, size.x, ui.colours.border);
        draw_top_bar(ui, top, session, state, commands);
        float const notice = draw_notice(ui, {0, phone_top_height, size.x, 0}, session, state, commands);
        float const bottom = size.y - tabs_height;
        draw_tabs(ui, {0, bottom, size.x, tabs_height}, session, state, commands);
        return {0, phone_top_height + notice, size.x, bottom - phone_top_height - notice};
    }
    bool const rail = size.x < 900;
    float const nav = rail ? rail_width : nav_width;
    draw_navigation(ui, {0, 0, nav, size.y}, session, state, commands, rail);
    Rect const sheet{nav, 8, size.x - nav - 8, size.y - 16};
    card(ui, sheet, 12);
    draw_top_bar(ui, {sheet.x, sheet.y, sheet.w, top_height}, session, state, commands);
    ui.line(sheet.x + 1, sheet.y + top_height - 1, sheet.w - 2, ui.colours.line);
    float const notice = draw_notice(ui, {sheet.x + 1, sheet.y + top_height, sheet.w - 2, 0}, session, state, commands);
    return {sheet.x + 1, sheet.y + top_height + notice, sheet.w - 2, sheet.h - top_height - notice - 1};
}

void draw_toasts(Ui& ui, AppState const& state, Commands& commands)
{
    float const width = ui.compact() ? ui.size().x - 32 : 380;
    float const x = ui.compact() ? 16 : ui.size().x - width - 24;
    float bottom = ui.size().y - (ui.compact() ? tabs_height + 12 : 24) - ui.footer;
    for (auto it = state.toasts.rbegin(); it != state.toasts.rend(); ++it) {
        auto const& toast = *it;
        auto const key = "toast-" + std::to_string(toast.id);
        TextStyle const text{Face::Regular, 12, ui.colours.text2, 17};
        auto const lines = ui.wrap(toast.text, text, width - 92).size();
        float const height = 38 + static_cast<float>(lines) * 17 + (toast.address.empty() ? 0.0f : 24.0f);
        Rect const area{x, bottom - height, width, height};
        ui.shadow(area, 10);
        ui.fill(area, ui.colours.raised, 10);
        ui.edge(area, ui.dark() ? ui.colours.ctlsoft : ui.colours.border, 10);
        ui.icon(area.x + 24, area.y + 22, toast.is_error ? icon::circle_alert : icon::circle_check, 16,
            toast.is_error ? ui.colours.baddot : ui.colours.okdot);
        auto node = node_at(toast.is_error ? Role::Alert : Role::Status, key, area);
        node.lies_over = true;
        MirrorScope const scope(ui.mirror, std::move(node));
        told(
            ui, Role::Text, key + "-title", {area.x + 44, area.y + 12, width - 92, 20}, toast.title, {Face::SemiBold, 13, ui.colours.text});
        wrapped(ui, Role::Text, key + "-text", {area.x + 44, 0, width - 92, 0}, area.y + 41, toast.text, text);
        if (icon_button(ui, {area.right() - 38, area.y + 8, 28, 28}, key + "-close", "Close: " + toast.title, icon::x))
            commands.emplace_back(CloseToast{toast.id});
        if (!toast.address.empty())
            go_link(
                ui, commands, key + "-open", area.x + 44, area.bottom() - 20, "Open", toast.address, {Face::Medium, 13, ui.colours.accent});
        bottom -= height + 8;
    }
}

} // namespace console
