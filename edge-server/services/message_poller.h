#pragma once

#include "edge-server/providers/twilio_client.h"
#include "edge-server/services/inbox.h"

#include <string>

struct Config;

// Texts and states at Twilio that no webhook brought go through the inbox. `position`: a time, from where it goes on; '' at first.
Outcome poll_messages(sql::Database& database, Config const& config, TwilioClient& twilio, Inbox& inbox, std::string& position);
