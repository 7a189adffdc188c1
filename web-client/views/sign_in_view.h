#pragma once

#include "web-client/views/view.h"

#include <string>

namespace console {

// E-mail and password; one sentence when the server refuses them.
class SignInView final : public View {
public:
    char const* title() const override { return "Sign in · Dealerline"; }
    void draw(Ui& ui, AppState const& state, Commands& commands) override;

private:
    bool draw_fields(Ui& ui, Rect content, SignedOut const& state);

    std::string m_email;
    std::string m_password;
    bool m_shows_password = false;
    bool m_was_busy = false;
    double m_busy_since = 0;
    bool m_focuses_email = true;
    bool m_focuses_password = false;
};

} // namespace console
