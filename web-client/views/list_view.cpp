#include "web-client/views/list_view.h"

#include "build/generated/icon_codes.h"
#include "web-client/widgets/figures.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>

namespace console {

static constexpr double typing_pause = 0.25; // seconds after the last letter until we search

void ListView::draw_search(Ui& ui, Rect area, std::string const& key, std::string const& hint, AppState const& state, Commands& commands)
{
    auto const& address = state.address;
    if (auto const searched = address.of("search"); searched != m_searched) m_search = m_searched = searched; // Back, or a link
    if (ui.key("/")) ui.mirror.request_focus(key + "-search");
    if (ui.mirror.has_focus(key + "-search") && ui.key("Escape", true)) {
        m_search.clear();
        m_search_at = ImGui::GetTime();
    }
    Field const field{.key = key + "-search",
        .label = hint,
        .icon = icon::search,
        .name = "search",
        .input = "search",
        .placeholder = hint,
        .text_size = ui.compact() ? 16.0f : 13.0f,
        .hides_label = true};
    if (text_field(ui, area, field, m_search)) m_search_at = ImGui::GetTime() + typing_pause;
    if (m_search_at > 0) {
        double const left = m_search_at - ImGui::GetTime();
        if (left > 0) {
            ui.change_in(left);
        } else {
            m_search_at = 0;
            m_searched = m_search;
            m_current = 0;
            commands.emplace_back(Go{address.with("search", m_search), true});
        }
    }
}

float ListView::draw_filters(Ui& ui, Rect content, Filters const& filters, AppState const& state, Commands& commands)
{
    auto const& key = filters.key;
    auto const filter = state.address.of(filters.by);
    float const field_height = ui.compact() ? 44 : 36;
    bool const has_search = !filters.hint.empty();
    float const width = !has_search ? -12 : ui.compact() ? content.w : 260;
    {
        MirrorScope const search(ui.mirror,
            {.role = has_search ? Role::Search : Role::Group, .key = key + "-filters", .label = has_search ? "" : "Which to show"});
        if (has_search) draw_search(ui, {content.x, content.y, width, field_height}, key, filters.hint, state, commands);
        float x = content.x + width + 12, y = content.y;
        if (ui.compact() && has_search) {
            x = content.x;
            y += field_height + 10;
        }
        for (auto const& chip : filters.chips) {
            bool const on = filter == chip.value;
            auto const text = chip.count < 0 ? chip.text : chip.text + " " + std::to_string(chip.count);
            TextStyle const style{on ? Face::SemiBold : Face::Medium, 13, on ? ui.colours.info : ui.colours.text2};
            float const chip_width = std::ceil(ui.width(text, style)) + 22;
            if ((chip.count == 0 || chip.count == -1) && !on && !chip.value.empty()) continue;
            if (x + chip_width > content.right()) {
                x = ui.compact() ? content.x : content.x + width + 12;
                y += 42;
            }
            Rect const place{x, y + (field_height - 32) / 2 * (ui.compact() ? 0.0f : 1.0f), chip_width, 32};
            auto const chip_key = key + "-chip-" + (chip.value.empty() ? "all" : chip.value);
            Press const press = claim(ui, place, chip_key);
            ui.fill(place, on ? ui.colours.selected : press.hovered ? ui.colours.hover : ui.colours.surface, 6);
            if (!on) ui.edge(place, ui.colours.ctlsoft, 6);
            if (press.shows_focus) ui.focus_ring(place, 6);
            ui.text(place.x + 11, place.middle(), text, style);
            auto node = node_at(Role::Button, chip_key, place);
            node.text = text;
            node.face = css_family(style.face);
            node.line = place.h;
            node.left = 11;
            node.pressed = on;
            ui.mirror.add(std::move(node));
            if (press.pressed) commands.emplace_back(Go{state.address.with(filters.by, chip.value)});
            x += chip_width + 8;
        }
        content.y = y;
    }
    return content.y + (ui.compact() ? 32 + 12 : field_height + 16);
}

static void draw_footer(Ui& ui, Rect area, std::string const& key, std::string const& text)
{
    ui.line(area.x + 1, area.y, area.w - 2, ui.colours.line);
    told(ui, Role::Status, key + "-footer", {area.x + 20, area.y, area.w - 40, area.h}, text, {Face::Regular, 12, ui.colours.text2});
}

TableResult draw_framed(Ui& ui, Rect area, Rect page, Table const& table, int& current, std::string const& summary)
{
    bool const phone = ui.compact();
    if (phone) area.x = page.x, area.w = page.w;
    float const footer = 40;
    float const content = (table.has_header ? 33.0f : 0.0f) + static_cast<float>(table.total) * table.row_height + footer + 2;
    if (!phone) area.h = std::min(area.h, content); // a card ends where its content ends
    if (!phone) card(ui, area);
    auto const result = draw_table(ui,
        {area.x + (phone ? 0.0f : 1.0f), area.y + (phone ? 0.0f : 1.0f), area.w - (phone ? 0.0f : 2.0f), area.h - footer - 1}, table,
        current);
    draw_footer(ui, {area.x, area.bottom() - footer, area.w, footer}, table.key, summary);
    return result;
}

std::string rows_in_words(Table const& table, char const* one, char const* many)
{
    auto text = counted(table.total, one, many);
    if (table.loaded < table.total) text += ", " + grouped(table.loaded) + " loaded";
    return text;
}

MirrorNode cell_node(std::string const& key, Rect area, int column)
{
    auto node = node_at(Role::Cell, key + "-cell", area);
    node.index = column;
    return node;
}

void draw_phone_row(Ui& ui, Table const& table, int row, int current, Rect area, float indent, PhoneRow const& what)
{
    auto const key = table.key + '-' + table.row_key(row);
    float const x = area.x + indent, right = area.right() - 16;
    TextStyle const quiet{Face::Regular, 12, ui.colours.text2};
    float const state_width = !what.has_tone ? ui.width(what.right, quiet)
        : what.tone == Tone::Ok              ? 20 + ui.width(what.right, {Face::Regular, 13, 0})
                                             : pill_width(ui, what.right);
    Rect const name{x, area.y + 14, right - state_width - x - 8, 22};
    {
        MirrorScope const scope(ui.mirror, cell_node(key + "-name", {name.x, area.y + 8, name.w, 30}, 1));
        link_cell(ui, table, row, current, name, what.name, {Face::SemiBold, 15, ui.colours.text});
    }
    cell(ui, key + "-below", {x, area.y + 38, right - x, 22}, what.below, {Face::Regular, 13, ui.colours.text2}, 2);
    MirrorScope const scope(ui.mirror, cell_node(key + "-right", {right - state_width - 1, area.y + 12, state_width + 1, 24}, 3));
    if (what.has_tone)
        state_label(ui, key + "-state", right - state_width, area.y + 25, what.tone, what.right);
    else
        paragraph(ui, key + "-right", right - state_width, area.y + 25, what.right, quiet);
}

} // namespace console
