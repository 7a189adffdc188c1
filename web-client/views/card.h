#pragma once

#include "web-client/widgets/ui.h"

namespace console {

// The one card of the screens outside the shell; on a phone the whole window is its surface. Returns the area of its content.
// `page_top`: where the page begins, above the window when it is scrolled. `height` is the content's. The place is chosen for the usual
// height, so that a sentence that comes and goes moves nothing above it.
Rect draw_card(Ui& ui, float page_top, float height, float usual_height);

} // namespace console
