#pragma once

#include "web-client/widgets/ui.h"

namespace console {

// The one card of the screens outside the shell. On a phone the whole window is its surface.
struct Card {
    Rect content; // its height is the card's content's, for laying out from top to bottom
    bool dark = false;
};

// `height` is the content's. The place is chosen for the usual height, so that a sentence that comes and goes moves nothing above it.
Card draw_card(Ui& ui, float height, float usual_height);

} // namespace console
