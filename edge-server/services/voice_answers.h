#pragma once

#include "edge-server/sql/database.h"

#include <string>

struct Config;

// What a caller hears when Jack cannot answer, as TwiML: the dealership's name, then its own phone if it has set one that may be
// forwarded to. A number that is nobody's says the installation's neutral name.
// `dial_status`: how forwarding ended, when Twilio asks again after it; '' before.
std::string voice_answer(sql::Reader& db, Config const& config, std::string const& called_number, std::string const& dial_status);
std::string neutral_voice_answer(Config const& config);
