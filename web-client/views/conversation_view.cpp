#include "web-client/views/conversation_view.h"

#include "build/generated/icon_codes.h"
#include "web-client/views/calls.h"
#include "web-client/views/lead_card.h"
#include "web-client/views/reach.h"
#include "web-client/widgets/scroll_area.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>

namespace console {

static constexpr float gap = 16;
static constexpr float reading_line = 21;

static Remote<ConversationPage> const* opened(AppState const& state)
{
    auto const found = state.conversation.find(place_of(state.address).record);
    return found == state.conversation.end() ? nullptr : &found->second;
}

static std::string first_word(std::string const& name)
{
    return name.substr(0, name.find(' '));
}

static std::string caller_of(ConversationRow const& row)
{
    return row.lead_name.empty() ? "Caller" : first_word(row.lead_name);
}

std::string ConversationView::title(AppState const& state) const
{
    auto const* call = opened(state);
    if (!call || !call->value) return "Call";
    auto const& row = call->value->row;
    return "Call: " + customer_name(row.lead_name, row.conversation.external_number);
}

float ConversationView::draw_header(Ui& ui, Rect area, ConversationPage const& page, AppState const& state, Commands& commands)
{
    auto const& row = page.row;
    auto const& call = row.conversation;
    auto const zone = zone_of(state);
    auto const name = customer_name(row.lead_name, call.external_number);
    auto const [tone, words] = conversation_state(call);
    Reach const who{call.organization_id, call.lead_id, row.lead_name, call.external_number};
    auto const when = ui.clock.short_time(call.started_at, zone);
    auto const time = ui.clock.time(call.started_at, zone);
    std::vector<Meta> const facts{
        {call_icon(call), "conversation-number", call.external_number.empty() ? "Withheld" : national_format(call.external_number)},
        {icon::store, "conversation-owner", row.organization_name},
        {icon::clock, "conversation-when",
            (when == time ? "Today" : when) + ' ' + time + (call.duration_seconds < 0 ? "" : ", " + call_length(call.duration_seconds))
                + ", " + zone_words(zone)}};
    RecordHeader const header{.key = "conversation", .name = name, .avatar = row.lead_name, .tone = tone, .state = words, .meta = facts};
    return draw_record_header(ui, area, header, [&](Rect place, float right) {
        return call.external_number.empty() ? right : draw_reach(ui, place, right, who, state, commands, !call.lead_id.empty());
    });
}

// Where a turn ends: when the next one begins.
static int end_of(ConversationPage const& page, std::size_t turn)
{
    auto const& transcript = page.detail.transcript;
    int const start = transcript[turn].at_seconds;
    if (turn + 1 < transcript.size()) return std::max(transcript[turn + 1].at_seconds, start);
    return std::max(page.row.conversation.duration_seconds, start + 1);
}

static int length_of(ConversationPage const& page)
{
    int length = std::max(page.row.conversation.duration_seconds, 1);
    for (auto const& turn : page.detail.transcript)
        length = std::max(length, turn.at_seconds + 1);
    return length;
}

void ConversationView::draw_lanes(Ui& ui, Rect area, ConversationPage const& page, std::vector<float> const& row_tops)
{
    auto const& turns = page.detail.transcript;
    int const length = length_of(page);
    float const left = 42;
    Rect const lanes{area.x + left, area.y, area.w - left, 24};
    TextStyle const small{Face::Medium, 11, ui.colours.accent};
    auto const figure = node_at(Role::Group, "lanes", area);
    MirrorScope const scope(ui.mirror, [&] {
        auto node = figure;
        node.label = "Who spoke when";
        return node;
    }());
    paragraph(ui, "lanes-jack", area.x, lanes.y + 5, "Jack", small);
    told(ui, Role::Text, "lanes-caller", {area.x, lanes.y + 10, left - 4, 18}, caller_of(page.row), {Face::Medium, 11, ui.colours.text2});
    ui.fill({lanes.x, lanes.y, lanes.w, 10}, ui.colours.sunken, 2);
    ui.fill({lanes.x, lanes.y + 14, lanes.w, 10}, ui.colours.sunken, 2);
    auto const x_of = [&](int seconds) { return lanes.x + lanes.w * static_cast<float>(seconds) / static_cast<float>(length); };
    for (std::size_t i = 0; i < turns.size(); ++i) {
        bool const is_jack = turns[i].role == "agent";
        float const x = std::floor(x_of(turns[i].at_seconds)), end = std::floor(x_of(end_of(page, i)));
        Rect const bar{x, lanes.y + (is_jack ? 0.0f : 14.0f), std::max(end - x - 2, 2.0f), 10};
        auto const key = "lane-" + std::to_string(i);
        Rect const target{bar.x, lanes.y, std::max(bar.w, 6.0f), 24};
        Press const press = claim(ui, target, key);
        ui.fill(bar, with_opacity(is_jack ? ui.colours.c1 : ui.colours.c4, press.hovered ? 0.75f : 1.0f), 2);
        if (press.shows_focus) ui.focus_ring(bar, 2);
        auto node = node_at(Role::Button, key, target);
        node.label = clock_time(turns[i].at_seconds) + ", " + (is_jack ? "Jack" : caller_of(page.row));
        node.by_arrows = static_cast<int>(i) != std::max(m_turn, 0);
        ui.mirror.add(std::move(node));
        if (press.pressed) {
            m_turn = static_cast<int>(i);
            if (ui.scroller && i < row_tops.size()) {
                auto const view = ui.scroller->area();
                if (row_tops[i] < view.y || row_tops[i] + 40 > view.bottom())
                    ui.scroller->scroll_to(ui.scroller->scroll() + row_tops[i] - view.y - 120);
            }
            ui.change_in(0);
        }
    }
    if (m_turn >= 0 && m_turn < static_cast<int>(turns.size()))
        ui.fill({std::floor(x_of(turns[static_cast<std::size_t>(m_turn)].at_seconds)), lanes.y - 3, 2, 30}, ui.colours.text);
    int step = 15;
    while (length / step > 6)
        step *= 2;
    if (length > 120) step = (step + 30) / 60 * 60 == 0 ? 60 : (step + 30) / 60 * 60;
    for (int at = 0; at <= length; at += step) {
        TextStyle const axis{Face::Regular, 11, ui.colours.text3};
        auto const text = clock_time(at);
        if (x_of(at) + ui.width(text, axis) > lanes.right() + 2) break;
        paragraph(ui, "lanes-axis-" + std::to_string(at), x_of(at), lanes.bottom() + 14, text, axis);
    }
}

static std::string ending_of(ConversationPage const& page)
{
    auto const& call = page.row.conversation;
    auto const& reason = call.termination_reason;
    auto const after = call.duration_seconds < 0 ? std::string() : " after " + call_length(call.duration_seconds);
    if (reason.empty()) return "The call ended" + after + '.';
    return "The call ended" + after + ": " + reason + (reason.ends_with('.') ? "" : ".");
}

static Empty nothing_said(Conversation const& call)
{
    if (call.status == "in_progress") return {icon::phone_call, "The call is going on", "What is said comes here when it is over."};
    if (call.failure == "busy") return {icon::phone_off, "The line was busy", "Jack said nothing, and nobody was billed a minute."};
    if (call.failure == "no-answer") return {icon::phone_missed, "Nobody answered", "Jack said nothing, and nobody was billed a minute."};
    if (call.status == "failed")
        return {icon::phone_missed, "The call failed", call.failure.empty() ? "ElevenLabs did not say why." : call.failure};
    return {icon::phone_call, "Nothing was said", "The call ended before anyone spoke, or its transcript did not come."};
}

float ConversationView::draw_transcript(Ui& ui, Rect area, ConversationPage const& page, AppState const&)
{
    auto const& turns = page.detail.transcript;
    bool const narrow = area.w < 480;
    float const padding = narrow ? 16 : 24;
    TextStyle const reading{Face::Regular, 14, ui.colours.text, reading_line};
    if (turns.empty()) {
        card(ui, {area.x, area.y, area.w, 320});
        heading(ui, "transcript-title", area.x + padding, area.y + 27, "Transcript", {Face::SemiBold, 14, ui.colours.text}, 2);
        empty(ui, "transcript-none", {area.x, area.y + 40, area.w, 260}, nothing_said(page.row.conversation));
        return 320;
    }
    float const time_width = 40, who_width = narrow ? 0 : 56;
    float const text_x = area.x + padding + time_width + who_width, text_width = area.right() - padding - text_x;
    float height = 124;
    std::vector<float> tops;
    for (auto const& turn : turns) {
        tops.push_back(area.y + height);
        height += static_cast<float>(ui.wrap(turn.message, reading, text_width).size()) * reading_line + 13 + (narrow ? 20.0f : 0.0f);
    }
    height += 52;
    card(ui, {area.x, area.y, area.w, height});
    heading(ui, "transcript-title", area.x + padding, area.y + 27, "Transcript", {Face::SemiBold, 14, ui.colours.text}, 2);
    int jack = 0;
    for (std::size_t i = 0; i < turns.size(); ++i)
        if (turns[i].role == "agent") jack += end_of(page, i) - turns[i].at_seconds;
    TextStyle const quiet{Face::Regular, 12, ui.colours.text2};
    auto const share = counted(static_cast<std::int64_t>(turns.size()), "turn", "turns") + " · Jack spoke "
        + std::to_string(jack * 100 / length_of(page)) + "%";
    paragraph(ui, "transcript-share", area.right() - padding - ui.width(share, quiet), area.y + 27, share, quiet);
    draw_lanes(ui, {area.x + padding, area.y + 52, area.w - 2 * padding, 48}, page, tops);
    ui.line(area.x + 1, area.y + 104, area.w - 2, ui.colours.line);
    MirrorScope const list(ui.mirror, {.role = Role::OrderedList, .key = "transcript", .label = "What was said"});
    for (std::size_t i = 0; i < turns.size(); ++i) {
        auto const& turn = turns[i];
        auto const key = "turn-" + std::to_string(i);
        float const end = i + 1 < turns.size() ? tops[i + 1] : area.y + height - 52;
        Rect const row{area.x + 10, tops[i], area.w - 20, end - tops[i]};
        bool const is_jack = turn.role == "agent", here = static_cast<int>(i) == m_turn;
        if (here) ui.fill({row.x, row.y + 1, row.w, row.h - 2}, ui.colours.selected, 8);
        auto node = node_at(Role::Item, key, row);
        node.current = here;
        MirrorScope const item(ui.mirror, std::move(node));
        float middle = row.y + 17;
        paragraph(ui, key + "-time", area.x + padding, middle, clock_time(turn.at_seconds),
            {Face::Regular, 13, here ? ui.colours.text2 : ui.colours.text3});
        float const who_x = area.x + padding + time_width;
        told(ui, Role::Text, key + "-who", {who_x, middle - 10, narrow ? 160 : who_width - 6, 20}, is_jack ? "Jack" : caller_of(page.row),
            {Face::SemiBold, 13, is_jack ? ui.colours.accent : ui.colours.text});
        if (narrow) middle += 20;
        wrapped(ui, Role::Text, key + "-text", {text_x, 0, text_width, 0}, middle, turn.message, reading);
    }
    float const last = area.y + height - 30;
    MirrorScope const item(ui.mirror, {.role = Role::Item, .key = "turn-end"});
    if (page.row.conversation.duration_seconds >= 0)
        paragraph(ui, "turn-end-time", area.x + padding, last, clock_time(page.row.conversation.duration_seconds),
            {Face::Regular, 13, ui.colours.text3});
    ui.icon(area.x + padding + time_width + 8, last, icon::phone_off, 14, ui.colours.text2);
    told(ui, Role::Text, "turn-end-text", {area.x + padding + time_width + 24, last - 10, area.w - 2 * padding - time_width - 24, 20},
        ending_of(page), {Face::Regular, 13, ui.colours.text2});
    return height;
}

static float draw_words_card(Ui& ui, std::string const& key, Rect area, std::string const& title, std::string const& words)
{
    TextStyle const style{Face::Regular, 13, ui.colours.text, 20};
    float const height = static_cast<float>(ui.wrap(words, style, area.w - 40).size()) * 20 + 68;
    card(ui, {area.x, area.y, area.w, height});
    heading(ui, key + "-title", area.x + 20, area.y + 27, title, {Face::SemiBold, 14, ui.colours.text}, 2);
    wrapped(ui, Role::Text, key, {area.x + 20, 0, area.w - 40, 0}, area.y + 59, words, style);
    return height + gap;
}

static float draw_values_card(Ui& ui, std::string const& key, Rect area, std::string const& title, NamedValues const& values)
{
    TextStyle const style{Face::Regular, 13, ui.colours.text, 19};
    TextStyle const quiet{Face::Regular, 13, ui.colours.text3, 19};
    auto const lines = [&](std::string const& value) {
        return static_cast<float>(ui.wrap(value.empty() ? "(empty)" : value, style, area.w - 40).size()) * 19;
    };
    float height = 56;
    for (auto const& [name, value] : values)
        height += 36 + lines(value);
    card(ui, {area.x, area.y, area.w, height});
    heading(ui, key + "-title", area.x + 20, area.y + 27, title, {Face::SemiBold, 14, ui.colours.text}, 2);
    float y = area.y + 48;
    MirrorScope const list(ui.mirror, {.role = Role::List, .key = key + "-values", .label = title});
    int index = 0;
    for (auto const& [name, value] : values) {
        auto const entry = key + "-value" + std::to_string(index++);
        MirrorScope const item(ui.mirror, {.role = Role::Item, .key = entry + "-item"});
        ui.line(area.x + 20, y, area.w - 40, ui.colours.line);
        told(ui, Role::Text, entry + "-name", {area.x + 20, y + 7, area.w - 40, 18}, name, {Face::Mono, 12, ui.colours.text2});
        wrapped(ui, Role::Text, entry, {area.x + 20, 0, area.w - 40, 0}, y + 35, value.empty() ? "(empty)" : value,
            value.empty() ? quiet : style);
        y += 36 + lines(value);
    }
    return height + gap;
}

float ConversationView::draw_side(Ui& ui, Rect area, ConversationPage const& page, AppState const& state, Commands& commands)
{
    auto const& call = page.row.conversation;
    float const start = area.y;
    if (!call.summary.empty()) area.y += draw_words_card(ui, "summary", area, "Summary", call.summary);
    auto const record = state.lead.find(call.lead_id);
    if (record != state.lead.end() && record->second.lead.value) {
        auto const& about = *record->second.lead.value;
        area.y += draw_lead_card(ui, area, about, state, commands) + gap;
    }
    if (!page.detail.variables.empty()) area.y += draw_values_card(ui, "told", area, "What Jack was told", page.detail.variables);
    if (!page.detail.collected.empty()) area.y += draw_values_card(ui, "found-out", area, "What Jack found out", page.detail.collected);
    struct Row {
        std::string name, value;
        bool mono;
    };
    std::vector<Row> rows;
    if (!page.our_number.empty()) rows.push_back({"Our number", national_format(page.our_number), false});
    if (!page.agent_cost.empty()) rows.push_back({"Cost of the agent", "$" + page.agent_cost, false});
    if (!call.call_sid.empty()) rows.push_back({"Call SID", call.call_sid, true});
    if (!call.conversation_id.empty()) rows.push_back({"ElevenLabs id", call.conversation_id, true});
    if (rows.empty()) return area.y - start;
    float const height = 54 + static_cast<float>(rows.size()) * 32 + 6;
    card(ui, {area.x, area.y, area.w, height});
    heading(ui, "call-title", area.x + 20, area.y + 27, "The call", {Face::SemiBold, 14, ui.colours.text}, 2);
    float y = area.y + 48;
    for (auto const& row : rows) {
        if (fact(ui, "call-" + row.name, {area.x + 20, y, area.w - 40, 32}, row.name, row.value, row.mono, row.mono))
            commands.emplace_back(Copy{row.value});
        y += 32;
    }
    area.y += height + gap;
    return area.y - start;
}

void ConversationView::draw(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    auto const place = place_of(state.address);
    if (m_id != place.record) m_id = place.record, m_turn = -1;
    if (ui.key("Escape")) commands.emplace_back(Go{Address{{"conversations"}, {}}});
    ScrollArea const scroll(ui, "conversation-page-" + place.record, page, m_height, "Conversation");
    Rect const content = page_content(ui, {page.x, scroll.top(), page.w, page.h});
    auto const* call = opened(state);
    if (!call || draw_progress(ui, "conversation", content, progress_of(*call), state, commands)) return;
    auto const& shown = *call->value;
    int const turns = static_cast<int>(shown.detail.transcript.size());
    if (turns > 0 && ui.key("j")) m_turn = std::min(m_turn + 1, turns - 1);
    if (turns > 0 && ui.key("k")) m_turn = std::max(m_turn - 1, 0);
    float y = content.y + draw_header(ui, content, shown, state, commands) + 20;
    bool const beside = content.w >= 860;
    float const side = beside ? std::max(std::floor(content.w * 0.33f), 320.0f) : content.w;
    float const main = beside ? content.w - side - gap - 4 : content.w;
    if (beside) {
        float const left = draw_transcript(ui, {content.x, y, main, 0}, shown, state);
        float const right = draw_side(ui, {content.x + main + gap + 4, y, side, 0}, shown, state, commands);
        y += std::max(left, right);
    } else {
        if (!shown.row.conversation.summary.empty())
            y += draw_words_card(ui, "summary", {content.x, y, content.w, 0}, "Summary", shown.row.conversation.summary);
        y += draw_transcript(ui, {content.x, y, main, 0}, shown, state) + gap;
        auto rest = shown;
        rest.row.conversation.summary.clear();
        y += draw_side(ui, {content.x, y, side, 0}, rest, state, commands);
    }
    m_height = y + 24 - scroll.top();
}

} // namespace console
