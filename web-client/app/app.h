#pragma once

#include "web-client/api/session_api.h"
#include "web-client/platform/platform.h"
#include "web-client/state/app_state.h"
#include "web-client/state/commands.h"
#include "web-client/views/view.h"

#include <limits>
#include <memory>
#include <optional>

namespace console {

// The console: receives answers, draws the screen that the state asks for, carries out what was asked for.
class App final : public platform::Program {
public:
    void start(platform::Host& host) override;
    void draw() override;
    unsigned background() const override;
    double next_change() const override { return m_next_change; }
    void on_mirror_event(platform::MirrorEvent event) override;

    AppState const& state() const { return m_state; }
    Mirror& mirror() { return m_mirror; }

private:
    void show_screen();
    void draw_version(Ui& ui);
    void apply(SignIn const& command);
    void apply(SignOut const& command);
    void apply(OpenPage const& command);

    platform::Host* m_host = nullptr;
    std::optional<SessionApi> m_session_api;
    AppState m_state;
    Fonts m_fonts;
    Mirror m_mirror;
    std::unique_ptr<View> m_view; // of the session's present state; none while asking
    std::size_t m_shown = 0; // which alternative of the session's state m_view belongs to
    std::optional<bool> m_dark;
    double m_next_change = std::numeric_limits<double>::infinity();
};

} // namespace console
