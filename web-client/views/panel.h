#pragma once

#include "web-client/state/commands.h"
#include "web-client/widgets/controls.h"

#include <string>

namespace console {

// A dialog's panel and its shadow over a scrim; a press beside it closes. Returns the panel's node for a scope.
MirrorNode draw_panel(Ui& ui, Rect panel, std::string const& key, std::string const& label, Commands& commands);
// In the middle, or on a phone a sheet from below.
Rect panel_place(Ui const& ui, float width, float height);

} // namespace console
