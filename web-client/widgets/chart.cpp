#include "web-client/widgets/chart.h"

#include "web-client/widgets/controls.h"
#include "web-client/widgets/figures.h"

#include <cmath>

namespace console {

std::int64_t round_scale(std::int64_t largest)
{
    for (std::int64_t power = 1;; power *= 10)
        for (int const step : {5, 10, 20})
            if (step * power >= largest) return step * power;
}

static std::string words_of(Chart const& chart, std::int64_t value)
{
    return chart.words ? chart.words(value) : grouped(value);
}

static std::int64_t sum_of(Bar const& bar)
{
    std::int64_t sum = 0;
    for (auto const part : bar.parts)
        sum += part;
    return sum;
}

struct Value {
    std::string name, figure;
    ImU32 colour;
    bool thin;
};

static std::vector<Value> values_of(Ui const& ui, Chart const& chart, Bar const& bar)
{
    std::vector<Value> values;
    if (bar.is_forecast) return {{"Forecast", words_of(chart, bar.reference), ui.colours.ctlsoft, false}};
    for (std::size_t i = 0; i < chart.series.size(); ++i)
        values.push_back({chart.series[i].name, words_of(chart, bar.parts[i]), chart.series[i].colour, false});
    if (!chart.reference.empty()) values.push_back({chart.reference, words_of(chart, bar.reference), ui.colours.c4, true});
    return values;
}

// The values of the bar that the mouse is on; its item says them too.
static void draw_values(Ui& ui, Rect plot, Rect column, Chart const& chart, Bar const& bar)
{
    TextStyle const title{Face::SemiBold, 12, ui.colours.text}, name{Face::Regular, 12, ui.colours.text2},
        figure{Face::Medium, 12, ui.colours.text};
    auto const values = values_of(ui, chart, bar);
    float width = ui.width(bar.name, title);
    for (auto const& value : values)
        width = std::max(width, ui.width(value.name, name) + ui.width(value.figure, figure) + 34);
    width += 24;
    float const right_of = column.right() + 8;
    Rect const box{
        right_of + width <= plot.right() ? right_of : column.x - 8 - width, plot.y + 8, width, 38 + static_cast<float>(values.size()) * 20};
    ui.shadow(box, 8);
    ui.fill(box, ui.colours.raised, 8);
    ui.edge(box, ui.dark() ? ui.colours.ctlsoft : ui.colours.border, 8);
    ui.decoration = true;
    ui.text(box.x + 12, box.y + 18, bar.name, title);
    float middle = box.y + 40;
    for (auto const& value : values) {
        ui.fill({box.x + 12, middle - (value.thin ? 1.0f : 4.0f), 8, value.thin ? 2.0f : 8.0f}, value.colour, value.thin ? 0 : 2);
        ui.text(box.x + 26, middle, value.name, name);
        ui.text(box.right() - 12 - ui.width(value.figure, figure), middle, value.figure, figure);
        middle += 20;
    }
    ui.decoration = false;
}

static void draw_bar(Ui& ui, Rect plot, Rect column, float width, double pixels, Chart const& chart, Bar const& bar, bool under_way)
{
    auto const height_of = [&](std::int64_t value) { return static_cast<float>(std::round(static_cast<double>(value) * pixels)); };
    float const x = std::floor(column.x + (column.w - width) / 2);
    if (bar.is_forecast) {
        float const height = height_of(bar.reference);
        if (height > 1) ui.edge({x, plot.bottom() - height, width, height}, ui.colours.ctlsoft, 2);
        return;
    }
    if (bar.reference > 0) {
        float const wide = std::min(width + 6, column.w - 1), height = height_of(bar.reference);
        float const wide_x = std::floor(column.x + (column.w - wide) / 2);
        ui.fill({wide_x, plot.bottom() - height, wide, height}, ui.colours.mutebg);
        ui.fill({wide_x, plot.bottom() - height, wide, 2}, ui.colours.c4);
    }
    float y = plot.bottom();
    std::int64_t left = sum_of(bar);
    for (std::size_t i = 0; i < chart.series.size(); ++i) {
        if (bar.parts[i] <= 0) continue;
        left -= bar.parts[i];
        float const height = std::max(height_of(bar.parts[i]) - (y < plot.bottom() ? 1.0f : 0.0f), 1.0f);
        if (y < plot.bottom()) y -= 1; // between two parts
        auto const colour = under_way ? with_opacity(chart.series[i].colour, 0.55f) : chart.series[i].colour;
        bool const is_top = left <= 0;
        if (is_top && width > 4)
            ui.fill_top({x, y - height, width, height}, colour, 2);
        else
            ui.fill({x, y - height, width, height}, colour);
        y -= height;
    }
}

static std::string sentence_of(Ui const& ui, Chart const& chart, Bar const& bar)
{
    auto sentence = bar.name + ": ";
    bool first = true;
    for (auto const& value : values_of(ui, chart, bar)) {
        sentence += (first ? "" : ", ") + value.figure + ' ' + value.name;
        first = false;
    }
    return sentence;
}

static void draw_now(Ui& ui, Rect plot, float x, Chart const& chart)
{
    for (float y = plot.y + 8; y < plot.bottom(); y += 6)
        ui.fill({std::round(x), y, 1, 3}, ui.colours.text2);
    TextStyle const style{Face::Medium, 11, ui.colours.onink};
    float const width = std::ceil(ui.width(chart.now_words, style)) + 12;
    Rect const box{std::clamp(std::round(x - 2), plot.x, plot.right() - width), plot.y - 4, width, 18};
    ui.fill(box, ui.colours.ink, 4);
    paragraph(ui, chart.key + "-now", box.x + 6, box.middle(), chart.now_words, style);
}

void bar_chart(Ui& ui, Rect area, Chart const& chart, std::span<Bar const> bars)
{
    std::int64_t largest = 0;
    for (auto const& bar : bars)
        largest = std::max({largest, sum_of(bar), bar.reference});
    auto const scale = round_scale(largest);
    auto figure_node = node_at(Role::Figure, chart.key, area);
    figure_node.label = chart.label;
    MirrorScope const figure(ui.mirror, std::move(figure_node));

    TextStyle const axis{Face::Regular, 11, ui.colours.text3};
    int const lines = 5;
    float left = 18;
    for (int i = 0; i <= lines; ++i)
        if (scale * i % lines == 0) left = std::max(left, std::ceil(ui.width(words_of(chart, scale * i / lines), axis)));
    left += 10;
    float const below = 22;
    Rect const plot{area.x + left, area.y + 6, area.w - left, area.h - below - 6};
    for (int i = 0; i <= lines; ++i) {
        float const y = plot.bottom() - plot.h * static_cast<float>(i) / lines;
        ui.line(plot.x, y, plot.w, i == 0 ? ui.colours.ctlsoft : ui.colours.grid);
        if (scale * i % lines != 0) continue;
        told(ui, Role::Text, chart.key + "-scale" + std::to_string(i), {area.x, y - 7, left - 10, 14}, words_of(chart, scale * i / lines),
            axis, true);
    }
    float const slot = plot.w / static_cast<float>(std::max<std::size_t>(bars.size(), 1));
    float const width = std::max(std::floor(slot * 0.6f), 2.0f);
    double const pixels = static_cast<double>(plot.h) / static_cast<double>(scale);
    MirrorScope const list(ui.mirror, {.role = Role::List, .key = chart.key + "-values", .label = chart.values});
    float free_from = plot.x;
    Bar const* pointed_at = nullptr;
    Rect place;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        auto const& bar = bars[i];
        Rect const column{plot.x + static_cast<float>(i) * slot, plot.y, slot, plot.h};
        bool const hovered = !ui.covered && ImGui::IsMouseHoveringRect(column.first(), column.last());
        if (hovered) {
            ui.fill(column, with_opacity(ui.colours.mutebg, 0.6f));
            pointed_at = &bar;
            place = column;
        }
        draw_bar(ui, plot, column, width, pixels, chart, bar, static_cast<int>(i) == chart.current);
        auto node = node_at(Role::Item, chart.key + "-bar" + std::to_string(i), column);
        node.label = sentence_of(ui, chart, bar);
        MirrorScope const item(ui.mirror, std::move(node));
        float const name_width = ui.width(bar.axis, axis);
        float const name_x = std::min(column.x + (slot - name_width) / 2, plot.right() - name_width);
        if (bar.axis.empty() || name_x < free_from) continue;
        paragraph(ui, chart.key + "-axis" + std::to_string(i), name_x, plot.bottom() + 14, bar.axis, axis);
        free_from = name_x + name_width + 12;
    }
    if (chart.now >= 0) draw_now(ui, plot, plot.x + (static_cast<float>(chart.current) + chart.now) * slot, chart);
    if (pointed_at) draw_values(ui, plot, place, chart, *pointed_at);
}

void draw_legend(Ui& ui, float right, float middle, Chart const& chart)
{
    TextStyle const style{Face::Regular, 12, ui.colours.text2};
    auto const entry = [&](std::string const& text, ImU32 colour, bool thin) {
        right -= ui.width(text, style);
        paragraph(ui, chart.key + "-legend-" + text, right, middle, text, style);
        right -= 18;
        ui.fill({right, std::round(middle - (thin ? 1.0f : 5.0f)), 11, thin ? 2.0f : 10.0f}, colour, thin ? 0 : 2);
        right -= 16;
    };
    if (!chart.reference.empty()) entry(chart.reference, ui.colours.c4, true);
    for (auto it = chart.series.rbegin(); it != chart.series.rend(); ++it)
        entry(it->name, it->colour, false);
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

void spark_bars(Ui& ui, Rect area, std::span<int const> values, ImU32 colour)
{
    int largest = 1;
    for (int const value : values)
        largest = std::max(largest, value);
    float const slot = area.w / static_cast<float>(std::max<std::size_t>(values.size(), 1));
    for (std::size_t i = 0; i < values.size(); ++i) {
        float const height = std::max(std::round(area.h * static_cast<float>(values[i]) / static_cast<float>(largest)), 1.0f);
        ui.fill({std::floor(area.x + static_cast<float>(i) * slot), area.bottom() - height, std::max(std::floor(slot) - 1, 1.0f), height},
            colour);
    }
}

} // namespace console
