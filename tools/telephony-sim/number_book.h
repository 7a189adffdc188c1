#pragma once

#include "tools/telephony-sim/database.h"
#include "tools/telephony-sim/inventory.h"
#include "tools/telephony-sim/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace simulator {

// The numbers that accounts own, as Twilio's IncomingPhoneNumber resources, and the record of their sales.

constexpr char const* monthly_price = "1.15";
constexpr int64_t monthly_cents = 115;

std::optional<Json> find_owned(Database& db, std::string const& sid);
std::optional<Json> find_owned_by_number(Database& db, std::string const& phone_number);

// A number as it is right after a sale, before anybody has configured it. Nothing is stored.
Json fresh_number(Offer const& offer);
void record_sale(Database& db, Json const& number);
void update_owned(Database& db, Json& number); // sets date_updated
bool release_owned(Database& db, std::string const& sid);

struct OwnedFilter {
    std::string number_pattern; // digits and '*', anywhere in the number
    std::string friendly_name; // exactly
};
struct OwnedPage {
    std::vector<Json> numbers; // newest first
    bool has_newer = false;
    bool has_older = false;
};
// Starts behind (older than) or before (newer than) the sale with that SID; nothing if there never was such a sale.
enum class Direction { older, newer };
std::optional<OwnedPage> list_owned(
    Database& db, OwnedFilter const& filter, Direction direction, std::string const& from_sid, size_t page_size);

} // namespace simulator
