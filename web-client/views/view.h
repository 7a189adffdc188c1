#pragma once

#include "web-client/state/app_state.h"
#include "web-client/state/commands.h"
#include "web-client/widgets/ui.h"

namespace console {

// One screen. Draws from the state, asks through commands, and changes nothing else.
class View {
public:
    virtual ~View() = default;
    virtual char const* title() const = 0;
    virtual void draw(Ui& ui, AppState const& state, Commands& commands) = 0;
};

} // namespace console
