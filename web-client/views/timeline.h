#pragma once

#include "web-client/views/view.h"

namespace console {

// A run's steps in order, each attempt a row of its own, with times, duration and cause. Returns its height.
float timeline_height(Ui const& ui, float width, Run const& run);
void draw_timeline(Ui& ui, std::string const& key, Rect area, Run const& run, std::string const& zone);

} // namespace console
