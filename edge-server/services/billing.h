#pragma once

#include "edge-server/sql/database.h"
#include "shared/base/result.h"
#include "shared/domain/conversation.h"
#include "shared/domain/phone_number.h"

#include <cstdint>
#include <optional>

// What becomes a line of the ledger. Each fact has a reference of its own, so all of this may happen in any order and again.

// A call that is over: its started minutes, and what the agent cost as ElevenLabs reports it. Its attempt ends, if it has one.
void bill_conversation(sql::Writer& db, Conversation const& conversation, std::optional<std::int64_t> agent_cost);

// The month in which a number was bought, and each later one that has begun since: a year back at most.
void bill_number(sql::Writer& db, PhoneNumber const& number, Time present);
Outcome bill_numbers(sql::Database& database); // all that are owned
