#pragma once

#include "web-client/widgets/ui.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace console {

struct Column {
    std::string key;
    std::string title;
    float width = 0; // 0: takes what is left
    bool right = false;
    std::string sort = {}; // what the server calls this order; empty: cannot be sorted
};

struct Table {
    std::string key;
    std::string label;
    std::vector<Column> columns;
    float row_height = 40;
    int total = 0; // rows there are
    int loaded = 0; // rows we have, from the first on
    std::string sort; // the order in force
    bool has_header = true;
    std::string open = {}; // the key of the row whose record is beside the table
    std::function<std::string(int row)> row_key;
    std::function<std::string(int row)> href;
    // The places of the cells, one per column.
    std::function<void(int row, Rect area, std::vector<Rect> const& cells)> draw_row;
};

struct TableResult {
    std::optional<std::string> sort; // a header was pressed
    std::optional<int> opened;
    bool wants_more = false; // rows in sight that are not loaded
};

// One Tab stop; arrows, Home, End, Page keys and j, k move inside. `current` is the row that Tab reaches.
TableResult draw_table(Ui& ui, Rect area, Table const& table, int& current);

// A cell that is one text. Zero and "–" are said by the caller.
void cell(Ui& ui, std::string const& key, Rect area, std::string const& text, TextStyle const& style, int column, bool right = false);
// The cell that names the row and leads to its record.
void link_cell(Ui& ui, Table const& table, int row, int current, Rect area, std::string const& text, TextStyle const& style);

} // namespace console
