#pragma once

#include "web-client/views/view.h"

namespace console {

// What differs between our books and the vendors', with the plan of its repair; and what is paid for and used by nobody.
class DriftView final : public View {
public:
    std::string title(AppState const&) const override { return "Drift"; }
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;

private:
    float draw_summary(Ui& ui, Rect area, DriftReport const& report, AppState const& state, Commands& commands);
    float draw_differences(Ui& ui, Rect area, DriftReport const& report, AppState const& state, Commands& commands);
    float draw_orphans(Ui& ui, Rect area, std::vector<Orphan> const& orphans, AppState const& state, Commands& commands);
    float draw_not_ours(Ui& ui, Rect area, DriftReport const& report);

    float m_height = 0; // of the content, when it was last drawn
};

} // namespace console
