#pragma once

#include "tools/telephony-sim/database.h"
#include "tools/telephony-sim/json.h"
#include "tools/telephony-sim/page_of.h"

#include <cstdint>
#include <optional>
#include <string>

namespace simulator {

// Telephone calls, as Twilio records and charges them.

struct CallRecord {
    std::string sid;
    std::string direction; // inbound, outbound-api
    std::string from;
    std::string to;
    std::string phone_number_sid; // of the number that is Twilio's
    int64_t started_at = 0; // milliseconds, all three
    std::optional<int64_t> answered_at;
    std::optional<int64_t> ended_at; // nothing: it is going on
    std::string outcome = "completed"; // or busy, no-answer, failed
    int64_t duration = 0; // seconds
    int64_t price = 0; // micro-dollars
};

void save_call(Database& db, CallRecord const& call); // new or changed
std::optional<CallRecord> find_call(Database& db, std::string const& sid);
Json described(CallRecord const& call, int64_t now);
std::optional<PageOf<CallRecord>> list_calls(Database& db, Fields const& query, PageRequest const& page, int64_t now);

// The started minutes at that price.
int64_t price_of_call(int64_t seconds, int64_t per_minute);

} // namespace simulator
