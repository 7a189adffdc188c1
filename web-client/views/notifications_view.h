#pragma once

#include "web-client/views/view.h"

#include <map>
#include <string>
#include <vector>

namespace console {

// What a human should do: the list, and the one that is open with its cause, the step to take and what happened before.
class NotificationsView final : public View {
public:
    std::string title(AppState const& state) const override;
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;

private:
    void draw_list(Ui& ui, Rect area, AppState const& state, Commands& commands);
    void draw_entry(Ui& ui, Rect row, Notification const& item, AppState const& state, Commands& commands, bool reached_by_tab);
    void draw_detail(Ui& ui, Rect area, AppState const& state, Commands& commands);
    float draw_steps(Ui& ui, Rect area, Notification const& item, AppState const& state, Commands& commands);
    struct Footer {
        std::vector<Button> left, right;
        int rows = 1;
        float row = 32, height = 58; // pixels
    };
    Footer footer_of(Ui const& ui, float width, Notification const& item, AppState const& state) const;
    void draw_footer(Ui& ui, Rect area, Footer const& footer, Notification const& item, Commands& commands);

    std::map<std::string, std::string> m_phone_ids; // what was typed, by notification
    std::map<std::string, std::string> m_area_codes;
    std::string m_was_open; // the notification that was drawn with its buttons
    std::string m_decided; // and the one that then lost them, until the focus has a new place
    float m_detail_height = 600;
};

} // namespace console
