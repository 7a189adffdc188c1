#pragma once

#include "web-client/views/view.h"

namespace console {

// Somebody who can be called and written to.
struct Reach {
    std::string organization_id, lead_id;
    std::string name; // '' until someone said it
    std::string number;
};

// Buttons to text and to call, ending at `right`, for those who may; keys C, T and M. Returns where they begin. `area` is theirs on a
// phone, where each takes half of it.
float draw_reach(Ui& ui, Rect area, float right, Reach const& who, AppState const& state, Commands& commands, bool with_text = true);

// What stands for the status of a lead; a press asks for another one.
void draw_stage_field(Ui& ui, Rect area, Lead const& lead, AppState const& state, Commands& commands);

void go_to_thread(Commands& commands, AppState const& state, std::string const& organization_id, std::string const& lead_id);

// The question before a call, the text to somebody new, and the choice of a lead's status.
class ReachDialogs {
public:
    void open();
    // Nothing when the dialog is not one of these. `label`: what it is called.
    bool draw(Ui& ui, std::string const& dialog, AppState const& state, Commands& commands);
    static std::string first_focus(std::string const& dialog);

private:
    void draw_call(Ui& ui, std::string const& organization_id, std::string const& lead_id, AppState const& state, Commands& commands);
    void draw_text(Ui& ui, std::string const& organization_id, AppState const& state, Commands& commands);
    void draw_stages(Ui& ui, std::string const& organization_id, std::string const& lead_id, AppState const& state, Commands& commands);

    std::string m_number, m_words; // as typed
    bool m_has_tried = false;
    int m_successes = -1; // of what the dialog asks for, when it opened
    int m_chosen = -1; // of the stages
};

} // namespace console
