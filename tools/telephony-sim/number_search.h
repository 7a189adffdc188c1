#pragma once

#include "tools/telephony-sim/inventory.h"
#include "tools/telephony-sim/twilio_fields.h"

#include <string>
#include <variant>
#include <vector>

namespace simulator {

// AvailablePhoneNumbers: what the inventory holds of it.
std::variant<std::vector<Offer>, TwilioRefusal> search_numbers(
    Database& db, Inventory const& inventory, std::string const& country, Fields const& query);
bool is_search_parameter(std::string const& name);
Json described(Offer const& offer);

} // namespace simulator
