#pragma once

#include "web-client/views/reach.h"

#include <string>

namespace console {

// What lies over the page: the palette, the keys, the menu of the one who is signed in, a question before something is given up.
class Dialogs {
public:
    // A name as in the Open command.
    void open(std::string name);
    bool is_open() const { return !m_name.empty(); }
    std::string const& name() const { return m_name; }
    void close() { m_name.clear(); }
    void draw(Ui& ui, AppState const& state, Commands& commands);

private:
    void draw_palette(Ui& ui, AppState const& state, Commands& commands);
    void draw_keys(Ui& ui, Commands& commands);
    void draw_menu(Ui& ui, AppState const& state, Commands& commands);
    void draw_question(Ui& ui, AppState const& state, Commands& commands);

    ReachDialogs m_reach;
    std::string m_name;
    std::string m_text; // in the palette, or typed to confirm
    int m_chosen = 0;
    bool m_is_new = false; // the focus has still to go in
};

} // namespace console
