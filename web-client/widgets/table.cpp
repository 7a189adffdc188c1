#include "web-client/widgets/table.h"

#include "build/generated/icon_codes.h"
#include "web-client/widgets/controls.h"
#include "web-client/widgets/scroll_area.h"

#include <cmath>

namespace console {

static constexpr float header_height = 33;
static constexpr float side = 20; // from the card's edge to the first cell
static constexpr float bar_room = 10; // kept free for the scrollbar

static std::vector<Rect> places_of(Table const& table, Rect row)
{
    float fixed = 0;
    int stretching = 0;
    for (auto const& column : table.columns) {
        fixed += column.width;
        stretching += column.width == 0;
    }
    float const gaps = 16 * static_cast<float>(table.columns.size() - 1);
    float const rest = std::max(row.w - 2 * side - fixed - gaps, 60.0f);
    std::vector<Rect> places;
    float x = row.x + side;
    for (auto const& column : table.columns) {
        float const width = column.width == 0 ? std::floor(rest / static_cast<float>(stretching)) : column.width;
        places.push_back({x, row.y, width, row.h});
        x += width + 16;
    }
    return places;
}

static void draw_header(Ui& ui, Rect area, Table const& table, TableResult& result)
{
    ui.fill_top(area, ui.colours.sunken, 10);
    ui.line(area.x, area.bottom() - 1, area.w, ui.colours.line);
    auto node = node_at(Role::Row, table.key + "-header", area);
    node.index = 1;
    MirrorScope const row(ui.mirror, std::move(node));
    auto const places = places_of(table, area);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        auto const& column = table.columns[i];
        bool const sorted = !column.sort.empty() && column.sort == table.sort;
        TextStyle const style{sorted ? Face::SemiBold : Face::Medium, 12, sorted ? ui.colours.text : ui.colours.text2};
        auto cell_node = node_at(Role::ColumnHeader, table.key + "-column-" + column.key, places[i]);
        cell_node.index = static_cast<int>(i) + 1;
        if (sorted) cell_node.sort = column.sort == "name" || column.sort == "number" ? "ascending" : "descending";
        MirrorScope const cell_scope(ui.mirror, std::move(cell_node));
        auto const key = table.key + "-sort-" + column.key;
        if (column.sort.empty()) {
            told(ui, Role::Text, key, places[i], column.title, style, column.right);
            continue;
        }
        float const arrow = sorted ? 18 : 0;
        float const width = std::ceil(ui.width(column.title, style)) + 8 + arrow;
        Rect const place{column.right ? places[i].right() - width + 4 : places[i].x - 4, places[i].y + 2, width, places[i].h - 4};
        Press const press = claim(ui, place, key);
        if (press.hovered) ui.fill(place, ui.colours.hover, 4);
        if (press.shows_focus) ui.edge(place, ui.colours.focus, 4, 2);
        ui.text(place.x + 4, places[i].middle(), column.title, style);
        if (sorted) ui.icon(place.right() - 11, places[i].middle(), icon::arrow_down, 13, style.colour);
        auto button_node = node_at(Role::Button, key, place);
        button_node.text = column.title;
        button_node.face = css_family(style.face);
        button_node.size = style.size;
        button_node.line = place.h;
        button_node.left = 4;
        ui.mirror.add(std::move(button_node));
        if (press.pressed) result.sort = column.sort;
    }
}

static std::string link_key(Table const& table, int row)
{
    return table.key + "-link-" + table.row_key(row);
}

// The row to go to, if a key asked for one.
static std::optional<int> row_asked_for(Ui& ui, Table const& table, int current, int in_sight)
{
    if (table.loaded == 0) return {};
    bool const inside = ui.mirror.focused().starts_with(table.key + "-link-");
    int wanted = current;
    bool asked = false;
    auto const move = [&](bool pressed, int to) {
        if (!pressed) return;
        asked = true;
        wanted = to;
    };
    move(ui.key("j"), inside ? current + 1 : current);
    move(ui.key("k"), inside ? current - 1 : current);
    if (inside) {
        move(ui.key("ArrowDown"), current + 1);
        move(ui.key("ArrowUp"), current - 1);
        move(ui.key("PageDown"), current + in_sight);
        move(ui.key("PageUp"), current - in_sight);
        move(ui.key("Home"), 0);
        move(ui.key("End"), table.loaded - 1);
    }
    return asked ? std::optional(std::clamp(wanted, 0, table.loaded - 1)) : std::nullopt;
}

TableResult draw_table(Ui& ui, Rect area, Table const& table, int& current)
{
    TableResult result;
    auto node = node_at(Role::Table, table.key, area);
    node.label = table.label;
    node.count = table.total + (table.has_header ? 1 : 0);
    node.columns = static_cast<int>(table.columns.size());
    MirrorScope const scope(ui.mirror, std::move(node));
    float const header = table.has_header ? header_height : 0;
    if (table.has_header) draw_header(ui, {area.x, area.y, area.w, header}, table, result);

    Rect const body{area.x, area.y + header, area.w, area.h - header};
    ScrollArea scroll(ui, table.key + "-rows", body, static_cast<float>(table.total) * table.row_height);
    int const in_sight = std::max(static_cast<int>(body.h / table.row_height), 1);
    int const first = std::max(static_cast<int>(scroll.scroll() / table.row_height), 0);
    int const end = std::min(first + in_sight + 2, table.total);
    result.wants_more = end > table.loaded && table.loaded < table.total;

    current = std::clamp(current, 0, std::max(table.loaded - 1, 0));
    if (auto const asked = row_asked_for(ui, table, current, in_sight)) {
        current = *asked;
        float const top = static_cast<float>(current) * table.row_height;
        scroll.reveal({body.x, scroll.top() + top, body.w, table.row_height});
        ui.mirror.focus(ui.mirror.focused(), true);
        ui.mirror.request_focus(link_key(table, current));
        ui.change_in(0);
    }
    // Tab must find a row even when the one it was on has been scrolled away.
    bool const seen = current >= first && current < end;
    if (!seen && !ui.mirror.focused().starts_with(table.key + "-link-")) current = std::min(first, std::max(table.loaded - 1, 0));

    for (int row = first; row < std::min(end, table.loaded); ++row) {
        Rect const place{body.x, scroll.top() + static_cast<float>(row) * table.row_height, body.w, table.row_height};
        auto const key = table.key + "-row-" + table.row_key(row);
        Press const press = claim(ui, {place.x, place.y, place.w - bar_room, place.h}, key);
        bool const focused = ui.mirror.shows_focus(link_key(table, row));
        bool const open = !table.open.empty() && table.open == table.row_key(row);
        if (open)
            ui.fill({place.x + 8, place.y + 2, place.w - 16, place.h - 3}, ui.colours.selected, 8);
        else if (press.hovered)
            ui.fill({place.x + 1, place.y, place.w - 2, place.h}, ui.colours.hover);
        if (row > 0 && table.open.empty()) ui.line(place.x + 1, place.y, place.w - 2, ui.colours.line);
        auto row_node = node_at(Role::Row, key, place);
        row_node.index = row + (table.has_header ? 2 : 1);
        row_node.current = open;
        MirrorScope const row_scope(ui.mirror, std::move(row_node));
        bool const followed = ui.mirror.take_press(link_key(table, row));
        table.draw_row(row, place, places_of(table, place));
        if (focused) ui.edge({place.x + 3, place.y + 2, place.w - 6 - bar_room, place.h - 3}, ui.colours.focus, 6, 2);
        if (press.pressed || followed) result.opened = row;
    }
    for (int row = std::max(first, table.loaded); row < end; ++row) {
        float const middle = scroll.top() + (static_cast<float>(row) + 0.5f) * table.row_height;
        ui.fill({body.x + side, middle - 5, body.w * 0.3f, 10}, ui.colours.mutebg, 5);
    }
    return result;
}

void cell(Ui& ui, std::string const& key, Rect area, std::string const& text, TextStyle const& style, int column, bool right)
{
    told(ui, Role::Cell, key, area, text, style, right, column);
}

void link_cell(Ui& ui, Table const& table, int row, int current, Rect area, std::string const& text, TextStyle const& style)
{
    float const drawn = ui.text_within(area.x, area.middle(), area.w, text, style);
    auto node = node_at(Role::Link, link_key(table, row), {area.x, std::round(area.middle() - 14), drawn + 1, 28});
    write(ui, node, text, style);
    if (drawn < ui.width(text, style)) node.title = text;
    node.line = 28;
    node.href = table.href(row);
    node.by_arrows = row != current;
    ui.mirror.add(std::move(node));
}

} // namespace console
