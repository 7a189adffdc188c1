#include "web-client/widgets/chart.h"

#include "web-client/widgets/controls.h"

#include <cmath>

namespace console {

int round_scale(int largest)
{
    for (int power = 1;; power *= 10)
        for (int const step : {5, 10, 20})
            if (step * power >= largest) return step * power;
}

// The values of the bar that the mouse is on; its item says them too.
static void draw_values(Ui& ui, Rect plot, Rect column, std::array<std::string, 2> const& series, Bar const& bar)
{
    TextStyle const title{Face::SemiBold, 12, ui.colours.text}, name{Face::Regular, 12, ui.colours.text2},
        figure{Face::Medium, 12, ui.colours.text};
    float const names = std::max(ui.width(series[0], name), ui.width(series[1], name)) + 14;
    float const width = std::max(ui.width(bar.name, title), names + 60) + 24;
    float const right_of = column.right() + 8;
    Rect const box{right_of + width <= plot.right() ? right_of : column.x - 8 - width, plot.y + 8, width, 78};
    ui.shadow(box, 8);
    ui.fill(box, ui.colours.raised, 8);
    ui.edge(box, ui.dark() ? ui.colours.ctlsoft : ui.colours.border, 8);
    ui.decoration = true;
    ui.text(box.x + 12, box.y + 18, bar.name, title);
    for (int i = 0; i < 2; ++i) {
        float const middle = box.y + 40 + static_cast<float>(i) * 20;
        auto const value = std::to_string(i == 0 ? bar.value : bar.reference);
        ui.fill(
            {box.x + 12, middle - (i == 0 ? 4.0f : 1.0f), 8, i == 0 ? 8.0f : 2.0f}, i == 0 ? ui.colours.c1 : ui.colours.c4, i == 0 ? 2 : 0);
        ui.text(box.x + 26, middle, series[static_cast<std::size_t>(i)], name);
        ui.text(box.right() - 12 - ui.width(value, figure), middle, value, figure);
    }
    ui.decoration = false;
}

void bar_chart(Ui& ui, std::string const& key, Rect area, std::string const& label, std::string const& unit,
    std::array<std::string, 2> const& series, std::span<Bar const> bars)
{
    int largest = 0;
    for (auto const& bar : bars)
        largest = std::max({largest, bar.value, bar.reference});
    int const scale = round_scale(largest);
    auto figure_node = node_at(Role::Figure, key, area);
    figure_node.label = label;
    MirrorScope const figure(ui.mirror, std::move(figure_node));

    TextStyle const axis{Face::Regular, 11, ui.colours.text3};
    float const left = 28, below = 22;
    Rect const plot{area.x + left, area.y + 6, area.w - left, area.h - below - 6};
    int const lines = 5;
    for (int i = 0; i <= lines; ++i) {
        float const y = plot.bottom() - plot.h * static_cast<float>(i) / lines;
        ui.line(plot.x, y, plot.w, i == 0 ? ui.colours.ctlsoft : ui.colours.grid);
        if (scale * i % lines != 0) continue;
        told(ui, Role::Text, key + "-scale" + std::to_string(i), {area.x, y - 7, left - 10, 14}, std::to_string(scale * i / lines), axis,
            true);
    }
    float const slot = plot.w / static_cast<float>(std::max<std::size_t>(bars.size(), 1));
    float const width = std::max(std::floor(slot * 0.6f), 2.0f);
    MirrorScope const list(ui.mirror, {.role = Role::List, .key = key + "-values", .label = unit + " by day"});
    float free_from = plot.x;
    Bar const* pointed_at = nullptr;
    Rect place;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        auto const& bar = bars[i];
        float const x = std::floor(plot.x + static_cast<float>(i) * slot + (slot - width) / 2);
        Rect const column{plot.x + static_cast<float>(i) * slot, plot.y, slot, plot.h};
        bool const hovered = !ui.covered && ImGui::IsMouseHoveringRect(column.first(), column.last());
        if (hovered) {
            ui.fill(column, with_opacity(ui.colours.mutebg, 0.6f));
            pointed_at = &bar;
            place = column;
        }
        float const height = std::round(plot.h * static_cast<float>(bar.value) / static_cast<float>(scale));
        bool const under_way = i + 1 == bars.size();
        float const behind = std::round(plot.h * static_cast<float>(bar.reference) / static_cast<float>(scale));
        if (bar.reference > bar.value) {
            float const wide = std::min(width + 6, slot - 1);
            float const wide_x = std::floor(column.x + (slot - wide) / 2);
            ui.fill({wide_x, plot.bottom() - behind, wide, behind}, ui.colours.mutebg);
            ui.fill({wide_x, plot.bottom() - behind, wide, 2}, ui.colours.c4);
        }
        if (height > 0)
            ui.fill_top({x, plot.bottom() - height, width, height}, under_way ? with_opacity(ui.colours.c1, 0.55f) : ui.colours.c1,
                width > 4 ? 2 : 0);
        auto node = node_at(Role::Item, key + "-bar" + std::to_string(i), column);
        node.label
            = bar.name + ": " + std::to_string(bar.value) + (bar.reference > 0 ? " of " + std::to_string(bar.reference) + ' ' : " ") + unit;
        MirrorScope const item(ui.mirror, std::move(node));
        float const name_width = ui.width(bar.axis, axis);
        float const name_x = std::min(column.x + (slot - name_width) / 2, plot.right() - name_width);
        if (bar.axis.empty() || name_x < free_from) continue;
        paragraph(ui, key + "-day" + std::to_string(i), name_x, plot.bottom() + 14, bar.axis, axis);
        free_from = name_x + name_width + 12;
    }
    if (pointed_at) draw_values(ui, plot, place, series, *pointed_at);
}

void sparkline(Rect area, std::span<int const> values, ImU32 colour)
{
    if (values.size() < 2) return;
    int largest = 1;
    for (int const value : values)
        largest = std::max(largest, value);
    auto* const list = ImGui::GetWindowDrawList();
    ImVec2 last;
    for (std::size_t i = 0; i < values.size(); ++i) {
        last = {area.x + area.w * static_cast<float>(i) / static_cast<float>(values.size() - 1),
            area.bottom() - area.h * static_cast<float>(values[i]) / static_cast<float>(largest)};
        list->PathLineTo(last);
    }
    list->PathStroke(colour, 0, 1.5f);
    list->AddCircleFilled(last, 2.5f, colour);
}

} // namespace console
