#pragma once

#include "web-client/views/composer.h"
#include "web-client/views/list_view.h"

namespace console {

// The texts: a thread for each customer, what was written in it with the calls between, and where one answers.
class MessagesView final : public ListView {
public:
    std::string title(AppState const& state) const override;
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;

private:
    void draw_threads(Ui& ui, Rect area, AppState const& state, Commands& commands);
    void draw_thread(Ui& ui, Rect area, AppState const& state, Commands& commands);
    float draw_head(Ui& ui, Rect area, LeadPage const& page, AppState const& state, Commands& commands);
    void draw_log(Ui& ui, Rect area, LeadRecord const& record, AppState const& state, Commands& commands);

    Composer m_composer;
    float m_log_height = 0; // of what was written, when it was last drawn
    std::string m_log_of; // whose log that was, and how much of it
    std::string m_read; // the thread whose texts are reported as read, and the last of them
    bool m_was_in_vain = false; // the report
};

} // namespace console
