#pragma once

#include "tools/telephony-sim/message.h"
#include "tools/telephony-sim/state.h"

#include <string>

namespace simulator {

// What somebody in the vendors' own dashboards does behind the back of whoever uses the APIs.

// A number that the account has bought there: {phone_number, friendly_name?}.
Answer add_number(State& state, Json const& body);
// Changes of one number: friendly_name, sms_url, sms_fallback_url, voice_url and voice_fallback_url at Twilio (null clears an address),
// agent_id of its newest import (null: nobody answers), imported false (every import goes) or "again" (a second id), released true.
Answer tamper_with_number(State& state, std::string const& phone_number, Json const& body);

} // namespace simulator
