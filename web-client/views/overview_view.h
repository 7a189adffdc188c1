#pragma once

#include "web-client/views/view.h"

namespace console {

// How the installation is: numbers live, what needs a human, signups by day, the providers' health.
class OverviewView final : public View {
public:
    std::string title(AppState const& state) const override;
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;

private:
    float draw_strip(Ui& ui, Rect area, Overview const& overview, Commands& commands);
    float draw_signups(Ui& ui, Rect area, Overview const& overview);
    float draw_waiting(Ui& ui, Rect area, Overview const& overview, Commands& commands);
    float draw_providers(Ui& ui, Rect area, Overview const& overview);

    float m_height = 900; // of what is drawn, as of the last frame
};

} // namespace console
