#include "web-client/views/notifications_view.h"

#include "build/generated/icon_codes.h"
#include "web-client/views/timeline.h"
#include "web-client/widgets/scroll_area.h"

#include <imgui.h>

#include <array>
#include <cmath>
#include <utility>

namespace console {

static constexpr float list_width = 400;
static constexpr float entry_height = 58;
static constexpr float group_height = 36;

static std::string status_of(AppState const& state)
{
    return state.address.of("status") == "resolved" ? "resolved" : "pending";
}

static std::vector<Notification> const& rows_of(AppState const& state)
{
    static std::vector<Notification> const none;
    auto const found = state.notifications.find(status_of(state));
    return found == state.notifications.end() ? none : found->second.rows;
}

static Notification const* opened(AppState const& state)
{
    auto const found = state.notification.find(state.address.at(1));
    if (found != state.notification.end() && found->second.value) return &*found->second.value;
    for (auto const& row : rows_of(state))
        if (row.id == state.address.at(1)) return &row;
    return nullptr;
}

static Address address_of(AppState const& state, std::string const& id)
{
    Address address{{"notifications"}, state.address.query};
    if (!id.empty()) address.path.push_back(id);
    return address;
}

std::string NotificationsView::title(AppState const& state) const
{
    auto const* item = opened(state);
    return item ? notification_title(*item) : "Needs a human";
}

void NotificationsView::draw_entry(
    Ui& ui, Rect row, Notification const& item, AppState const& state, Commands& commands, bool reached_by_tab)
{
    bool const here = state.address.at(1) == item.id;
    auto const key = "notification-" + item.id;
    Rect const tile{row.x + 8, row.y + 1, row.w - 16, row.h - 2};
    Press const press = claim(ui, tile, key);
    if (here || press.hovered) ui.fill(tile, here ? ui.colours.selected : ui.colours.hover, 8);
    if (press.shows_focus) ui.edge(tile, ui.colours.focus, 8, 2);
    MirrorScope const entry(ui.mirror, node_at(Role::Item, key + "-item", row));
    auto const owner = item.organization_name.empty() ? std::string("Platform") : item.organization_name;
    auto node = node_at(Role::Link, key, tile);
    node.label = notification_title(item) + ", " + owner + (item.phone_number.empty() ? "" : ", " + national_format(item.phone_number));
    node.href = address_of(state, item.id).text();
    node.current = here;
    node.by_arrows = !reached_by_tab;
    ui.mirror.add(std::move(node));
    tone_mark(ui, tile.x + 12, tile.y + 19, item.status == "pending" ? Tone::Attention : item.status == "resolved" ? Tone::Ok : Tone::Off);
    TextStyle const time{Face::Regular, 12, ui.colours.text2};
    auto const when = item.status == "pending" ? ui.clock.age(item.created_at) : ui.clock.short_time(item.decided_at);
    float const right = tile.right() - 12 - ui.width(when, time);
    told(ui, Role::Text, key + "-title", {tile.x + 30, tile.y + 9, right - tile.x - 38, 20}, notification_title(item),
        {Face::SemiBold, 13, ui.colours.text});
    told(ui, Role::Text, key + "-owner", {tile.x + 30, tile.y + 30, tile.w - 42, 18},
        owner + (item.phone_number.empty() ? "" : " · " + national_format(item.phone_number)), {Face::Regular, 12, ui.colours.text2});
    paragraph(ui, key + "-time", right, tile.y + 19, when, time);
    if (press.pressed) commands.emplace_back(Go{address_of(state, item.id)});
}

void NotificationsView::draw_list(Ui& ui, Rect area, AppState const& state, Commands& commands)
{
    auto const status = status_of(state);
    auto const found = state.notifications.find(status);
    if (found == state.notifications.end()) return;
    auto const& list = found->second;
    auto const pending = state.notifications.find("pending");
    bool const is_counted = pending != state.notifications.end() && !pending->second.counts.empty();
    std::array<std::string, 2> const choices{
        is_counted ? "Open " + std::to_string(pending->second.count("pending")) : std::string("Open"), "Resolved"};
    if (auto const chosen = segmented(ui, {area.x + 16, area.y + 14, segmented_width(ui, choices), 32}, "notifications-status",
            "Which to show", choices, status == "resolved"))
        commands.emplace_back(Go{Address{{"notifications"}, {}}.with("status", *chosen == 1 ? "resolved" : "")});
    ui.line(area.x, area.y + 60, area.w, ui.colours.line);
    Rect const body{area.x, area.y + 61, area.w, area.h - 61};
    if (draw_progress(ui, "notifications", {body.x + 16, body.y, body.w - 32, body.h}, progress_of(list), state, commands)) return;
    if (list.rows.empty()) {
        empty(ui, "notifications-empty", body,
            status == "pending" ? Empty{icon::circle_check, "Nothing needs a human",
                "When a line cannot be set up by itself, it appears here with its cause and the one step to take."}
                                : Empty{icon::bell_ring, "Nothing resolved yet", "What was resolved or dismissed is kept here."});
        return;
    }
    // Groups are as high as a heading; rows come newest first.
    std::vector<float> tops;
    std::vector<std::string> groups;
    float height = 4;
    std::string group;
    for (auto const& item : list.rows) {
        auto const of = ui.clock.day_group(item.status == "pending" ? item.created_at : item.decided_at);
        bool const begins = of != group;
        groups.push_back(begins ? of : "");
        group = of;
        height += begins ? group_height : 0;
        tops.push_back(height);
        height += entry_height;
    }
    ScrollArea scroll(ui, "notifications-list", body, height + 8, "Notifications");

    int const count = static_cast<int>(list.rows.size());
    int at = -1;
    for (int i = 0; i < count; ++i)
        if (list.rows[static_cast<std::size_t>(i)].id == state.address.at(1)) at = i;
    bool const inside = ui.mirror.focused().starts_with("notification-");
    int step = 0;
    if (ui.key("j")) step = 1;
    if (ui.key("k")) step = -1;
    if (inside && ui.key("ArrowDown")) step = 1;
    if (inside && ui.key("ArrowUp")) step = -1;
    if (step != 0) {
        int const next = std::clamp(at + step, 0, count - 1);
        auto const& id = list.rows[static_cast<std::size_t>(next)].id;
        scroll.reveal({body.x, scroll.top() + tops[static_cast<std::size_t>(next)], body.w, entry_height});
        ui.mirror.focus(ui.mirror.focused(), true);
        ui.mirror.request_focus("notification-" + id);
        commands.emplace_back(Go{address_of(state, id), at >= 0});
    }
    MirrorScope const entries(ui.mirror, {.role = Role::List, .key = "notifications-entries"});
    for (int i = 0; i < count; ++i) {
        Rect const row{body.x, scroll.top() + tops[static_cast<std::size_t>(i)], body.w, entry_height};
        if (row.bottom() < body.y - group_height || row.y > body.bottom()) continue;
        if (auto const& name = groups[static_cast<std::size_t>(i)]; !name.empty()) {
            MirrorScope const item(ui.mirror, {.role = Role::Item, .key = "notifications-day-" + std::to_string(i)});
            paragraph(ui, "notifications-group-" + std::to_string(i), body.x + 20, row.y - 14, name, {Face::Medium, 12, ui.colours.text2});
        }
        draw_entry(ui, row, list.rows[static_cast<std::size_t>(i)], state, commands, at < 0 ? i == 0 : i == at);
    }
    if (!list.cursor.empty() && scroll.scroll() + body.h > height - 200) commands.emplace_back(LoadMore{"notifications"});
}

static float numbered(Ui& ui, std::string const& key, Rect area, int number, std::string const& text)
{
    MirrorScope const item(ui.mirror, {.role = Role::Item, .key = key + "-item"});
    ui.disc(area.x + 11, area.y + 11, 11, ui.colours.mutebg);
    TextStyle const digit{Face::SemiBold, 12, ui.colours.text2};
    auto const figure = std::to_string(number);
    ui.decoration = true; // the list counts by itself
    ui.text(area.x + 11 - ui.width(figure, digit) / 2, area.y + 11, figure, digit);
    ui.decoration = false;
    return std::max(
        wrapped(ui, Role::Text, key, {area.x + 34, 0, area.w - 34, 0}, area.y + 11, text, {Face::Regular, 14, ui.colours.text, 21}) + 10,
        32.0f);
}

float NotificationsView::draw_steps(Ui& ui, Rect area, Notification const& item, AppState const& state, Commands& commands)
{
    bool const may = state.signed_in()->session.may_change() && item.status == "pending";
    float y = area.y;
    float const start = y;
    heading(ui, "steps-title", area.x, y + 8, "What to do", {Face::SemiBold, 14, ui.colours.text}, 3);
    y += 28;
    bool const imports = item.type == "elevenlabs_import_required" && !item.phone_number.empty();
    float const field_height = ui.compact() ? 44 : 36;
    if (imports) {
        {
            MirrorScope const list(ui.mirror, {.role = Role::OrderedList, .key = "steps"});
            y += numbered(ui, "step-1", {area.x, y, area.w, 0}, 1, "In ElevenLabs, open Phone numbers and import this Twilio number.");
            {
                MirrorScope const inner(ui.mirror, {.role = Role::Item, .key = "step-number-item"});
                TextStyle const code{Face::Mono, 13, ui.colours.text};
                float const width = ui.width(item.phone_number, code) + 52;
                Rect const box{area.x + 34, y, width, 32};
                ui.fill(box, ui.colours.sunken, 6);
                ui.edge(box, ui.colours.border, 6);
                paragraph(ui, "step-number", box.x + 12, box.middle(), item.phone_number, code);
                if (icon_button(ui, {box.right() - 32, box.y + 2, 28, 28}, "step-copy", "Copy " + item.phone_number, icon::copy))
                    commands.emplace_back(Copy{item.phone_number});
                TextStyle const accent{Face::Medium, 13, ui.colours.accent};
                std::string const open = "Open ElevenLabs ↗";
                if (ui.compact() && box.right() + 20 + ui.width(open, accent) > area.right()) y += 36;
                float const link_x = ui.compact() && y > box.y ? area.x + 34 : box.right() + 18;
                if (link(ui, "step-open", link_x, y + 16, open, "https://elevenlabs.io/app/agents/phone-numbers", accent))
                    commands.emplace_back(OpenPage{"https://elevenlabs.io/app/agents/phone-numbers"});
                y += 44;
            }
            y += numbered(ui, "step-2", {area.x, y, area.w, 0}, 2, "Assign it to the agent “Jack”.");
            y += numbered(ui, "step-3", {area.x, y, area.w, 0}, 3, "Copy the phone id from its page and paste it below.");
        }
        if (may) {
            MirrorScope const form(ui.mirror, {.role = Role::Form, .key = "activate-form", .label = "Activate"});
            auto const name = "activate:" + item.phone_number;
            auto const action = state.action(name);
            y += 30;
            bool const phone = ui.compact();
            Button const activate{.key = "activate",
                .text = "Activate",
                .icon = icon::zap,
                .submits = true,
                .busy_for = action.busy ? ImGui::GetTime() - action.since : -1};
            float const width = phone ? area.w : std::min(320.0f, area.w - 150);
            Field const field{.key = "phone-id",
                .label = "ElevenLabs phone id",
                .name = "elevenlabs_phone_id",
                .placeholder = "phone_…",
                .text_size = phone ? 16.0f : 13.0f,
                .face = Face::Mono,
                .invalid = action.problem && !action.busy,
                .described_by = "activate-hint"};
            auto& typed = m_phone_ids[item.id];
            text_field(ui, {area.x, y, width, field_height}, field, typed);
            Rect const place = phone ? Rect{area.x, y + field_height + 12, area.w, 44} : Rect{area.x + width + 12, y, 120, field_height};
            if (button(ui, place, activate)) commands.emplace_back(Activate{item.phone_number, item.organization_id, typed});
            y = place.bottom() + 18;
            if (action.problem && !action.busy) {
                draw_refusal(ui, "activate-hint", {area.x, y, area.w, 0}, y, action.problem->message);
                y += refusal_height(ui, area.w - 22, action.problem->message) + 8;
            } else {
                y += wrapped(ui, Role::Text, "activate-hint", {area.x, 0, area.w, 0}, y,
                         "We read the number back from both providers, check that Jack says “" + item.organization_name
                             + "”, then put the line live.",
                         {Face::Regular, 12, ui.colours.text3, 17})
                    + 8;
            }
        }
        return y - start;
    }
    MirrorScope const list(ui.mirror, {.role = Role::OrderedList, .key = "steps"});
    y += numbered(
        ui, "step-1", {area.x, y, area.w, 0}, 1, item.next_step.empty() ? "Look at the organisation and try again." : item.next_step);
    if (may && item.type == "number_choice_needed") {
        MirrorScope const form(ui.mirror, {.role = Role::Form, .key = "choice-form", .label = "Where to look"});
        auto const action = state.action("retry:" + item.organization_id);
        y += 30;
        Field const field{.key = "choice-code",
            .label = "Area code",
            .name = "area_code",
            .input = "tel",
            .placeholder = "604",
            .text_size = ui.compact() ? 16.0f : 13.0f,
            .invalid = action.problem && !action.busy,
            .described_by = "choice-hint"};
        text_field(ui, {area.x, y, 120, field_height}, field, m_area_codes[item.id]);
        Button const look{.key = "choice-look",
            .text = "Look there",
            .icon = icon::search,
            .submits = true,
            .busy_for = action.busy ? ImGui::GetTime() - action.since : -1};
        if (button(ui, {area.x + 132, y, 132, field_height}, look))
            commands.emplace_back(RetryRun{item.organization_id, m_area_codes[item.id]});
        y += field_height + 18;
        if (action.problem && !action.busy) {
            draw_refusal(ui, "choice-hint", {area.x, y, area.w, 0}, y, action.problem->message);
            y += refusal_height(ui, area.w - 22, action.problem->message) + 8;
        } else {
            y += wrapped(ui, Role::Text, "choice-hint", {area.x, 0, area.w, 0}, y,
                     "The run goes on from where it stopped and buys one number there.", {Face::Regular, 12, ui.colours.text3, 17})
                + 8;
        }
    }
    return y - start;
}

// What can be done with it: the buttons on the left, then those on the right, in as few words and rows as there is room for.
NotificationsView::Footer NotificationsView::footer_of(Ui const& ui, float width, Notification const& item, AppState const& state) const
{
    Footer footer;
    bool const may = state.signed_in()->session.may_change() && item.status == "pending";
    auto const retry = state.action("retry:" + item.organization_id), decide = state.action("decide:" + item.id);
    auto const busy_for = [](Action const& action) { return action.busy ? ImGui::GetTime() - action.since : -1; };
    bool const held = item.type == "purchase_held";
    if (may && !item.organization_id.empty() && item.type != "number_choice_needed")
        footer.left.push_back({.key = "detail-retry",
            .text = held ? "Release and buy" : "Try the automatic way again",
            .look = held ? ButtonLook::Primary : ButtonLook::Secondary,
            .icon = icon::refresh_cw,
            .busy_for = busy_for(retry)});
    if (!item.organization_id.empty())
        footer.left.push_back({.key = "detail-open", .text = "Open organisation", .look = ButtonLook::Secondary});
    if (may) {
        footer.right.push_back({.key = "detail-resolve", .text = "Resolve", .look = ButtonLook::Ghost, .busy_for = busy_for(decide)});
        footer.right.push_back({.key = "detail-dismiss", .text = "Dismiss…", .look = ButtonLook::Ghost});
    }
    auto const needed = [&](std::vector<Button> const& buttons) {
        float sum = 0;
        for (auto const& button : buttons)
            sum += button_width(ui, button) + 8;
        return sum;
    };
    float const room = width - (ui.compact() ? 24 : 40);
    if (needed(footer.left) + needed(footer.right) > room)
        for (auto& button : footer.left) {
            if (button.key == "detail-retry" && !held) button.text = "Try again";
            if (button.key == "detail-open") button.text = "Open";
        }
    footer.row = ui.compact() ? 40 : 32;
    footer.rows = needed(footer.left) + needed(footer.right) > room && !footer.right.empty() ? 2 : 1;
    footer.height = static_cast<float>(footer.rows) * (footer.row + 10) + (ui.compact() ? 10.0f : 16.0f);
    return footer;
}

void NotificationsView::draw_footer(Ui& ui, Rect area, Footer const& footer, Notification const& item, Commands& commands)
{
    ui.line(area.x, area.y, area.w, ui.colours.line);
    ui.footer = area.h;
    float const edge = ui.compact() ? 8 : 16, padding = ui.compact() ? 10 : 13;
    float x = area.x + edge + 8, y = area.y + padding;
    std::string pressed;
    auto const draw = [&](Button const& which) {
        float const width = button_width(ui, which);
        if (button(ui, {x, y, width, footer.row}, which)) pressed = which.key;
        x += width + 8;
    };
    for (auto const& which : footer.left)
        draw(which);
    if (footer.rows == 2) y += footer.row + 10;
    float width = -8;
    for (auto const& which : footer.right)
        width += button_width(ui, which) + 8;
    x = area.right() - edge - width;
    for (auto const& which : footer.right)
        draw(which);
    if (pressed == "detail-retry") commands.emplace_back(RetryRun{item.organization_id, {}});
    if (pressed == "detail-open") commands.emplace_back(Go{Address{{"organizations", item.organization_id}, {}}});
    if (pressed == "detail-dismiss") commands.emplace_back(Open{"dismiss:" + item.id});
    if (footer.right.empty()) return;
    bool const is_busy = footer.right.front().busy_for >= 0;
    if ((pressed == "detail-resolve" || ui.key("e")) && !is_busy) commands.emplace_back(Decide{item.id, true});
    if (ui.key("a")) ui.mirror.request_focus("phone-id");
}

void NotificationsView::draw_detail(Ui& ui, Rect area, AppState const& state, Commands& commands)
{
    auto const* item = opened(state);
    auto const found = state.notification.find(state.address.at(1));
    if (!item) {
        if (found != state.notification.end())
            draw_progress(ui, "notification", area.grown(-24), progress_of(found->second), state, commands);
        return;
    }
    // With its buttons, or its row, the focus would be gone: it goes on to the heading.
    bool const is_open = item->status == "pending";
    if (is_open)
        m_was_open = item->id, m_decided.clear();
    else if (m_was_open == item->id)
        m_decided = std::exchange(m_was_open, {});
    auto const& focused = ui.mirror.focused();
    if (m_decided == item->id && !ui.covered && (focused.empty() || focused.starts_with("detail-"))) {
        ui.mirror.request_focus("notification-title");
        m_decided.clear();
    }
    auto const footer = footer_of(ui, area.w, *item, state);
    Rect const body{area.x, area.y, area.w, area.h - footer.height};
    {
        MirrorNode article{.role = Role::Article, .key = "notification", .label = notification_title(*item)};
        MirrorScope const scope(ui.mirror, std::move(article));
        ScrollArea const scroll(ui, "notification-page-" + item->id, body, m_detail_height, "Details");
        float const padding = ui.compact() ? 16 : 32;
        float const width = std::min(area.w - 2 * padding, 860.0f);
        float const x = area.x + padding;
        float y = scroll.top() + 24;
        auto const owner = item->organization_name.empty() ? std::string("Platform") : item->organization_name;
        avatar(ui, x, y, 40, owner, AvatarShape::Organization);
        TextStyle const large{Face::Display, ui.compact() ? 17.0f : 20.0f, ui.colours.text, 26};
        auto node_title = notification_title(*item);
        told(ui, Role::Heading, "notification-title", {x + 54, y, width - 54, 24}, node_title, large, false, 2);
        auto below = owner + (item->phone_number.empty() ? "" : " · " + national_format(item->phone_number)) + " · "
            + ui.clock.short_time(item->created_at);
        told(ui, Role::Text, "notification-owner", {x + 54, y + 24, width - 54, 18}, below, {Face::Regular, 13, ui.colours.text2});
        y += 58;
        bool const open = item->status == "pending";
        auto const title = !open  ? (item->status == "resolved" ? "Resolved " : "Dismissed ") + ui.clock.exact(item->decided_at)
            : item->cause.empty() ? item->message
                                  : item->cause;
        auto const text = open && !item->cause.empty() ? item->message : open ? "" : item->cause.empty() ? item->message : item->cause;
        // The cause may be longer than a line: then it is the banner's text.
        bool const fits = ui.width(title, {Face::SemiBold, 13, 0}) <= width - 56;
        y += banner(ui, "notification-cause", {x, y, width, 0}, open ? Tone::Attention : Tone::Off, fits ? title : "What happened",
                 fits ? text : title + (text.empty() ? "" : " " + text))
            + 28;
        y += draw_steps(ui, {x, y, width, 0}, *item, state, commands);
        auto const detail = state.details.find(item->organization_id);
        if (detail != state.details.end() && detail->second.run.value) {
            auto const& run = *detail->second.run.value;
            y += 20;
            ui.line(x, y, width, ui.colours.line);
            y += 28;
            heading(ui, "happened-title", x, y, "What happened", {Face::SemiBold, 14, ui.colours.text}, 3);
            y += 24;
            draw_timeline(ui, "happened", {x, y, width, 0}, run, {}); // the list beside it is of many zones: this machine's for all
            y += timeline_height(ui, width, run);
        }
        m_detail_height = y + 16 - scroll.top();
    }
    draw_footer(ui, {area.x, body.bottom(), area.w, footer.height}, footer, *item, commands);
}

void NotificationsView::draw(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    bool const one_pane = page.w < 760;
    bool const has_detail = !state.address.at(1).empty();
    if (has_detail && ui.key("Escape")) commands.emplace_back(Go{address_of(state, {})});
    if (one_pane) {
        if (has_detail)
            draw_detail(ui, page, state, commands);
        else
            draw_list(ui, page, state, commands);
        return;
    }
    draw_list(ui, {page.x, page.y, list_width, page.h}, state, commands);
    ui.fill({page.x + list_width, page.y, 1, page.h}, ui.colours.line);
    Rect const right{page.x + list_width + 1, page.y, page.w - list_width - 1, page.h};
    if (has_detail)
        draw_detail(ui, right, state, commands);
    else if (!rows_of(state).empty())
        empty(ui, "notification-none", right,
            {icon::bell_ring, "Choose one on the left",
                "Each says what happened, what to do, and has the button for it. J and K move through them."});
}

} // namespace console
