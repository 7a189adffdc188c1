#include "web-client/views/lead_view.h"

#include "build/generated/icon_codes.h"
#include "shared/base/text.h"
#include "web-client/views/calls.h"
#include "web-client/views/lead_card.h"
#include "web-client/views/reach.h"
#include "web-client/widgets/scroll_area.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace console {

static constexpr float gap = 16;
static constexpr std::size_t most_shown = 30; // of calls and texts

static LeadRecord const* opened(AppState const& state)
{
    auto const found = state.lead.find(place_of(state.address).record);
    return found == state.lead.end() ? nullptr : &found->second;
}

std::string LeadView::title(AppState const& state) const
{
    auto const* record = opened(state);
    if (!record || !record->lead.value) return "Lead";
    return customer_name(record->lead.value->lead.name, record->lead.value->lead.phone_number);
}

struct HistoryRow {
    Time at;
    char const* symbol;
    std::string key, words, state, href;
    bool failed = false;
};

static std::vector<HistoryRow> history_of(LeadRecord const& record)
{
    auto const& page = *record.lead.value;
    std::vector<HistoryRow> rows;
    auto const thread = Address{{"messages", page.lead.organization_id, page.lead.id}, {}}.text();
    for (auto const& call : page.conversations)
        rows.push_back({call.started_at, call_icon(call), "history-" + call.id, call_words(call), conversation_state(call).words,
            address_in(page.lead.organization_id, "conversations", call.id).text(), call.status == "failed"});
    for (auto const& message : record.messages.rows) {
        bool const ours = message.direction == "outbound";
        auto const body = message.body.empty() ? counted(message.pictures, "picture", "pictures") : message.body;
        rows.push_back({message.sent_at ? message.sent_at : message.created_at, icon::message_square, "history-" + message.id,
            (ours ? "We wrote: " : "They wrote: ") + body.substr(0, body.find('\n')), message_state(message).words, thread,
            message_state(message).tone == Tone::Failed});
    }
    std::stable_sort(rows.begin(), rows.end(), [](auto const& a, auto const& b) { return a.at > b.at; });
    if (rows.size() > most_shown) rows.resize(most_shown);
    return rows;
}

float LeadView::draw_history(Ui& ui, Rect area, LeadRecord const& record, AppState const& state, Commands& commands)
{
    auto const& page = *record.lead.value;
    auto const rows = history_of(record);
    float const pitch = 44, height = 52 + std::max(static_cast<float>(rows.size()), 1.0f) * pitch + 4;
    card(ui, {area.x, area.y, area.w, height});
    heading(ui, "history-title", area.x + 20, area.y + 27, "Calls and texts", {Face::SemiBold, 14, ui.colours.text}, 2);
    TextStyle const quiet{Face::Regular, 12, ui.colours.text2};
    auto const sum = lead_history(ui, page, zone_of(state));
    paragraph(ui, "history-sum", area.right() - 20 - ui.width(sum, quiet), area.y + 27, sum, quiet);
    float y = area.y + 52;
    if (rows.empty()) {
        ui.line(area.x + 1, y, area.w - 2, ui.colours.line);
        told(ui, Role::Text, "history-none", {area.x + 20, y, area.w - 40, pitch}, "Nothing yet.", {Face::Regular, 13, ui.colours.text2});
        return height + gap;
    }
    MirrorScope const list(ui.mirror, {.role = Role::List, .key = "history", .label = "Calls and texts"});
    for (auto const& row : rows) {
        Rect const place{area.x, y, area.w, pitch};
        ui.line(area.x + 1, y, area.w - 2, ui.colours.line);
        MirrorScope const item(ui.mirror, node_at(Role::Item, row.key + "-item", place));
        Press const press = claim(ui, place, row.key);
        if (press.hovered) ui.fill({place.x + 1, place.y + 1, place.w - 2, place.h - 1}, ui.colours.hover);
        if (press.shows_focus) ui.edge(place.grown(-3), ui.colours.focus, 6, 2);
        auto node = node_at(Role::Link, row.key, place);
        auto const when = ui.clock.short_time(row.at, zone_of(state));
        node.label = row.words + ", " + row.state + (row.state.empty() ? "" : ", ") + when;
        node.href = row.href;
        ui.mirror.add(std::move(node));
        ui.icon(place.x + 28, place.middle(), row.symbol, 16, row.failed ? ui.colours.bad : ui.colours.text2);
        float const right = place.right() - 20, when_x = right - ui.width(when, quiet);
        paragraph(ui, row.key + "-when", when_x, place.middle(), when, quiet);
        float const state_width = area.w > 460 ? 100 : 0;
        if (state_width > 0)
            told(ui, Role::Text, row.key + "-state", {when_x - state_width - 16, y, state_width, pitch}, row.state,
                {Face::Regular, 12, row.failed ? ui.colours.bad : ui.colours.text2}, true);
        told(ui, Role::Text, row.key + "-words", {place.x + 48, y, when_x - state_width - 32 - place.x - 48, pitch}, row.words,
            {Face::Regular, 13, ui.colours.text});
        if (press.pressed) commands.emplace_back(Go{address_from(row.href)});
        y += pitch;
    }
    return height + gap;
}

float LeadView::draw_notes(Ui& ui, Rect area, LeadPage const& page, AppState const& state, Commands& commands)
{
    auto const& lead = page.lead;
    bool const may = state.signed_in()->session.may_work(lead.organization_id);
    auto const action = state.action("note:" + lead.id);
    auto& draft = m_notes[lead.id];
    draft.follow(action);
    auto& note = draft.text;
    TextStyle const text{Face::Regular, 13, ui.colours.text, 20}, quiet{Face::Regular, 12, ui.colours.text2};
    float const width = area.w - 40;
    auto const problem = action.problem && !action.busy ? action.problem->message : std::string();
    float const refused = problem.empty() ? 0 : refusal_height(ui, width - 22, problem) + 14;
    Field const field{.key = "note",
        .label = "Note",
        .name = "text",
        .placeholder = "What the next one should know. Jack is told it too.",
        .text_size = ui.compact() ? 16.0f : 13.0f,
        .hides_label = true,
        .invalid = !problem.empty(),
        .described_by = "note-problem",
        .line = 20};
    float const box = std::clamp(text_area_height(ui, width, field, note), 56.0f, 176.0f);
    float height = 52 + (may ? box + 52 + refused : 0);
    for (auto const& one : page.notes)
        height += 40 + static_cast<float>(ui.wrap_lines(one.text, text, width).size()) * 20;
    if (page.notes.empty()) height += 44;
    card(ui, {area.x, area.y, area.w, height});
    heading(ui, "notes-title", area.x + 20, area.y + 27, "Notes", {Face::SemiBold, 14, ui.colours.text}, 2);
    float y = area.y + 48;
    if (may) {
        text_field(ui, {area.x + 20, y, width, box}, field, note);
        y += box + 8;
        if (!problem.empty()) draw_refusal(ui, "note-problem", {area.x + 20, y, width, 0}, y + 12, problem);
        y += refused;
        bool const is_blank = note.find_first_not_of(" \n\t") == std::string::npos;
        Button const add{.key = "note-add",
            .text = "Add note",
            .look = ButtonLook::Secondary,
            .disabled = is_blank,
            .busy_for = action.busy ? ImGui::GetTime() - action.since : -1};
        bool const asked
            = button(ui, {area.x + 20, y, button_width(ui, add), 32}, add) || (ui.mirror.has_focus("note") && ui.key("Ctrl+Enter", true));
        if (asked && !is_blank && !action.busy) {
            draft.sent = note;
            commands.emplace_back(AddNote{lead.organization_id, lead.id, note});
        }
        y += 44;
    }
    if (page.notes.empty()) {
        told(
            ui, Role::Text, "notes-none", {area.x + 20, y, width, 40}, "Nobody noted anything yet.", {Face::Regular, 13, ui.colours.text2});
        return height + gap;
    }
    MirrorScope const list(ui.mirror, {.role = Role::List, .key = "notes", .label = "Notes"});
    for (auto const& one : page.notes) {
        auto const key = "note-" + one.id;
        MirrorScope const item(ui.mirror, {.role = Role::Item, .key = key + "-item"});
        ui.line(area.x + 20, y, width, ui.colours.line);
        told(ui, Role::Text, key + "-author", {area.x + 20, y + 8, width, 18},
            one.author + " · " + ui.clock.short_time(one.created_at, zone_of(state)), quiet);
        y += 38 + wrapped(ui, Role::Text, key, {area.x + 20, 0, width, 0}, y + 38, one.text, text);
    }
    return height + gap;
}

float LeadView::draw_details(Ui& ui, Rect area, LeadPage const& page, AppState const& state, Commands& commands)
{
    auto const& lead = page.lead;
    auto const action = state.action("lead:" + lead.id);
    bool const may = state.signed_in()->session.may_work(lead.organization_id);
    struct Member {
        char const* name;
        char const* label;
        std::string value;
    };
    std::array const members{Member{"name", "Name", lead.name}, Member{"interest", "Wants", lead.interest},
        Member{"trade_in", "Trade-in", lead.trade_in}, Member{"appointment", "Appointment", lead.appointment}};
    float const field_height = ui.compact() ? 44 : 36, width = area.w - 40;
    auto const problem = action.problem && !action.busy ? action.problem->message : std::string();
    float const refused = problem.empty() ? 0 : refusal_height(ui, width - 22, problem) + 12;
    float const height = may ? 96 + static_cast<float>(members.size()) * (field_height + 38) + field_height + 24 + refused
                             : 100 + static_cast<float>(members.size()) * 36;
    card(ui, {area.x, area.y, area.w, height});
    heading(ui, "details-title", area.x + 20, area.y + 27, "Details", {Face::SemiBold, 14, ui.colours.text}, 2);
    float y = area.y + 50;
    told(ui, Role::Text, "details-status", {area.x + 20, y, 100, 36}, "Status", {Face::Medium, 13, ui.colours.text});
    float const field_width = std::min(190.0f, width - 90);
    draw_stage_field(ui, {area.right() - 20 - field_width, y + 2, field_width, 32}, lead, state, commands);
    y += 44;
    if (!may) {
        for (auto const& [name, label, value] : members) {
            fact(ui, std::string("details-") + name, {area.x + 20, y, width, 36}, label, value.empty() ? "–" : value);
            y += 36;
        }
        return height + gap;
    }
    MirrorScope const form(ui.mirror, {.role = Role::Form, .key = "details-form", .label = "Details"});
    Changes changes;
    auto& draft = m_drafts[lead.id];
    for (auto const& [name, label, value] : members) {
        auto& [text, known] = draft[name];
        bool const is_untouched = text == known || (value != known && trimmed(text) == known);
        if (is_untouched) text = value; // what nobody typed over follows the server
        known = value;
        y += 28;
        bool const is_wrong = action.problem && action.problem->field == name;
        Field const field{.key = std::string("details-") + name,
            .label = label,
            .name = name,
            .text_size = ui.compact() ? 16.0f : 13.0f,
            .invalid = is_wrong,
            .described_by = is_wrong ? "details-problem" : ""};
        text_field(ui, {area.x + 20, y, width, field_height}, field, text);
        y += field_height + 10;
        if (trimmed(text) != value) changes[name] = trimmed(text);
    }
    if (!problem.empty()) draw_refusal(ui, "details-problem", {area.x + 20, y, width, 0}, y + 12, problem);
    y += refused + 8;
    Button const save{.key = "details-save",
        .text = "Save",
        .submits = true,
        .disabled = changes.empty(),
        .busy_for = action.busy ? ImGui::GetTime() - action.since : -1};
    if (button(ui, {area.x + 20, y, 88, field_height}, save)) commands.emplace_back(SaveLead{lead.organization_id, lead.id, changes});
    return height + gap;
}

void LeadView::draw(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    auto const place = place_of(state.address);
    if (ui.key("Escape")) commands.emplace_back(Go{Address{{"leads"}, {}}});
    ScrollArea const scroll(ui, "lead-page-" + place.record, page, m_height, "Lead");
    Rect const content = page_content(ui, {page.x, scroll.top(), page.w, page.h});
    auto const* record = opened(state);
    if (!record || draw_progress(ui, "lead", content, progress_of(record->lead), state, commands)) return;
    auto const& about = *record->lead.value;
    auto const& lead = about.lead;
    bool const may = state.signed_in()->session.may_work(lead.organization_id);
    auto const [tone, words] = stage_words(lead.stage);
    Reach const who{lead.organization_id, lead.id, lead.name, lead.phone_number};
    RecordHeader const header{.key = "lead",
        .name = customer_name(lead.name, lead.phone_number),
        .avatar = lead.name,
        .tone = tone,
        .state = words,
        .meta = {{icon::phone, "lead-number", national_format(lead.phone_number)}, {icon::store, "lead-owner", about.organization_name},
            {icon::clock, "lead-since",
                "Last contact " + ui.clock.short_time(lead.last_contact_at, zone_of(state)) + ", " + zone_words(zone_of(state))},
            {icon::ban, "lead-opted-out", lead.opted_out ? "Opted out of texts" : ""}}};
    float y = content.y + draw_record_header(ui, content, header, [&](Rect area, float right) {
        return draw_reach(ui, area, right, who, state, commands);
    }) + 20;
    if (lead.wants_person) {
        float const height = banner(ui, "lead-wants", {content.x, y, content.w, 0}, Tone::Attention, "Asked for a person",
            "Jack said that somebody would get back to them. Call or text, then say so here.");
        Button const done{.key = "lead-answered", .text = "I have answered", .look = ButtonLook::Secondary};
        float const width = button_width(ui, done);
        bool const beside = content.w > 620;
        Rect const at
            = beside ? Rect{content.right() - 14 - width, y + (height - 32) / 2, width, 32} : Rect{content.x, y + height + 8, width, 36};
        if (may && button(ui, at, done)) commands.emplace_back(SaveLead{lead.organization_id, lead.id, {{"wants_person", false}}});
        y += height + gap + (may && !beside ? 44.0f : 0.0f);
    }
    bool const beside = content.w >= 860;
    float const side = beside ? std::max(std::floor(content.w * 0.33f), 320.0f) : content.w;
    float const main = beside ? content.w - side - gap - 4 : content.w;
    float left = y, right = y;
    if (beside) {
        left += draw_history(ui, {content.x, left, main, 0}, *record, state, commands);
        left += draw_notes(ui, {content.x, left, main, 0}, about, state, commands);
        right += draw_details(ui, {content.x + main + gap + 4, right, side, 0}, about, state, commands);
    } else {
        left += draw_details(ui, {content.x, left, main, 0}, about, state, commands);
        left += draw_notes(ui, {content.x, left, main, 0}, about, state, commands);
        left += draw_history(ui, {content.x, left, main, 0}, *record, state, commands);
    }
    m_height = std::max(left, right) + 8 - scroll.top();
}

} // namespace console
