#pragma once

#include "tools/telephony-sim/message.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace simulator {

// Twilio's lists: newest first, a page at a time. A token names the record that the page lies behind ("PA") or before ("PB"), so that
// what is added in between loses none.
struct PageRequest {
    int64_t size = 50;
    int64_t index = 0;
    std::string token;
    bool is_valid = true;

    bool goes_newer() const { return token.starts_with("PB"); }
    std::string from_sid() const { return token.empty() ? "" : token.substr(2); }
};

template <typename Record>
struct PageOf {
    std::vector<Record> records;
    bool has_older = false;
    bool has_newer = false;
};

PageRequest page_request(Request const& request);

// The page's members around its records: page, page_size, next_page_uri … `first` and `last` are the SIDs of the page's edges.
Json page_members(Request const& request, PageRequest const& page, size_t count, bool has_older, bool has_newer, std::string const& first,
    std::string const& last);

// Where DateSent, DateSent< and DateSent> (or StartTime …) of a query want a time to lie; a day means the whole of it.
struct TimeRange {
    int64_t from = 0;
    int64_t to = std::numeric_limits<int64_t>::max();

    bool holds(int64_t time) const { return time >= from && time <= to; }
};
TimeRange time_range(Fields const& query, std::string const& name);

} // namespace simulator
