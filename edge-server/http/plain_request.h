#pragma once

#include <optional>
#include <string_view>

namespace http {

// A request as programs send it: one line, headers that change nothing about how it is read, a body of a stated length. It takes a
// microsecond to read, a hundredth of what httplib takes; what is written in any other way is left to httplib, which also refuses it.
struct PlainRequest {
    std::string_view method;
    std::string_view path; // nothing in it is escaped, and no query follows
    std::string_view headers; // lines, each with its end
    std::string_view body;

    std::string_view header(std::string_view name) const; // the first of that name; '' when absent
};

// `bytes` is borrowed, and nothing but this request.
std::optional<PlainRequest> read_plain(std::string_view bytes);

} // namespace http
