#include "web-client/views/messages_view.h"

#include "build/generated/icon_codes.h"
#include "web-client/views/calls.h"
#include "web-client/views/lead_card.h"
#include "web-client/views/reach.h"
#include "web-client/widgets/scroll_area.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace console {

static constexpr float list_width = 344;
static constexpr float head_height = 72;
static constexpr float bubble_line = 20;

static LeadRecord const* opened(AppState const& state)
{
    auto const found = state.lead.find(place_of(state.address).record);
    return found == state.lead.end() ? nullptr : &found->second;
}

static Address thread_address(AppState const& state, Lead const& lead)
{
    auto const place = place_of(state.address);
    Address address{place.is_tab ? std::vector<std::string>{"organizations", place.organization, "messages"}
                                 : std::vector<std::string>{"messages", lead.organization_id},
        state.address.query};
    address.path.push_back(lead.id);
    return address;
}

static Address list_address(AppState const& state)
{
    auto const place = place_of(state.address);
    return {place.is_tab ? std::vector<std::string>{"organizations", place.organization, "messages"} : std::vector<std::string>{"messages"},
        state.address.query};
}

std::string MessagesView::title(AppState const& state) const
{
    auto const* record = opened(state);
    if (!record || !record->lead.value) return "Messages";
    auto const& lead = record->lead.value->lead;
    return "Texts with " + customer_name(lead.name, lead.phone_number);
}

void MessagesView::draw_threads(Ui& ui, Rect area, AppState const& state, Commands& commands)
{
    auto const place = place_of(state.address);
    auto const& list = state.threads;
    static constexpr std::array<char const*, 3> filters{"", "unread", "opted_out"};
    int const unread = count_in(list, "unread");
    std::array<std::string, 3> const choices{"All", unread > 0 ? "Unread " + std::to_string(unread) : std::string("Unread"), "Opted out"};
    auto const filter = state.address.of("filter");
    int const chosen = static_cast<int>(std::find(filters.begin(), filters.end(), filter) - filters.begin());
    if (auto const pressed
        = segmented(ui, {area.x + 16, area.y + 14, segmented_width(ui, choices), 34}, "threads-filter", "Which to show", choices, chosen))
        commands.emplace_back(Go{state.address.with("filter", filters[static_cast<std::size_t>(*pressed)]), true});
    auto const& session = state.signed_in()->session;
    auto const from = !place.organization.empty() ? place.organization
        : session.organizations.size() == 1       ? session.organizations.front().id
                                                  : std::string();
    if (!from.empty() && session.may_work(from)) {
        bool const pressed = icon_button(ui, {area.right() - 44, area.y + 17, 28, 28}, "threads-new", "Text a number", icon::plus);
        if (pressed || (place.record.empty() && ui.key("t"))) commands.emplace_back(Open{"text:" + from + ':'});
    }
    float const search = ui.compact() ? 44 : 34;
    draw_search(ui, {area.x + 16, area.y + 58, area.w - 32, search}, "threads", "Name, number or words", state, commands);
    float const top = 58 + search + 12;
    ui.line(area.x, area.y + top, area.w, ui.colours.line);
    Rect const body{area.x, area.y + top + 1, area.w, area.h - top - 1};
    if (draw_progress(ui, "threads", {body.x + 16, body.y, body.w - 32, body.h}, progress_of(list), state, commands)) return;
    if (list.rows.empty()) {
        bool const filtered = !state.address.of("search").empty();
        empty(ui, "threads-empty", body,
            filtered ? Empty{icon::search, "Nothing matches", "No thread has this name, number or words."}
                : filter.empty()
                ? Empty{icon::messages_square, "No texts yet", "When a customer texts the dealership's number, it appears here."}
                : filter == "unread" ? Empty{icon::circle_check, "Everything is read", "New texts appear here by themselves."}
                                     : Empty{icon::ban, "Nobody opted out", "Who texts STOP is listed here, and is not written to again."});
        return;
    }
    Table table;
    table.key = "threads";
    table.label = "Threads";
    table.columns = {{"thread", "Thread"}};
    table.row_height = 66;
    table.has_header = false;
    table.open = place.record.empty() ? "-" : place.record;
    fill_table(table, list);
    auto const at = [&](int row) -> LeadRow const& { return list.rows[static_cast<std::size_t>(row)]; };
    table.row_key = [&](int row) { return at(row).lead.id; };
    table.href = [&](int row) { return thread_address(state, at(row).lead).text(); };
    table.draw_row = [&](int row, Rect place_of_row, std::vector<Rect> const&) {
        auto const& [lead, owner] = at(row);
        auto const key = "threads-" + lead.id;
        bool const is_unread = lead.unread > 0;
        float const x = place_of_row.x + 16, text_x = x + 46, right = place_of_row.right() - 20, y = place_of_row.y;
        customer_avatar(ui, x, y + 16, 34, lead.name);
        TextStyle const time{Face::Regular, 12, is_unread ? ui.colours.accent : ui.colours.text2};
        auto const when = ui.clock.short_time(lead.last_message_at, zone_of(state));
        float const time_x = right - ui.width(when, time);
        MirrorScope const scope(ui.mirror, cell_node(key, place_of_row, 1));
        link_cell(ui, table, row, m_current, {text_x, y + 8, time_x - text_x - 8, 20}, customer_name(lead.name, lead.phone_number),
            {is_unread ? Face::SemiBold : Face::Medium, 13, ui.colours.text});
        paragraph(ui, key + "-time", time_x, y + 18, when, time);
        auto const preview
            = (lead.last_direction == "outbound" ? "You: " : "") + (lead.last_message.empty() ? std::string("Picture") : lead.last_message);
        told(ui, Role::Text, key + "-preview", {text_x, y + 26, right - text_x - 30, 19}, preview,
            {is_unread ? Face::SemiBold : Face::Regular, 13, is_unread ? ui.colours.text : ui.colours.text2});
        told(ui, Role::Text, key + "-owner", {text_x, y + 44, right - text_x - 30, 17},
            place.is_tab ? stage_words(lead.stage).words : owner, {Face::Regular, 12, ui.colours.text2});
        if (is_unread) {
            TextStyle const count{Face::SemiBold, 11, ui.colours.onaccent};
            auto const figure = std::to_string(lead.unread);
            float const width = std::max(ui.width(figure, count) + 10, 18.0f);
            Rect const badge{right - width, y + 27, width, 18};
            ui.fill(badge, ui.colours.accentfill, 9);
            auto node = node_at(Role::Text, key + "-unread", badge);
            write(ui, node, figure, count);
            node.line = badge.h;
            node.label = figure + " unread";
            ui.text(badge.x + (width - ui.width(figure, count)) / 2, badge.middle(), figure, count);
            ui.mirror.add(std::move(node));
        } else if (lead.opted_out) {
            ui.icon(right - 8, y + 36, icon::ban, 15, ui.colours.text2);
            auto node = node_at(Role::Text, key + "-opted-out", {right - 16, y + 28, 16, 16});
            node.label = node.title = "Opted out";
            ui.mirror.add(std::move(node));
        }
    };
    auto const result = draw_table(ui, body, table, m_current);
    if (result.opened) commands.emplace_back(Go{address_from(table.href(*result.opened)), !place.record.empty()});
    if (result.wants_more) commands.emplace_back(LoadMore{"threads"});
}

float MessagesView::draw_head(Ui& ui, Rect area, LeadPage const& page, AppState const& state, Commands& commands)
{
    auto const& lead = page.lead;
    bool const phone = ui.compact();
    float const padding = phone ? 16 : 24;
    auto const from = page.our_number.empty() ? page.organization_name : page.organization_name + ", " + national_format(page.our_number);
    Reach const who{lead.organization_id, lead.id, {}, lead.phone_number};
    TextStyle const quiet{Face::Regular, 13, ui.colours.text2};
    Button const open{.key = "thread-lead", .text = "Lead", .look = ButtonLook::Secondary, .icon = icon::user};
    float right = area.right() - padding;
    float const height = phone ? 56 : head_height;
    right -= button_width(ui, open);
    if (button(ui, {right, area.y + (height - 32) / 2, button_width(ui, open), 32}, open))
        commands.emplace_back(Go{address_in(lead.organization_id, "leads", lead.id)});
    bool const may = state.signed_in()->session.may_work(lead.organization_id);
    if (may) {
        Button const call{.key = "thread-call", .text = "Call", .look = ButtonLook::Secondary, .icon = icon::phone_outgoing};
        right -= button_width(ui, call) + 8;
        if (button(ui, {right, area.y + (height - 32) / 2, button_width(ui, call), 32}, call) || ui.key("c"))
            commands.emplace_back(Open{"call:" + lead.organization_id + ':' + lead.id});
        if (ui.key("m")) commands.emplace_back(Open{"stage:" + lead.organization_id + ':' + lead.id});
        if (ui.key("t")) ui.mirror.request_focus("composer");
    }
    right -= 16;
    if (phone) {
        told(ui, Role::Text, "thread-from", {area.x + padding, area.y, right - area.x - padding, height},
            national_format(lead.phone_number) + " to " + page.organization_name, quiet);
        ui.line(area.x, area.y + height - 1, area.w, ui.colours.line);
        return height;
    }
    customer_avatar(ui, area.x + padding, area.y + 16, 40, lead.name);
    float const x = area.x + padding + 52;
    auto const [tone, words] = stage_words(lead.stage);
    auto const state_text = lead.opted_out ? std::string("Opted out") : words;
    TextStyle const name{Face::Display, 16, ui.colours.text};
    float const room = right - x - pill_width(ui, state_text) - 10;
    float const drawn
        = told(ui, Role::Heading, "thread-name", {x, area.y + 14, room, 24}, customer_name(lead.name, lead.phone_number), name, false, 2);
    pill(ui, "thread-state", x + drawn + 10, area.y + 26, lead.opted_out ? Tone::Off : tone, state_text);
    auto const below = (lead.name.empty() ? "to " : national_format(lead.phone_number) + " to ") + from;
    told(ui, Role::Text, "thread-from", {x, area.y + 38, right - x, 20}, below, quiet);
    ui.line(area.x, area.y + height - 1, area.w, ui.colours.line);
    return height;
}

// A text, or a call between the texts.
struct ThreadEntry {
    Time at;
    Message const* message = nullptr;
    Conversation const* call = nullptr;
};

static std::vector<ThreadEntry> entries_of(LeadRecord const& record)
{
    std::vector<ThreadEntry> entries;
    for (auto const& message : record.messages.rows)
        entries.push_back({message.sent_at ? message.sent_at : message.created_at, &message, nullptr});
    // Calls older than the oldest text that is loaded come with the texts of their time.
    bool const is_all = record.messages.cursor.empty() || entries.empty();
    auto const oldest = entries.empty() ? Time() : entries.back().at;
    for (auto const& call : record.lead.value->conversations)
        if (is_all || call.started_at >= oldest) entries.push_back({call.started_at, nullptr, &call});
    std::stable_sort(entries.begin(), entries.end(), [](ThreadEntry const& a, ThreadEntry const& b) { return a.at < b.at; });
    return entries;
}

static std::string words_below(Ui const& ui, Message const& message, std::string const& zone)
{
    auto words = ui.clock.time(message.sent_at ? message.sent_at : message.created_at, zone);
    if (message.direction != "outbound") return words;
    words = (message.author.empty() ? "Jack" : message.author) + " · " + words + " · " + message_state(message).words;
    return message.error.empty() ? words : words + ": " + message.error;
}

static std::string body_of(Message const& message)
{
    if (message.pictures == 0) return message.body;
    auto const pictures = counted(message.pictures, "picture", "pictures") + ", not fetched";
    return message.body.empty() ? pictures : message.body + " (" + pictures + ")";
}

void MessagesView::draw_log(Ui& ui, Rect area, LeadRecord const& record, AppState const& state, Commands& commands)
{
    auto const& page = *record.lead.value;
    auto const zone = zone_of(state);
    auto const entries = entries_of(record);
    float const padding = ui.compact() ? 16 : 24;
    float const width = area.w - 2 * padding, widest = std::min(width * (ui.compact() ? 0.8f : 0.66f), 520.0f);
    TextStyle const text{Face::Regular, ui.compact() ? 15.0f : 14.0f, ui.colours.text, bubble_line};
    auto const key_of_log = "thread-log-" + page.lead.id;

    // It hangs at the bottom: the scroll starts there, follows what comes, and what is short stands at the end.
    ScrollArea scroll(ui, key_of_log, area, m_log_height, "Texts");
    auto const known = page.lead.id + '/' + (entries.empty() ? "" : std::to_string(entries.back().at.milliseconds)) + '/'
        + std::to_string(static_cast<int>(area.h));
    float const rest = std::max(area.h - m_log_height, 0.0f);
    MirrorScope const log(ui.mirror, [&] {
        MirrorNode node{
            .role = Role::Log, .key = "thread-log", .label = "Texts with " + customer_name(page.lead.name, page.lead.phone_number)};
        return node;
    }());
    float const start = scroll.top() + rest;
    float y = start + 16;
    auto const is_in_sight = [&](float top, float height) { return top + height > area.y - 100 && top < area.bottom() + 100; };
    if (!record.messages.cursor.empty()) {
        Button const more{.key = "thread-more",
            .text = "Show earlier texts",
            .look = ButtonLook::Ghost,
            .busy_for = record.messages.asking ? ImGui::GetTime() - record.messages.asked_at : -1};
        float const button_w = button_width(ui, more);
        if (button(ui, {area.x + (area.w - button_w) / 2, y, button_w, 32}, more))
            commands.emplace_back(LoadMore{"messages", page.lead.id});
        y += 44;
    }
    std::string day;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        auto const& entry = entries[i];
        auto const this_day = ui.clock.day_words(entry.at, zone);
        if (this_day != day) {
            day = this_day;
            TextStyle const style{Face::Medium, 12, ui.colours.text2};
            float const day_width = ui.width(day, style), x = area.x + (area.w - day_width) / 2;
            if (is_in_sight(y, 40)) {
                ui.line(area.x + padding, y + 14, (width - day_width) / 2 - 12, ui.colours.line);
                ui.line(x + day_width + 12, y + 14, (width - day_width) / 2 - 12, ui.colours.line);
                paragraph(ui, "thread-day-" + std::to_string(i), x, y + 14, day, style);
            }
            y += 40;
        }
        if (entry.call) {
            auto const line = ui.clock.time(entry.at, zone) + " · " + call_words(*entry.call);
            TextStyle const style{Face::Regular, 13, ui.colours.text2};
            float const line_width = std::min(ui.width(line, style), width - 30);
            float const x = area.x + (area.w - line_width) / 2 + 10;
            if (is_in_sight(y, 36)) {
                ui.icon(x - 16, y + 14, call_icon(*entry.call), 15, ui.colours.text2);
                auto const key = "thread-call-" + entry.call->id;
                Rect const target{x - 26, y, line_width + 34, 28};
                Press const press = claim(ui, target, key);
                float const drawn = ui.text_within(x, y + 14, line_width, line, style);
                if (press.hovered) ui.fill({x, y + 21, drawn, 1}, style.colour);
                if (press.shows_focus) ui.focus_ring({x - 4, y + 4, drawn + 8, 20}, 4);
                auto node = node_at(Role::Link, key, target);
                write(ui, node, line, style);
                node.line = 28;
                node.left = 26;
                if (drawn < ui.width(line, style)) node.title = line;
                node.href = address_in(page.lead.organization_id, "conversations", entry.call->id).text();
                ui.mirror.add(MirrorNode(node));
                if (press.pressed) commands.emplace_back(Go{address_from(node.href)});
            }
            y += 36;
            continue;
        }
        auto const& message = *entry.message;
        bool const ours = message.direction == "outbound";
        auto const body = body_of(message);
        auto const lines = ui.wrap_lines(body, text, widest - 28);
        float text_width = 0;
        for (auto const& line : lines)
            text_width = std::max(text_width, ui.width(line, text));
        float const bubble_width = std::ceil(text_width) + 28, height = static_cast<float>(lines.size()) * bubble_line + 16;
        float const x = ours ? area.right() - padding - bubble_width : area.x + padding;
        bool const is_last = i + 1 == entries.size() || !entries[i + 1].message || entries[i + 1].message->direction != message.direction
            || entries[i + 1].message->author != message.author || ui.clock.day_words(entries[i + 1].at, zone) != day
            || !message.error.empty() || (ours && message.state != entries[i + 1].message->state);
        auto const below = words_below(ui, message, zone);
        bool const failed = message_state(message).tone == Tone::Failed || message.state == "unclear";
        TextStyle const meta{failed ? Face::Medium : Face::Regular, 12, failed ? ui.colours.bad : ui.colours.text2, 16};
        auto const below_lines = is_last ? static_cast<float>(ui.wrap(below, meta, widest).size()) * 16 : 0.0f;
        if (is_in_sight(y, height + 40)) {
            auto const key = "message-" + message.id;
            auto node = node_at(
                Role::Group, key, {std::min(x, area.right() - padding - widest), y, widest, height + (is_last ? below_lines + 8 : 0)});
            node.label = (ours ? (message.author.empty() ? "Jack" : message.author) : customer_name(page.lead.name, page.lead.phone_number))
                + ", " + below;
            if (!ours) node.x = x;
            MirrorScope const scope(ui.mirror, std::move(node));
            Rect const bubble{x, y, bubble_width, height};
            ui.bubble(bubble, ours ? ui.colours.bubbleus : ui.colours.bubble, 14, ours);
            wrapped(ui, Role::Text, key + "-text", {x + 14, 0, bubble_width - 28, 0}, y + 8 + bubble_line / 2, body, text);
            if (is_last) {
                if (ours) {
                    auto const meta_lines = ui.wrap(below, meta, widest);
                    for (std::size_t line = 0; line < meta_lines.size(); ++line)
                        paragraph(ui, key + "-below" + std::to_string(line), area.right() - padding - 2 - ui.width(meta_lines[line], meta),
                            y + height + 14 + static_cast<float>(line) * 16, meta_lines[line], meta);
                } else {
                    paragraph(ui, key + "-below", x + 2, y + height + 14, below, meta);
                }
            }
        }
        y += height + (is_last ? below_lines + 18 : 6);
    }
    if (page.lead.opted_out) {
        std::string const words = "Opted out. We send nothing more.";
        TextStyle const style{Face::Regular, 13, ui.colours.text2};
        float const x = area.x + (area.w - ui.width(words, style)) / 2 + 10;
        ui.icon(x - 16, y + 14, icon::ban, 15, ui.colours.text2);
        paragraph(ui, "thread-opted-out", x, y + 14, words, style);
        y += 36;
    }
    float const height = y + 8 - start;
    if (std::abs(m_log_height - height) > 0.5f) {
        m_log_height = height;
        ui.change_in(0);
    } else if (m_log_of != known) { // as it is known now how high it is
        m_log_of = known;
        if (height > area.h) scroll.scroll_to(height - area.h);
    }
}

void MessagesView::draw_thread(Ui& ui, Rect area, AppState const& state, Commands& commands)
{
    auto const* record = opened(state);
    if (!record || draw_progress(ui, "thread", area.grown(-24), progress_of(record->lead), state, commands)) return;
    auto const& page = *record->lead.value;
    auto const& lead = page.lead;
    auto const reading = state.action("read:" + lead.id);
    auto const seen = lead.id + std::to_string(lead.last_message_at.milliseconds);
    if (m_was_in_vain && !reading.problem) m_read.clear(); // the server answers again
    m_was_in_vain = reading.problem.has_value();
    if (lead.unread > 0 && m_read != seen && !reading.busy && state.signed_in()->session.may_work(lead.organization_id)) {
        m_read = seen;
        commands.emplace_back(MarkRead{lead.organization_id, lead.id});
    }
    MirrorNode article{.role = Role::Article, .key = "thread", .label = "Texts with " + customer_name(lead.name, lead.phone_number)};
    MirrorScope const scope(ui.mirror, std::move(article));
    float const head = draw_head(ui, area, page, state, commands);
    float const padding = ui.compact() ? 12 : 24;
    float const composer = m_composer.height(ui, area.w - 2 * padding, page, state);
    Rect const body{area.x, area.y + head, area.w, area.h - head - composer - 24};
    if (!draw_progress(ui, "thread-texts", body.grown(-24), progress_of(record->messages), state, commands)) {
        if (record->messages.rows.empty() && page.conversations.empty())
            empty(ui, "thread-none", body,
                {icon::message_square, "No texts yet", "What you write goes out from the dealership's own number."});
        else
            draw_log(ui, body, *record, state, commands);
    }
    ui.footer = composer + 24;
    m_composer.draw(ui, {area.x + padding, area.bottom() - composer - 12, area.w - 2 * padding, composer}, page, state, commands);
}

void MessagesView::draw(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    auto const place = place_of(state.address);
    bool const one_pane = page.w < 760, has_thread = !place.record.empty();
    if (has_thread && ui.key("Escape")) commands.emplace_back(Go{list_address(state)});
    if (one_pane) return has_thread ? draw_thread(ui, page, state, commands) : draw_threads(ui, page, state, commands);
    draw_threads(ui, {page.x, page.y, list_width, page.h}, state, commands);
    ui.fill({page.x + list_width, page.y, 1, page.h}, ui.colours.line);
    Rect const right{page.x + list_width + 1, page.y, page.w - list_width - 1, page.h};
    if (has_thread)
        draw_thread(ui, right, state, commands);
    else if (!state.threads.rows.empty())
        empty(ui, "thread-unchosen", right, {icon::messages_square, "Choose a thread", "J and K move through them, Enter opens one."});
}

} // namespace console
