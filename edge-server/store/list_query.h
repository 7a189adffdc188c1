#pragma once

#include "edge-server/store/answers.h"
#include "edge-server/store/list_page.h"
#include "shared/base/result.h"

#include <span>
#include <string>
#include <string_view>

// What a list's address may say: limit, cursor, search, one filter and the order.
struct ListOptions {
    char const* filter; // the filter's name in the address
    std::span<std::string_view const> filters;
    std::span<std::string_view const> sorts; // the first is the default
    std::string_view sort_with_known_keys = {}; // its keys are filters, and nothing else
};

// The page asks for one record more than it shows: whether there is a next page.
Result<ListPage> page_of(Query const& query, Viewer const& viewer, ListOptions const& options);

// Where the next page of this order begins; opaque to whoever gets it.
std::string cursor_after(std::string_view sort, std::string_view key, std::string_view id);

Result<int> limit_of(Query const& query);

struct Position {
    std::string key;
    std::string id;
};
Result<Position> position_of(std::string const& cursor, std::string_view sort);

bool is_one_of(std::span<std::string_view const> known, std::string_view value);
