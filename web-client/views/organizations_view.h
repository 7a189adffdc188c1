#pragma once

#include "web-client/views/view.h"
#include "web-client/widgets/table.h"

namespace console {

// A list with a filter, chips for the states, and keyset pages behind a table that draws what is in sight.
class ListView : public View {
protected:
    struct Chip {
        std::string value; // of the filter, empty for all
        std::string text;
        int count; // -1: not known
    };
    // Title, filter and chips; returns where the table begins.
    float draw_filters(Ui& ui, Rect content, std::string const& key, std::string const& hint, std::string const& filter,
        std::vector<Chip> const& chips, AppState const& state, Commands& commands);

    std::string m_search;
    std::string m_searched; // what the address says
    double m_search_at = 0; // when to search for what is typed
    int m_current = 0;
};

class OrganizationsView final : public ListView {
public:
    std::string title(AppState const&) const override { return "Organisations"; }
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;

private:
    void draw_row(Ui& ui, Table const& table, OrganizationRow const& row, int index, Rect area, std::vector<Rect> const& cells);
    void draw_phone_row(Ui& ui, Table const& table, OrganizationRow const& row, int index, Rect area);
};

class NumbersView final : public ListView {
public:
    std::string title(AppState const&) const override { return "Numbers"; }
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;
};

} // namespace console
