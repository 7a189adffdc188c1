#pragma once

#include "web-client/views/view.h"

#include <map>

namespace console {

// One call: who spoke when, what was said, what came of it, and what Jack was told before.
class ConversationView final : public View {
public:
    std::string title(AppState const& state) const override;
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;

private:
    float draw_header(Ui& ui, Rect area, ConversationPage const& page, AppState const& state, Commands& commands);
    float draw_transcript(Ui& ui, Rect area, ConversationPage const& page, AppState const& state);
    void draw_lanes(Ui& ui, Rect area, ConversationPage const& page, std::vector<float> const& row_tops);
    float draw_side(Ui& ui, Rect area, ConversationPage const& page, AppState const& state, Commands& commands);

    float m_height = 900;
    std::string m_id;
    int m_turn = -1; // that was jumped to
};

} // namespace console
