#pragma once

#include "web-client/views/draft.h"
#include "web-client/views/view.h"

#include <map>

namespace console {

// One customer: what is known, what was noted, and every call and text.
class LeadView final : public View {
public:
    std::string title(AppState const& state) const override;
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;

private:
    float draw_history(Ui& ui, Rect area, LeadRecord const& record, AppState const& state, Commands& commands);
    float draw_notes(Ui& ui, Rect area, LeadPage const& page, AppState const& state, Commands& commands);
    float draw_details(Ui& ui, Rect area, LeadPage const& page, AppState const& state, Commands& commands);

    struct Typed {
        std::string text;
        std::string known; // what the server said when typing began
    };
    float m_height = 900;
    std::map<std::string, std::map<std::string, Typed>> m_drafts; // by lead and member
    std::map<std::string, Draft> m_notes; // by lead
};

} // namespace console
