#pragma once

#include "web-client/views/view.h"

#include <map>

namespace console {

// One organisation: its line and how it was set up; its settings.
class OrganizationView final : public View {
public:
    std::string title(AppState const& state) const override;
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;
    // Header and tabs alone, above a screen that is limited to it; their height, or 0 when something else than the organisation is shown.
    float draw_top(Ui& ui, Rect page, AppState const& state, Commands& commands);

private:
    float draw_life(Ui& ui, Rect area, OrganizationRow const& row, AppState const& state, Commands& commands);
    struct Typed {
        std::string text;
        std::string known; // what the server said when typing began
    };
    using Draft = std::map<std::string, Typed>; // by the name of the member

    float draw_tabs(Ui& ui, Rect area, OrganizationRow const& row, AppState const& state, Commands& commands);
    float draw_header(Ui& ui, Rect area, OrganizationRow const& row, Session const& session, AppState const& state, Commands& commands);
    float draw_line(
        Ui& ui, Rect area, OrganizationRow const& row, OrganizationDetail const& detail, AppState const& state, Commands& commands);
    float draw_numbers(Ui& ui, Rect area, OrganizationRow const& row, std::vector<PhoneNumber> const& numbers, Commands& commands);
    float draw_outbound(Ui& ui, Rect area, OrganizationRow const& row, Session const& session, AppState const& state, Commands& commands);
    float draw_settings(Ui& ui, Rect area, OrganizationRow const& row, Session const& session, AppState const& state, Commands& commands);

    float m_height = 900;
    std::map<std::string, Draft> m_drafts; // by organisation
};

} // namespace console
