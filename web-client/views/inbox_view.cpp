#include "web-client/views/inbox_view.h"

#include "build/generated/icon_codes.h"
#include "web-client/widgets/scroll_area.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>

namespace console {

static StateWords inbox_state(std::string const& state)
{
    if (state == "done") return {Tone::Ok, "Done"};
    if (state == "failed") return {Tone::Failed, "Failed"};
    if (state == "unrouted") return {Tone::Attention, "Unrouted"};
    return {Tone::UnderWay, "Waiting"};
}

static std::string kind_words(std::string const& kind)
{
    if (kind == "post_call_transcription") return "Transcript of a call";
    if (kind == "call_initiation_failure") return "Call that failed";
    if (kind == "sms") return "Text";
    if (kind == "message_status") return "State of a text";
    return kind;
}

static std::string vendor_of(std::string const& source)
{
    return source == "twilio" ? "Twilio" : source == "elevenlabs" ? "ElevenLabs" : source;
}

// A line that is broken keeps where it begins.
static std::string indented(std::string const& body)
{
    std::string text;
    bool begins = true;
    for (char const c : body) {
        if (c == ' ' && begins)
            text += "\u00A0";
        else
            text += c;
        begins = c == '\n' || (begins && c == ' ');
    }
    return text;
}

void InboxView::draw_item(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    auto const id = place_of(state.address).record;
    if (ui.key("Escape")) commands.emplace_back(Go{Address{{"inbox"}, {}}});
    ScrollArea const scroll(ui, "inbox-page-" + id, page, m_height, "Webhook");
    Rect const content = page_content(ui, {page.x, scroll.top(), page.w, page.h});
    auto const found = state.inbox_item.find(id);
    if (found == state.inbox_item.end() || draw_progress(ui, "inbox-item", content, progress_of(found->second), state, commands)) return;
    auto const& item = *found->second.value;
    auto const [tone, words] = inbox_state(item.state);
    auto const action = state.action("replay:" + item.id);
    RecordHeader const header{.key = "inbox",
        .name = kind_words(item.kind),
        .avatar = vendor_of(item.source),
        .tone = tone,
        .state = words,
        .meta = {{icon::webhook, "inbox-source", vendor_of(item.source) + (item.via == "poll" ? ", asked for by us" : ", by webhook")},
            {icon::store, "inbox-owner", item.organization_name}, {icon::clock, "inbox-when", ui.clock.exact(item.received_at)}}};
    float y = content.y + draw_record_header(ui, content, header, [&](Rect area, float right) {
        if (!state.signed_in()->session.may_change() || item.state == "waiting") return right;
        Button const replay{.key = "inbox-replay",
            .text = "Process again",
            .look = item.state == "done" ? ButtonLook::Secondary : ButtonLook::Primary,
            .icon = icon::refresh_cw,
            .busy_for = action.busy ? ImGui::GetTime() - action.since : -1};
        float const width = ui.compact() ? area.w : button_width(ui, replay);
        if (button(ui, {right - width, area.y, width, area.h}, replay)) commands.emplace_back(Replay{item.id});
        return right - width;
    }) + 20;
    if (!item.cause.empty()) {
        auto const title = item.state == "unrouted" ? "It belongs to nobody we know"
            : item.state == "failed"                ? "It could not be processed"
                                                    : "What happened";
        y += banner(ui, "inbox-cause", {content.x, y, content.w, 0}, item.state == "done" ? Tone::Off : Tone::Attention, title, item.cause)
            + 16;
    }
    struct Row {
        char const* name;
        std::string value;
        bool mono;
    };
    std::vector<Row> rows{{"What it is about", item.subject.empty() ? "–" : item.subject, true},
        {"Tries", std::to_string(item.attempts), false},
        {"Processed", item.processed_at ? ui.clock.exact(item.processed_at) : "Not yet", false}};
    card(ui, {content.x, y, content.w, static_cast<float>(rows.size()) * 34 + 12});
    y += 6;
    for (auto const& row : rows) {
        fact(ui, std::string("inbox-") + row.name, {content.x + 20, y, content.w - 40, 34}, row.name, row.value, row.mono);
        y += 34;
    }
    y += 22;
    TextStyle const code{Face::Mono, 12, ui.colours.text, 18};
    float const width = content.w - 40;
    auto const body = indented(item.body);
    float const height = static_cast<float>(ui.wrap_lines(body, code, width).size()) * 18 + 68;
    card(ui, {content.x, y, content.w, height});
    heading(ui, "inbox-body-title", content.x + 20, y + 27, "As it came", {Face::SemiBold, 14, ui.colours.text}, 2);
    if (icon_button(ui, {content.right() - 44, y + 13, 28, 28}, "inbox-copy", "Copy it all", icon::copy))
        commands.emplace_back(Copy{item.body});
    wrapped(ui, Role::Text, "inbox-body", {content.x + 20, 0, width, 0}, y + 57, body, code);
    y += height;
    m_height = y + 20 - scroll.top();
}

void InboxView::draw(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    if (!place_of(state.address).record.empty()) return draw_item(ui, page, state, commands);
    Rect const content = page_content(ui, page);
    auto const& list = state.inbox;
    Filters filters{"inbox", "", "state", {{"", "All", count_in(list, "all")}}};
    for (auto const* name : {"failed", "unrouted", "waiting", "done"})
        filters.chips.push_back({name, inbox_state(name).words, count_in(list, name)});
    float const top = draw_filters(ui, content, filters, state, commands);
    Rect const area{content.x, top, content.w, page.bottom() - top - (ui.compact() ? 0.0f : 16.0f)};
    if (draw_progress(ui, "inbox", area, progress_of(list), state, commands)) return;
    if (list.rows.empty()) {
        empty(ui, "inbox-empty", area,
            state.address.query.empty()
                ? Empty{icon::webhook, "Nothing has come yet",
                    "What Twilio and ElevenLabs tell us is kept here before anything is done with it."}
                : Empty{icon::circle_check, "Nothing in this state", "What cannot be processed stays here with its cause."});
        return;
    }
    bool const phone = ui.compact();
    Table table;
    table.key = "inbox";
    table.label = "Webhook inbox";
    bool const wide = area.w > 900, has_source = area.w > 700;
    if (phone)
        table.columns = {{"what", "What"}, {"cause", "Cause", 80}, {"state", "State", 80}};
    else {
        table.columns = {{"what", "What", has_source ? 170.0f : 146.0f}};
        if (has_source) table.columns.push_back({"source", "From", 90});
        table.columns.push_back({"state", "State", 112});
        if (wide) table.columns.push_back({"owner", "Organisation", 180});
        table.columns.push_back({"cause", "Cause or words"});
        table.columns.push_back({"when", "Received", 88, true});
    }
    table.row_height = phone ? 76 : 40;
    table.has_header = !phone;
    fill_table(table, list);
    auto const at = [&](int row) -> InboxRow const& { return list.rows[static_cast<std::size_t>(row)]; };
    table.row_key = [&](int row) { return at(row).id; };
    table.href = [&](int row) { return "#/inbox/" + url_encoded(at(row).id); };
    table.draw_row = [&](int row, Rect place, std::vector<Rect> const& cells) {
        auto const& item = at(row);
        auto const key = "inbox-" + item.id;
        auto const [tone, words] = inbox_state(item.state);
        auto const cause = !item.cause.empty() ? item.cause : !item.summary.empty() ? item.summary : item.subject;
        if (phone) return draw_phone_row(ui, table, row, m_current, place, 16, {kind_words(item.kind), words, cause, tone, true});
        TextStyle const plain{Face::Regular, 13, ui.colours.text2};
        {
            MirrorScope const scope(ui.mirror, cell_node(key + "-what", cells[0], 1));
            link_cell(ui, table, row, m_current, cells[0], kind_words(item.kind), {Face::Medium, 13, ui.colours.text});
        }
        std::size_t column = 1;
        auto const add = [&](char const* of, std::string const& text) {
            cell(ui, key + of, cells[column], text, plain, static_cast<int>(column) + 1);
            ++column;
        };
        if (has_source) add("-source", vendor_of(item.source));
        {
            MirrorScope const scope(ui.mirror, cell_node(key + "-state", cells[column], static_cast<int>(column) + 1));
            state_label(ui, key + "-state", cells[column].x - 8, place.middle(), tone, words);
            ++column;
        }
        if (wide) add("-owner", item.organization_name.empty() ? "–" : item.organization_name);
        add("-cause", cause.empty() ? "–" : cause);
        cell(ui, key + "-when", cells[column], ui.clock.short_time(item.received_at), {Face::Regular, 13, ui.colours.text3},
            static_cast<int>(column) + 1, true);
    };
    auto const result = draw_framed(ui, area, page, table, m_current, rows_in_words(table, "webhook", "webhooks"));
    if (result.opened) commands.emplace_back(Go{address_from(table.href(*result.opened))});
    if (result.wants_more) commands.emplace_back(LoadMore{"inbox"});
}

} // namespace console
