#pragma once

#include "edge-server/sql/database.h"

#include <cstdint>
#include <string>
#include <vector>

// A call or text of ours as Twilio knows it, with its line of the ledger.
struct BilledContact {
    std::string sid; // Twilio's
    std::string organization_id;
    std::string our_number;
    std::int64_t quantity = 0; // billed minutes or segments; 0 when there is no line
    std::int64_t amount = 0; // micro-dollars
    std::int64_t seconds = 0; // of a call
    Time at;
};

std::vector<BilledContact> billed_texts(sql::Reader& db, Time since);
std::vector<BilledContact> billed_calls(sql::Reader& db, Time since);
