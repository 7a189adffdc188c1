#pragma once

#include "edge-server/sql/database.h"
#include "shared/domain/ledger.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// The ledger as it is read: by organisation or over all that a viewer may see, and by month.
struct LedgerScope {
    std::string organization_id; // '' for all that may be seen
    std::string member_user_id; // '' for the platform
    std::string month; // 2026-11, UTC
};

// One kind's running sum of one day.
struct LedgerSum {
    std::string day; // 2026-11-27
    std::string kind;
    std::int64_t quantity = 0;
    std::int64_t amount = 0; // micro-dollars
};
std::vector<LedgerSum> sums_of_days(sql::Reader& db, LedgerScope const& scope); // by day and kind

struct ListedEntry {
    LedgerEntry entry;
    std::string organization_name;
};
// What a page of lines has.
struct LedgerPage {
    std::string first_kind, second_kind; // '' twice for all
    Time before; // keyset: (at, id) before this
    std::string before_id;
    int limit = 50;
};
std::vector<ListedEntry> list_entries(sql::Reader& db, LedgerScope const& scope, LedgerPage const& page); // newest first

struct KindCount {
    std::string kind;
    std::int64_t lines = 0;
};
std::vector<KindCount> count_entries(sql::Reader& db, LedgerScope const& scope);
