#pragma once

#include "tools/telephony-sim/database.h"
#include "tools/telephony-sim/json.h"

#include <cstdint>
#include <string>

namespace simulator {

// The money, recorded by the vendors and by nobody else: numbers sold, and with `has_traffic` every call and text with its price.
Json ledger(Database& db, int64_t now, bool has_traffic);

// Somebody at the vendor changes the record of a call or a text: {price, segments, duration} or {"removed": true}. What is wrong, or "".
std::string change_record(Database& db, std::string const& sid, Json const& change);

} // namespace simulator
