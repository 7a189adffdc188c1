#pragma once

#include "web-client/views/list_view.h"

namespace console {

// The customers: a board of the five stages, or a table.
class LeadsView final : public ListView {
public:
    std::string title(AppState const&) const override { return "Leads"; }
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;

private:
    void draw_board(Ui& ui, Rect area, AppState const& state, Commands& commands);
    void draw_column(Ui& ui, Rect area, std::size_t column, AppState const& state, Commands& commands);
    void draw_card(
        Ui& ui, Rect area, std::string const& key, LeadRow const& row, bool is_current, AppState const& state, Commands& commands);
    void move_on_board(Ui& ui, AppState const& state);
    void draw_table_of(Ui& ui, Rect area, Rect page, AppState const& state, Commands& commands);

    int m_column = 0; // of the card that Tab reaches
    int m_row = 0;
    bool m_moved = false; // and has to be shown
};

} // namespace console
