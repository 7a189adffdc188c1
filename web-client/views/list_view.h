#pragma once

#include "web-client/views/view.h"
#include "web-client/widgets/table.h"

namespace console {

// A list with a filter, chips for the states, and keyset pages behind a table that draws what is in sight.
class ListView : public View {
protected:
    static constexpr int never_counted = -2;
    struct Chip {
        std::string value; // of the filter, empty for all
        std::string text;
        int count; // -1: not known yet; never_counted
    };
    struct Filters {
        std::string key; // of its nodes
        std::string hint;
        std::string by; // the part of the address that the chips set
        std::vector<Chip> chips;
    };
    // Filter and chips; returns where the table begins.
    float draw_filters(Ui& ui, Rect content, Filters const& filters, AppState const& state, Commands& commands);
    // The field alone; what is typed becomes part of the address after a pause.
    void draw_search(Ui& ui, Rect area, std::string const& key, std::string const& hint, AppState const& state, Commands& commands);

    std::string m_search;
    std::string m_searched; // what the address says
    double m_search_at = 0; // when to search for what is typed
    int m_current = 0;
};

// -1 while nothing is known.
template <typename Row>
int count_in(RemoteList<Row> const& list, char const* name)
{
    return list.counts.empty() ? -1 : list.count(name);
}

template <typename Row>
void fill_table(Table& table, RemoteList<Row> const& list)
{
    table.total = list.total();
    table.loaded = static_cast<int>(list.rows.size());
}

// Rounded card, table, footer; the last row never touches a corner. On a phone as wide as the page.
TableResult draw_framed(Ui& ui, Rect area, Rect page, Table const& table, int& current, std::string const& summary);
std::string rows_in_words(Table const& table, char const* one, char const* many);

MirrorNode cell_node(std::string const& key, Rect area, int column);
// The two lines of a row on a phone: a name that leads to the record, what stands right of it, and a quieter line.
struct PhoneRow {
    std::string name, right, below;
    Tone tone = Tone::Off;
    bool has_tone = false; // then what stands right is a state
};
void draw_phone_row(Ui& ui, Table const& table, int row, int current, Rect area, float indent, PhoneRow const& what);

} // namespace console
