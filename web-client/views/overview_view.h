#pragma once

#include "web-client/views/activity.h"

namespace console {

// How the installation is: numbers live, what needs a human, calls by hour, what happens now, the providers' health, signups by day.
class OverviewView final : public View {
public:
    std::string title(AppState const& state) const override;
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;

private:
    float draw_strip(Ui& ui, Rect area, Overview const& overview, Commands& commands);
    void draw_calls(Ui& ui, Rect area, Overview const& overview);
    float draw_signups(Ui& ui, Rect area, Overview const& overview);
    float draw_waiting(Ui& ui, Rect area, Overview const& overview, Commands& commands);
    float draw_providers(Ui& ui, Rect area, Overview const& overview);

    ActivityFeed m_feed;
    float m_height = 900; // of what is drawn, as of the last frame
};

} // namespace console
