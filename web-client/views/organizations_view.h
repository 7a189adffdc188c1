#pragma once

#include "web-client/views/list_view.h"

namespace console {

class OrganizationsView final : public ListView {
public:
    std::string title(AppState const&) const override { return "Organisations"; }
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;

private:
    void draw_row(Ui& ui, Table const& table, OrganizationRow const& row, int index, Rect area, std::vector<Rect> const& cells);
};

class NumbersView final : public ListView {
public:
    std::string title(AppState const&) const override { return "Numbers"; }
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;
};

} // namespace console
