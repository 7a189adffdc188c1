#pragma once

#include "edge-server/sql/database.h"
#include "shared/domain/ledger.h"

#include <cstdint>
#include <string>

// Money: rates, billable facts and their running sums.

struct Rate {
    std::int64_t version = 0; // 0: there is none
    std::int64_t micro_dollars = 0;
};
Rate rate_at(sql::Reader& db, std::string const& kind, Time at); // number_month, voice_minute, sms_segment

// A fact: how many of what, when. The rate in force at that time makes the amount.
struct BillableFact {
    std::string organization_id;
    std::string kind; // of the ledger: number_month, sms_segment_in, sms_segment_out, voice_minute
    std::string reference; // of the fact: "sms_out:<message id>"
    std::string subject_id;
    std::string what;
    std::int64_t quantity = 0;
    Time at;
};
// False: this fact is in the ledger already, and nothing was written.
bool bill(sql::Writer& db, BillableFact const& fact);
// As `bill`, with an amount that is not ours to compute: a vendor's own, or an adjustment.
bool bill_amount(sql::Writer& db, BillableFact const& fact, std::int64_t amount);
