#pragma once

#include <cstdint>
#include <map>
#include <string>

// Above every id: what a first page's keyset compares with.
inline std::string const above_all_ids = "g";

// One page of a list. Each order is (key ascending, id descending); the page begins after (after_key, after_id).
struct ListPage {
    std::string search; // lower case; part of a text of the record; '' for all
    std::string digits; // of the number, when the search may be one; else ''
    std::string filter; // status or state; '' for all
    std::string sort;
    std::string after_key;
    std::string after_id = above_all_ids;
    std::string member_user_id; // '' for the platform: everyone's
    int limit = 50;
};

using Counts = std::map<std::string, std::int64_t>; // by status or state; what there is none of is absent
