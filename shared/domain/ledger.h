#pragma once

#include "shared/base/time.h"

#include <cstdint>
#include <string>

// One billable fact. Money is whole micro-dollars.
struct LedgerEntry {
    std::string id;
    std::string organization_id;
    std::string kind; // number_month, sms_segment_in, sms_segment_out, voice_minute, agent_cost, adjustment
    std::string reference; // of the fact: no fact is billed twice
    std::string subject_id; // of the number, message or conversation
    std::string what; // in words
    std::int64_t quantity = 0;
    std::int64_t rate_version = 0; // 0: the amount is the vendor's own
    std::int64_t rate = 0; // for one
    std::int64_t amount = 0;
    Time at;
};

std::string month_of(Time at); // 2026-11, UTC
std::string day_of(Time at); // 2026-11-27, UTC
