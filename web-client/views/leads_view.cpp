#include "web-client/views/leads_view.h"

#include "build/generated/icon_codes.h"
#include "web-client/views/lead_card.h"
#include "web-client/widgets/figures.h"
#include "web-client/widgets/scroll_area.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace console {

static constexpr float card_height = 78;
static constexpr float card_pitch = card_height + 8;
static constexpr float narrowest_board = 800;

static std::string href_of(Lead const& lead)
{
    return address_in(lead.organization_id, "leads", lead.id).text();
}

static RemoteList<LeadRow> const& column_of(AppState const& state, std::size_t column)
{
    static RemoteList<LeadRow> const none;
    auto const found = state.leads.find(std::string(column < lead_stages.size() ? lead_stages[column] : ""));
    return found == state.leads.end() ? none : found->second;
}

static RemoteList<LeadRow> const& table_of(AppState const& state)
{
    return column_of(state, lead_stages.size());
}

// A lead that moves may stand in two columns until both are asked for again.
static std::string card_key(std::size_t column, Lead const& lead)
{
    return "board-" + std::to_string(column) + '-' + lead.id;
}

void LeadsView::draw_card(
    Ui& ui, Rect area, std::string const& key, LeadRow const& row, bool is_current, AppState const& state, Commands& commands)
{
    auto const& lead = row.lead;
    MirrorScope const entry(ui.mirror, node_at(Role::Item, key + "-item", area));
    Press const press = claim(ui, area, key);
    ui.fill(area, press.hovered ? ui.colours.hover : ui.colours.surface, 8);
    ui.edge(area, ui.colours.border, 8);
    if (press.shows_focus) ui.edge(area, ui.colours.focus, 8, 2);
    auto const name = customer_name(lead.name, lead.phone_number);
    auto const age = ui.clock.age(lead.last_contact_at), words = contact_words(lead);
    auto const wants = lead.interest.empty() ? (place_of(state.address).is_tab ? std::string("–") : row.organization_name) : lead.interest;
    auto node = node_at(Role::Link, key, area);
    node.label = name + ", " + wants + ", " + words + ", " + age;
    node.href = href_of(lead);
    node.by_arrows = !is_current;
    ui.mirror.add(std::move(node));
    TextStyle const quiet{Face::Regular, 12, ui.colours.text2};
    float const x = area.x + 12, right = area.right() - 12, age_x = right - ui.width(age, quiet);
    told(ui, Role::Text, key + "-name", {x, area.y + 10, age_x - x - 8, 20}, name, {Face::SemiBold, 13, ui.colours.text});
    paragraph(ui, key + "-age", age_x, area.y + 20, age, quiet);
    told(ui, Role::Text, key + "-wants", {x, area.y + 30, right - x, 20}, wants, {Face::Regular, 13, ui.colours.text2});
    ui.icon(x + 7, area.y + 60, contact_icon(lead), 14, ui.colours.text2);
    told(ui, Role::Text, key + "-contact", {x + 20, area.y + 51, right - x - 46, 18}, words,
        {lead.wants_person ? Face::Medium : Face::Regular, 12, lead.wants_person ? ui.colours.warn : ui.colours.text2});
    Rect const more{right - 22, area.y + 46, 28, 28};
    bool const may = state.signed_in()->session.may_work(lead.organization_id);
    if (lead.wants_person && !(press.hovered || press.shows_focus)) tone_mark(ui, right - 9, area.y + 60, Tone::Attention);
    if (may) {
        auto const more_key = key + "-stage";
        Press const asks = claim(ui, more, more_key);
        if (asks.hovered) ui.fill(more, ui.colours.navsel, 6);
        if (press.hovered || asks.hovered || press.shows_focus)
            ui.icon(more.x + 14, more.middle(), icon::ellipsis_vertical, 16, ui.colours.text2);
        auto button_node = node_at(Role::Button, more_key, more);
        button_node.title = "Status of " + name + " (M)";
        button_node.by_arrows = true;
        ui.mirror.add(std::move(button_node));
        if (asks.pressed) return commands.emplace_back(Open{"stage:" + lead.organization_id + ':' + lead.id}), void();
    }
    if (may && ui.mirror.has_focus(key) && ui.key("m")) commands.emplace_back(Open{"stage:" + lead.organization_id + ':' + lead.id});
    if (may && ui.mirror.has_focus(key) && ui.key("c")) commands.emplace_back(Open{"call:" + lead.organization_id + ':' + lead.id});
    if (press.pressed) commands.emplace_back(Go{address_from(href_of(lead))});
}

void LeadsView::draw_column(Ui& ui, Rect area, std::size_t column, AppState const& state, Commands& commands)
{
    auto const& list = column_of(state, column);
    std::string const stage(lead_stages[column]);
    auto const key = "column-" + std::to_string(column);
    ui.fill(area, ui.colours.sunken, 8);
    ui.edge(area, ui.colours.border, 8);
    int const count = list.counts.empty() ? -1 : list.count(stage.c_str());
    auto region = node_at(Role::Region, key, area);
    region.label = stage + (count < 0 ? "" : ", " + std::to_string(count));
    MirrorScope const scope(ui.mirror, std::move(region));
    ui.fill({area.x + 12, area.y + 17, 8, 8}, stage_colour(ui, stage), 2);
    TextStyle const name{Face::SemiBold, 13, ui.colours.text};
    float const drawn = told(ui, Role::Heading, key + "-name", {area.x + 28, area.y + 8, area.w - 76, 26}, stage, name, false, 3);
    if (count >= 0)
        paragraph(ui, key + "-count", area.x + 28 + drawn + 8, area.y + 21, grouped(count), {Face::Regular, 13, ui.colours.text2});
    Rect const body{area.x + 1, area.y + 41, area.w - 2, area.h - 49};
    if (draw_progress(ui, key, {body.x + 12, body.y, body.w - 24, body.h}, progress_of(list), state, commands)) return;
    if (list.rows.empty()) {
        wrapped(ui, Role::Text, key + "-none", {body.x + 12, 0, body.w - 24, 0}, body.y + 16,
            state.address.of("search").empty() ? "Nobody is here." : "Nobody here matches.", {Face::Regular, 13, ui.colours.text3, 19});
        return;
    }
    bool const has_more = !list.cursor.empty();
    ScrollArea scroll(ui, key + "-cards", body, static_cast<float>(list.rows.size()) * card_pitch + (has_more ? 48.0f : 4.0f), stage);
    MirrorScope const cards(ui.mirror, {.role = Role::List, .key = key + "-list"});
    for (std::size_t row = 0; row < list.rows.size(); ++row) {
        Rect const place{body.x + 7, scroll.top() + static_cast<float>(row) * card_pitch, body.w - 14, card_height};
        bool const is_current = static_cast<int>(column) == m_column && static_cast<int>(row) == m_row;
        if (is_current && m_moved) scroll.reveal(place);
        if (place.bottom() < body.y || place.y > body.bottom()) continue;
        draw_card(ui, place, card_key(column, list.rows[row].lead), list.rows[row], is_current, state, commands);
    }
    if (!has_more) return;
    Button const more{.key = key + "-more",
        .text = "Show " + grouped(std::max(count - static_cast<int>(list.rows.size()), 1)) + " more",
        .look = ButtonLook::Ghost,
        .busy_for = list.asking ? ImGui::GetTime() - list.asked_at : -1};
    float const width = button_width(ui, more);
    MirrorScope const last(ui.mirror, {.role = Role::Item, .key = key + "-more-item"});
    if (button(ui, {body.x + (body.w - width) / 2, scroll.top() + static_cast<float>(list.rows.size()) * card_pitch + 2, width, 32}, more))
        commands.emplace_back(LoadMore{"leads", stage});
}

// Arrows between columns and cards; j, k within one.
void LeadsView::move_on_board(Ui& ui, AppState const& state)
{
    m_moved = false;
    auto const rows_in = [&](int column) { return static_cast<int>(column_of(state, static_cast<std::size_t>(column)).rows.size()); };
    int const columns = static_cast<int>(lead_stages.size());
    bool const inside = ui.mirror.focused().starts_with("board-");
    int down = 0, across = 0;
    if (ui.key("j")) down = inside ? 1 : 0, m_moved = true;
    if (ui.key("k")) down = inside ? -1 : 0, m_moved = true;
    if (inside) {
        if (ui.key("ArrowDown")) down = 1;
        if (ui.key("ArrowUp")) down = -1;
        if (ui.key("ArrowRight")) across = 1;
        if (ui.key("ArrowLeft")) across = -1;
    }
    m_moved |= down != 0 || across != 0;
    if (across != 0)
        for (int next = m_column + across; next >= 0 && next < columns; next += across)
            if (rows_in(next) > 0) {
                m_column = next;
                break;
            }
    for (int tries = 0; tries < columns && rows_in(m_column) == 0; ++tries)
        m_column = (m_column + 1) % columns;
    m_row = std::clamp(m_row + down, 0, std::max(rows_in(m_column) - 1, 0));
    if (!m_moved || rows_in(m_column) == 0) return;
    auto const& lead = column_of(state, static_cast<std::size_t>(m_column)).rows[static_cast<std::size_t>(m_row)].lead;
    ui.mirror.focus(ui.mirror.focused(), true);
    ui.mirror.request_focus(card_key(static_cast<std::size_t>(m_column), lead));
    ui.change_in(0);
}

void LeadsView::draw_board(Ui& ui, Rect area, AppState const& state, Commands& commands)
{
    if (draw_progress(ui, "leads", area, progress_of(column_of(state, 0)), state, commands)) return; // said once, not five times
    move_on_board(ui, state);
    float const pitch = (area.w + 12) / static_cast<float>(lead_stages.size());
    for (std::size_t column = 0; column < lead_stages.size(); ++column)
        draw_column(
            ui, {std::floor(area.x + static_cast<float>(column) * pitch), area.y, std::floor(pitch - 12), area.h}, column, state, commands);
}

void LeadsView::draw_table_of(Ui& ui, Rect area, Rect page, AppState const& state, Commands& commands)
{
    auto const& list = table_of(state);
    if (draw_progress(ui, "leads", area, progress_of(list), state, commands)) return;
    if (list.rows.empty()) {
        bool const filtered = !state.address.of("search").empty() || !state.address.of("stage").empty();
        empty(ui, "leads-empty", area,
            filtered ? Empty{icon::search, "Nothing matches", "No lead has this name, number or car, in this stage."}
                     : Empty{icon::users, "No leads yet", "Whoever calls or texts the line for the first time becomes a lead."});
        return;
    }
    bool const phone = ui.compact(), wide = area.w > 700;
    bool const is_of_several = !place_of(state.address).is_tab && state.signed_in()->session.organizations.size() != 1;
    bool const has_owner = is_of_several && wide, has_all = wide && (!has_owner || area.w > 900);
    Table table;
    table.key = "leads";
    table.label = "Leads";
    table.sort = "newest"; // the only order there is
    if (phone)
        table.columns = {{"who", "Customer"}, {"wants", "Wants", 80}, {"stage", "Status", 80}};
    else {
        table.columns = {{"who", "Customer", wide ? 200.0f : 0.0f}};
        if (has_all) table.columns.push_back({"number", "Number", 120});
        table.columns.push_back({"stage", "Status", 164});
        if (has_all) table.columns.push_back({"wants", "Wants"});
        if (has_owner) table.columns.push_back({"owner", "Organisation", 180});
        table.columns.push_back({"last", "Last contact", 104, true, "newest"});
    }
    table.row_height = phone ? 76 : 40;
    table.has_header = !phone;
    fill_table(table, list);
    auto const at = [&](int row) -> LeadRow const& { return list.rows[static_cast<std::size_t>(row)]; };
    table.row_key = [&](int row) { return at(row).lead.id; };
    table.href = [&](int row) { return href_of(at(row).lead); };
    table.draw_row = [&](int row, Rect place, std::vector<Rect> const& cells) {
        auto const& [lead, owner] = at(row);
        auto const key = "leads-" + lead.id;
        auto const name = customer_name(lead.name, lead.phone_number);
        auto [tone, words] = stage_words(lead.stage);
        if (lead.wants_person) tone = Tone::Attention, words = "Wants a person";
        auto const last = ui.clock.age(lead.last_contact_at);
        if (phone) {
            customer_avatar(ui, place.x + 16, place.middle() - 20, 40, lead.name);
            auto const below = (is_of_several || lead.interest.empty() ? owner : lead.interest) + " · " + last;
            return draw_phone_row(ui, table, row, m_current, place, 68, {name, words, below, tone, true});
        }
        customer_avatar(ui, cells[0].x, place.middle() - 13, 26, lead.name);
        {
            MirrorScope const scope(ui.mirror, cell_node(key + "-who", cells[0], 1));
            link_cell(ui, table, row, m_current, {cells[0].x + 36, place.y, cells[0].w - 36, place.h},
                lead.name.empty() ? (has_all ? "Name not given" : name) : lead.name, {Face::Medium, 13, ui.colours.text});
        }
        TextStyle const plain{Face::Regular, 13, ui.colours.text2};
        std::size_t column = 1;
        auto const add = [&](char const* of, std::string const& text, TextStyle const& style) {
            cell(ui, key + of, cells[column], text, style, static_cast<int>(column) + 1);
            ++column;
        };
        if (has_all) add("-number", national_format(lead.phone_number), {Face::Regular, 13, ui.colours.text});
        {
            bool const is_plain = !lead.wants_person && (lead.stage == lead_stages[0] || lead.stage == lead_stages[1]);
            MirrorScope const scope(ui.mirror, cell_node(key + "-stage", cells[column], static_cast<int>(column) + 1));
            if (is_plain)
                told(ui, Role::Text, key + "-stage", cells[column], words, plain);
            else
                pill(ui, key + "-stage", cells[column].x - 8, place.middle(), tone, words);
            ++column;
        }
        if (has_all) add("-wants", lead.interest.empty() ? "–" : lead.interest, plain);
        if (has_owner) add("-owner", owner, plain);
        cell(ui, key + "-last", cells[column], last, {Face::Regular, 13, ui.colours.text3}, static_cast<int>(column) + 1, true);
    };
    auto const result = draw_framed(ui, area, page, table, m_current, rows_in_words(table, "lead", "leads"));
    if (result.opened) commands.emplace_back(Go{address_from(table.href(*result.opened))});
    if (result.wants_more) commands.emplace_back(LoadMore{"leads"});
    auto const& current = at(m_current).lead;
    bool const is_reached = ui.mirror.focused() == "leads-link-" + current.id;
    if (is_reached && state.signed_in()->session.may_work(current.organization_id)) {
        if (ui.key("m")) commands.emplace_back(Open{"stage:" + current.organization_id + ':' + current.id});
        if (ui.key("c")) commands.emplace_back(Open{"call:" + current.organization_id + ':' + current.id});
    }
}

void LeadsView::draw(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    Rect const content = page_content(ui, page);
    bool const has_board = content.w >= narrowest_board;
    bool const is_table = state.address.of("view") == "table";
    if (!has_board && !is_table) return commands.emplace_back(Go{state.address.with("view", "table"), true}), void();
    float top;
    if (has_board) {
        auto const& list = is_table ? table_of(state) : column_of(state, 0);
        int const all = count_in(list, "all"), waiting = count_in(list, "wants_person");
        auto const title = all < 0 ? std::string("Leads") : counted(all, "lead", "leads");
        TextStyle const large{Face::Display, 20, ui.colours.text};
        heading(ui, "leads-count", content.x, content.y + 18, title, large, 2);
        if (waiting > 0)
            paragraph(ui, "leads-waiting", content.x + ui.width(title, large) + 14, content.y + 20,
                counted(waiting, "wants a person", "want a person"), {Face::Regular, 13, ui.colours.warn});
        std::array<std::string, 2> const choices{"Board", "Table"};
        float const width = segmented_width(ui, choices);
        draw_search(ui, {content.right() - width - 12 - 230, content.y, 230, 36}, "leads", "Name, number or car", state, commands);
        if (auto const chosen
            = segmented(ui, {content.right() - width, content.y + 1, width, 34}, "leads-view", "How to show them", choices, is_table))
            commands.emplace_back(Go{state.address.with("view", *chosen == 1 ? "table" : "").with("stage", ""), true});
        top = content.y + 52;
    } else {
        auto const& list = table_of(state);
        Filters filters{"leads", "Name, number or car", "stage", {{"", "All", count_in(list, "all")}}};
        for (auto const stage : lead_stages)
            filters.chips.push_back({std::string(stage), std::string(stage), count_in(list, std::string(stage).c_str())});
        top = draw_filters(ui, content, filters, state, commands);
    }
    Rect const area{content.x, top, content.w, page.bottom() - top - (ui.compact() ? 0.0f : 16.0f)};
    if (is_table)
        draw_table_of(ui, area, page, state, commands);
    else
        draw_board(ui, area, state, commands);
}

} // namespace console
