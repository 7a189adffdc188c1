#pragma once

#include "edge-server/sql/database.h"
#include "shared/base/error.h"
#include "shared/domain/phone_number.h"

#include <cstdint>
#include <optional>
#include <string>

struct Config;

// Whom an organisation may reach, and when. Calls and texts ask here, inside the transaction that begins them.

enum class Channel { Call, Text };

inline constexpr std::int64_t longest_call_minutes = 10; // the agent ends a call then; the doctor looks whether it does

// What is set aside for a call until it has ended: the longest one, at the rate in force and what such a minute costs
// at ElevenLabs.
std::int64_t reserve_of_call(sql::Reader& db, Time at);

// Why this number may not be reached now, if it may not: destination, approval, opt-out, the recipient's clock, in this order; asked
// again by whoever sends later than was asked for. `from`: the number that would be seen.
std::optional<Error> check_contact(sql::Reader& db, Config const& config, std::string const& organization_id, PhoneNumber const& from,
    std::string const& to_number, Channel channel, Time at);
// And then the budget. `segments`: of the text.
std::optional<Error> check_outreach(sql::Reader& db, Config const& config, std::string const& organization_id, PhoneNumber const& from,
    std::string const& to_number, Channel channel, Time at, int segments = 1);

// Whether calls may be sent on to this phone of the dealership's own.
std::optional<Error> check_forwarding_number(sql::Reader& db, Config const& config, std::string const& number);
