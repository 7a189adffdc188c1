#include "edge-server/http/plain_request.h"

#include <algorithm>
#include <array>
#include <string>

namespace http {

namespace {

constexpr std::string_view line_end = "\r\n";

bool is_token(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

bool is_plain_path(std::string_view text)
{
    return text.starts_with('/') && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '/' || c == '.';
    });
}

bool is_plain_value(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '\t' || (c >= ' ' && c <= '~'); });
}

bool is_same(std::string_view a, std::string_view small_letters)
{
    return std::equal(a.begin(), a.end(), small_letters.begin(), small_letters.end(),
        [](char x, char y) { return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + 32) : x) == y; });
}

struct Header {
    std::string_view name;
    std::string_view value; // without the blanks around it
};

// Takes the first line away. Nothing when it is not as plain as we want it.
std::optional<Header> next_header(std::string_view& lines)
{
    auto const end = lines.find(line_end);
    auto const colon = lines.find(':');
    if (end == std::string_view::npos || colon >= end) return {};
    Header header{lines.substr(0, colon), lines.substr(colon + 1, end - colon - 1)};
    lines.remove_prefix(end + line_end.size());
    constexpr std::string_view blanks = " \t";
    header.value.remove_prefix(std::min(header.value.find_first_not_of(blanks), header.value.size()));
    header.value = header.value.substr(0, header.value.find_last_not_of(blanks) + 1);
    if (!is_token(header.name) || !is_plain_value(header.value)) return {};
    return header;
}

// They say how the rest is to be read, or what is to happen with the connection.
bool is_special(Header const& header)
{
    constexpr std::array<std::string_view, 7> names{
        "transfer-encoding", "content-encoding", "expect", "upgrade", "trailer", "te", "http2-settings"};
    if (is_same(header.name, "connection")) return !is_same(header.value, "keep-alive");
    return std::any_of(names.begin(), names.end(), [&](auto const& name) { return is_same(header.name, name); });
}

} // namespace

std::string_view PlainRequest::header(std::string_view name) const
{
    for (auto lines = headers; !lines.empty();) {
        auto const header = next_header(lines);
        if (header && header->name.size() == name.size()
            && std::equal(name.begin(), name.end(), header->name.begin(), [](char a, char b) { return (a | 32) == (b | 32); }))
            return header->value;
    }
    return {};
}

std::optional<PlainRequest> read_plain(std::string_view bytes)
{
    auto const line = bytes.substr(0, bytes.find(line_end));
    auto const end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos || end < line.size()) return {};
    auto const first = line.find(' ');
    auto const second = line.rfind(' ');
    if (first == std::string_view::npos || second <= first || line.substr(second) != " HTTP/1.1") return {};
    PlainRequest request{line.substr(0, first), line.substr(first + 1, second - first - 1),
        end == line.size() ? std::string_view() : bytes.substr(line.size() + 2, end - line.size()), bytes.substr(end + 4)};
    if (!is_token(request.method) || !is_plain_path(request.path)) return {};
    std::optional<std::string_view> length, host, authorization;
    for (auto lines = request.headers; !lines.empty();) {
        auto const header = next_header(lines);
        if (!header || is_special(*header)) return {};
        auto* const once = is_same(header->name, "content-length") ? &length
            : is_same(header->name, "host")                        ? &host
            : is_same(header->name, "authorization")               ? &authorization
                                                                   : nullptr;
        if (once && once->has_value()) return {};
        if (once) *once = header->value;
    }
    if (!host || !length || *length != std::to_string(request.body.size())) return {};
    return request;
}

} // namespace http
