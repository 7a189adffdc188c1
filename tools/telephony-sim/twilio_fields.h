#pragma once

#include "tools/telephony-sim/message.h"

#include <optional>
#include <string>

namespace simulator {

struct TwilioRefusal {
    int status = 400;
    int code = 0;
    std::string message;
};

Answer twilio_answer(int status, Json const& body);
Answer twilio_refusal(TwilioRefusal const& refusal);

// Writes the parameters of a buy or an update into the number; says why not. Empty values clear.
std::optional<TwilioRefusal> apply_number_fields(Fields const& form, Json& number);
bool is_number_field(std::string const& name);

} // namespace simulator
