#pragma once

#include "web-client/views/view.h"

#include <string>

namespace console {

// E-mail and password; one sentence when the server refuses them.
class SignInView final : public View {
public:
    std::string title(AppState const&) const override { return "Sign in"; }
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;

private:
    void draw_fields(Ui& ui, Rect content, bool invalid);

    std::string m_email;
    std::string m_password;
    bool m_shows_password = false;
    bool m_was_busy = false;
    double m_busy_since = 0;
    bool m_is_new = true;
    float m_height = 600; // of what is drawn, as of the last frame
};

} // namespace console
