#pragma once

#include "web-client/views/view.h"

namespace console {

// Who is signed in, and the way out.
class SignedInView final : public View {
public:
    char const* title() const override { return "Dealerline"; }
    void draw(Ui& ui, AppState const& state, Commands& commands) override;

private:
    bool m_was_busy = false;
    double m_busy_since = 0;
};

} // namespace console
