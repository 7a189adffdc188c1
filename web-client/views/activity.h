#pragma once

#include "web-client/views/view.h"

#include <optional>

namespace console {

// What happens, as it happens, until somebody pauses it to read.
class ActivityFeed {
public:
    // As many rows as there is room for.
    void draw(Ui& ui, Rect area, AppState const& state, Commands& commands);

private:
    std::optional<std::vector<Activity>> m_paused; // what was shown then
};

} // namespace console
