#include "web-client/views/conversations_view.h"

#include "build/generated/icon_codes.h"
#include "web-client/views/calls.h"

namespace console {

static std::string href_of(ConversationRow const& row)
{
    return address_in(row.conversation.organization_id, "conversations", row.conversation.id).text();
}

// Around the word that was searched for, else what the call was about.
static std::string said_in(ConversationRow const& row)
{
    if (!row.excerpt.empty()) return row.excerpt;
    auto const& call = row.conversation;
    return call.title.empty() ? call.summary : call.title;
}

void ConversationsView::draw(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    Rect const content = page_content(ui, page);
    auto const place = place_of(state.address);
    auto const& list = state.conversations;
    Filters const filters{"conversations", "Search what was said", "filter",
        {{"", "All", never_counted}, {"answered", "Answered", never_counted}, {"failed", "Missed", never_counted},
            {"in_progress", "Going on", never_counted}}};
    float const top = draw_filters(ui, content, filters, state, commands);
    Rect const area{content.x, top, content.w, page.bottom() - top - (ui.compact() ? 0.0f : 16.0f)};
    if (draw_progress(ui, "conversations", area, progress_of(list), state, commands)) return;
    if (list.rows.empty()) {
        bool const filtered = !state.address.query.empty();
        empty(ui, "conversations-empty", area,
            filtered ? Empty{icon::search, "Nothing matches", "Nobody said this, and nobody who called has this name or number."}
                     : Empty{icon::phone_call, "No calls yet",
                         "Call the line yourself to hear Jack. What was said appears here when you hang up."});
        return;
    }
    bool const phone = ui.compact();
    Table table;
    table.key = "conversations";
    table.label = "Conversations";
    bool const has_owner = !place.is_tab && area.w > 760;
    if (phone)
        table.columns = {{"who", "Customer"}, {"what", "What", 100}, {"when", "When", 80}};
    else {
        table.columns = {{"who", "Customer", area.w > 1000 ? 200.0f : 150.0f}};
        if (has_owner) table.columns.push_back({"owner", "Organisation", area.w > 1000 ? 190.0f : 150.0f});
        table.columns.push_back({"what", state.address.of("search").empty() ? "What it was about" : "What was said"});
        table.columns.push_back({"state", "Outcome", 116});
        if (area.w > 620) table.columns.push_back({"length", "Length", 92, true});
        table.columns.push_back({"when", "When", 84, true});
    }
    table.row_height = phone ? 76 : 40;
    table.has_header = !phone;
    fill_table(table, list);
    auto const at = [&](int row) -> ConversationRow const& { return list.rows[static_cast<std::size_t>(row)]; };
    table.row_key = [&](int row) { return at(row).conversation.id; };
    table.href = [&](int row) { return href_of(at(row)); };
    table.draw_row = [&](int row, Rect place_of_row, std::vector<Rect> const& cells) {
        auto const& shown = at(row);
        auto const& call = shown.conversation;
        auto const key = "conversations-" + call.id;
        auto const name = customer_name(shown.lead_name, call.external_number);
        auto const when = ui.clock.short_time(call.started_at, zone_of(state));
        auto const [tone, words] = conversation_state(call);
        auto const what = said_in(shown);
        if (phone) {
            customer_avatar(ui, place_of_row.x + 16, place_of_row.middle() - 20, 40, shown.lead_name);
            auto const below = what.empty() ? words + ", " + call_length(call.duration_seconds) : what;
            return draw_phone_row(
                ui, table, row, m_current, place_of_row, 68, {name, when, place.is_tab ? below : shown.organization_name + " · " + below});
        }
        float const middle = place_of_row.middle();
        customer_avatar(ui, cells[0].x, middle - 13, 26, shown.lead_name);
        {
            MirrorScope const scope(ui.mirror, cell_node(key + "-who", cells[0], 1));
            link_cell(ui, table, row, m_current, {cells[0].x + 36, cells[0].y, cells[0].w - 36, cells[0].h}, name,
                {Face::Medium, 13, ui.colours.text});
        }
        std::size_t column = 1;
        TextStyle const plain{Face::Regular, 13, ui.colours.text2};
        if (has_owner) cell(ui, key + "-owner", cells[column++], shown.organization_name, plain, 2);
        Rect const about = cells[column++];
        ui.icon(about.x + 7, middle, call_icon(call), 14, call.status == "failed" ? ui.colours.bad : ui.colours.text3);
        cell(ui, key + "-what", {about.x + 24, about.y, about.w - 24, about.h}, what.empty() ? "–" : what, plain, static_cast<int>(column));
        {
            MirrorScope const scope(ui.mirror, cell_node(key + "-state", cells[column], static_cast<int>(column) + 1));
            state_label(ui, key + "-state", cells[column].x - 8, middle, tone, words);
            ++column;
        }
        if (area.w > 620) {
            cell(ui, key + "-length", cells[column], call_length(call.duration_seconds), plain, static_cast<int>(column) + 1, true);
            ++column;
        }
        cell(ui, key + "-when", cells[column], when, {Face::Regular, 13, ui.colours.text3}, static_cast<int>(column) + 1, true);
    };
    auto const result = draw_framed(ui, area, page, table, m_current, rows_in_words(table, "call", "calls"));
    if (result.opened) commands.emplace_back(Go{address_from(href_of(at(*result.opened)))});
    if (result.wants_more) commands.emplace_back(LoadMore{"conversations"});
}

} // namespace console
