#pragma once

#include "web-client/widgets/ui.h"

#include <array>
#include <span>
#include <string>
#include <vector>

namespace console {

struct Bar {
    std::string name; // said with its value: "14 November"
    std::string axis; // below it, empty for most
    int value = 0;
    int reference = 0; // a wider bar behind: what it could have been
};

// Columns over a grid with a few round numbers. `unit`: "signups"; `series`: what the value and the reference are called. The last
// bar is under way.
void bar_chart(Ui& ui, std::string const& key, Rect area, std::string const& label, std::string const& unit,
    std::array<std::string, 2> const& series, std::span<Bar const> bars);

// The shape of the latest values, without an axis; the number stands beside it.
void sparkline(Rect area, std::span<int const> values, ImU32 colour);

// What one look at the scale should hold: 5, 10, 20, 50 … at or above the largest value.
int round_scale(int largest);

} // namespace console
