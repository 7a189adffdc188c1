#pragma once

#include "edge-server/sql/database.h"

#include <cstdint>
#include <string>

// What an organisation may spend in a month (of UTC), what it has spent, and what is set aside for what is under way. Micro-dollars.
struct Budget {
    std::int64_t monthly = 0;
    std::int64_t spent = 0;
    std::int64_t reserved = 0; // calls in progress, and texts that are not known to be sent: those are billed

    bool has_room_for(std::int64_t amount) const { return spent + reserved + amount <= monthly; }
};

Budget find_budget(sql::Reader& db, std::string const& organization_id, Time at);
inline constexpr std::int64_t warning_percent = 80;
// Once a month, when so much of it is spent. `at`: of what was just added to the ledger.
void warn_of_budget(sql::Writer& db, std::string const& organization_id, Time at);
void set_budget(sql::Writer& db, std::string const& organization_id, std::int64_t monthly);
