#include "edge-server/routes/paging.h"

#include <charconv>

Result<Paging> paging_of(http::Request const& request)
{
    Paging paging;
    if (auto const limit = request.query("limit")) {
        auto const* end = limit->data() + limit->size();
        auto const [rest, problem] = std::from_chars(limit->data(), end, paging.limit);
        if (problem != std::errc() || rest != end || paging.limit < 1 || paging.limit > largest_limit)
            return Error{ErrorKind::Malformed, "invalid_limit", "A limit is a number from 1 to 500.", "limit"};
    }
    paging.cursor = request.query("cursor").value_or("");
    if (paging.cursor.size() > 64 || paging.cursor.find_first_not_of("0123456789abcdef-") != std::string::npos)
        return Error{ErrorKind::Malformed, "invalid_cursor", "This is not a cursor that a list answered.", "cursor"};
    return paging;
}
