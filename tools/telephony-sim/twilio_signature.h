#pragma once

#include "tools/telephony-sim/text.h"

namespace simulator {

// X-Twilio-Signature: over the address, then every parameter in the order of its name.
std::string twilio_signature(std::string const& token, std::string const& url, Fields const& form);

} // namespace simulator
