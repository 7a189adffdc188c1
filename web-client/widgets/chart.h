#pragma once

#include "web-client/widgets/ui.h"

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace console {

struct Series {
    std::string name;
    ImU32 colour;
};

struct Bar {
    std::string name; // said with its values: "14 November"
    std::string axis = {}; // below it, empty for most
    std::array<std::int64_t, 4> parts = {}; // from below, one for each series
    std::int64_t reference = 0; // a wider bar behind: what it could have been, or was
    bool is_forecast = false; // drawn as an outline
};

struct Chart {
    std::string key;
    std::string label = {}; // one sentence that says it all
    std::string values = {}; // what the list of values is called
    std::vector<Series> series = {}; // four at most
    std::string reference = {}; // what the reference is called
    int current = -1; // the bar that is under way
    float now = -1; // how much of it is over: 0 to 1; negative draws no line
    std::string now_words = {};
    std::function<std::string(std::int64_t)> words = {}; // of a value; plain numbers without
};

// Columns over a grid with a few round numbers.
void bar_chart(Ui& ui, Rect area, Chart const& chart, std::span<Bar const> bars);
// Its names with their colours, from `right` to the left.
void draw_legend(Ui& ui, float right, float middle, Chart const& chart);

// The shape of the latest values, without an axis; the number stands beside it.
void sparkline(Rect area, std::span<int const> values, ImU32 colour);
void spark_bars(Ui& ui, Rect area, std::span<int const> values, ImU32 colour);

// What one look at the scale should hold: 5, 10, 20, 50 … at or above the largest value.
std::int64_t round_scale(std::int64_t largest);

} // namespace console
