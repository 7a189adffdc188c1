#include "edge-server/store/list_query.h"
#include "shared/base/text.h"

#include <algorithm>
#include <charconv>

namespace {

constexpr int default_limit = 50;
constexpr int largest_limit = 500;
constexpr std::size_t longest_search = 200;
constexpr std::size_t longest_cursor = 1024;
constexpr std::size_t id_length = 36;
constexpr std::string_view hex_digits = "0123456789abcdef";

std::string hex_of(std::string_view bytes)
{
    std::string hex;
    for (unsigned char const byte : bytes) {
        hex += hex_digits[byte >> 4];
        hex += hex_digits[byte & 15];
    }
    return hex;
}

std::optional<std::string> bytes_of(std::string_view hex)
{
    if (hex.size() % 2 != 0) return {};
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        auto const high = hex_digits.find(hex[i]), low = hex_digits.find(hex[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return {};
        bytes += static_cast<char>(high << 4 | low);
    }
    return bytes;
}

bool is_id(std::string_view text)
{
    return text.size() == id_length && text.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

Error invalid_cursor()
{
    return {ErrorKind::Malformed, "invalid_cursor", "This is not a cursor that this list answered.", "cursor"};
}

// Someone who writes (604) 555-01 looks for a number; who writes "dealer 12" does not.
std::string digits_in(std::string_view search)
{
    if (search.find_first_not_of("0123456789+-(). ") != std::string_view::npos) return {};
    std::string digits;
    std::copy_if(search.begin(), search.end(), std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
    return digits;
}

std::string joined(std::span<std::string_view const> known)
{
    std::string text;
    for (std::size_t i = 0; i < known.size(); ++i)
        text += (i == 0 ? "" : i + 1 == known.size() ? " or " : ", ") + std::string(known[i]);
    return text;
}

// The parameter's value, '' when absent; else the error that names it.
Result<std::string> choice(Query const& query, char const* name, std::span<std::string_view const> known)
{
    auto const value = query(name).value_or("");
    if (value.empty() || is_one_of(known, value)) return value;
    return Error{
        ErrorKind::Malformed, std::string("invalid_") + name, std::string("The ") + name + " is one of " + joined(known) + ".", name};
}

} // namespace

bool is_one_of(std::span<std::string_view const> known, std::string_view value)
{
    return std::find(known.begin(), known.end(), value) != known.end();
}

Result<int> limit_of(Query const& query)
{
    int limit = default_limit;
    if (auto const text = query("limit")) {
        auto const* end = text->data() + text->size();
        auto const [rest, problem] = std::from_chars(text->data(), end, limit);
        if (problem != std::errc() || rest != end || limit < 1 || limit > largest_limit)
            return Error{ErrorKind::Malformed, "invalid_limit", "A limit is a number from 1 to 500.", "limit"};
    }
    return limit;
}

std::string cursor_after(std::string_view sort, std::string_view key, std::string_view id)
{
    return std::string(sort) + '.' + std::string(id) + '.' + hex_of(key);
}

Result<Position> position_of(std::string const& cursor, std::string_view sort)
{
    if (cursor.empty()) return Position{{}, above_all_ids};
    auto const first = cursor.find('.'), last = cursor.rfind('.');
    if (cursor.size() > longest_cursor || first == last || cursor.substr(0, first) != sort) return invalid_cursor();
    auto const id = cursor.substr(first + 1, last - first - 1);
    auto const key = bytes_of(std::string_view(cursor).substr(last + 1));
    if (!is_id(id) || !key || !is_valid_utf8(*key) || key->find('\0') != std::string::npos) return invalid_cursor();
    return Position{*key, id};
}

Result<ListPage> page_of(Query const& query, Viewer const& viewer, ListOptions const& options)
{
    auto const limit = limit_of(query);
    if (!limit) return limit.error();
    auto const search = query("search").value_or("");
    if (search.size() > longest_search) return Error{ErrorKind::Malformed, "too_long", "A search has 200 bytes at most.", "search"};
    if (!is_valid_utf8(search) || search.find('\0') != std::string::npos)
        return Error{ErrorKind::Malformed, "invalid_search", "A search is text in UTF-8.", "search"};
    auto const filter = choice(query, options.filter, options.filters);
    if (!filter) return filter.error();
    auto sort = choice(query, "sort", options.sorts);
    if (!sort) return sort.error();
    if (sort->empty()) *sort = options.sorts.front();
    auto const position = position_of(query("cursor").value_or(""), *sort);
    if (!position) return position.error();
    if (*sort == options.sort_with_known_keys && !position->key.empty() && !is_one_of(options.filters, position->key))
        return invalid_cursor();
    return ListPage{lower_case_ascii(trimmed(search)), digits_in(search), *filter, *sort, position->key, position->id,
        viewer.member_user_id, *limit + 1};
}
