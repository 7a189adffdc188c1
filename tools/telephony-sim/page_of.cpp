#include "tools/telephony-sim/page_of.h"

#include <algorithm>
#include <charconv>

namespace simulator {

namespace {

constexpr int64_t default_size = 50;
constexpr int64_t largest_size = 1000;
constexpr int64_t day_ms = 86'400'000;
constexpr size_t length_of_day = 10; // "2026-11-27"

int64_t number_or(std::optional<std::string> const& text, int64_t otherwise)
{
    int64_t value = otherwise;
    if (text) std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

} // namespace

PageRequest page_request(Request const& request)
{
    auto const query = request.query_fields();
    PageRequest page;
    page.size = std::clamp<int64_t>(number_or(field(query, "PageSize"), default_size), 1, largest_size);
    page.index = std::max<int64_t>(number_or(field(query, "Page"), 0), 0);
    page.token = field(query, "PageToken").value_or("");
    bool const shaped = (page.token.starts_with("PA") || page.token.starts_with("PB")) && page.token.size() > 2;
    page.is_valid = page.token.empty() ? page.index == 0 : shaped;
    return page;
}

Json page_members(Request const& request, PageRequest const& page, size_t count, bool has_older, bool has_newer, std::string const& first,
    std::string const& last)
{
    auto const uri = [&](int64_t index, std::string const& token) {
        Fields kept;
        for (auto const& [name, value] : request.query_fields()) {
            if (name != "PageSize" && name != "Page" && name != "PageToken") kept.emplace_back(name, value);
        }
        kept.emplace_back("PageSize", std::to_string(page.size));
        kept.emplace_back("Page", std::to_string(index));
        if (!token.empty()) kept.emplace_back("PageToken", token);
        return request.path + "?" + encoded_form(kept);
    };
    auto const start = page.index * page.size;
    bool const goes_on = has_older && count > 0;
    bool const goes_back = has_newer && count > 0 && page.index > 0;
    return {{"page", page.index}, {"page_size", page.size}, {"start", start},
        {"end", start + std::max<int64_t>(static_cast<int64_t>(count) - 1, 0)}, {"uri", uri(page.index, page.token)},
        {"first_page_uri", uri(0, "")}, {"next_page_uri", goes_on ? Json(uri(page.index + 1, "PA" + last)) : Json(nullptr)},
        {"previous_page_uri", goes_back ? Json(uri(page.index - 1, "PB" + first)) : Json(nullptr)}};
}

TimeRange time_range(Fields const& query, std::string const& name)
{
    auto const wanted = [&](char const* suffix) -> std::optional<TimeRange> {
        auto const text = field(query, name + suffix);
        auto const at = text ? parsed_time(*text) : std::nullopt;
        if (!at) return std::nullopt;
        return TimeRange{*at, text->size() == length_of_day ? *at + day_ms - 1 : *at + 999};
    };
    auto range = wanted("").value_or(TimeRange{});
    if (auto const before = wanted("<")) range.to = std::min(range.to, before->to);
    if (auto const after = wanted(">")) range.from = std::max(range.from, after->from);
    return range;
}

} // namespace simulator
