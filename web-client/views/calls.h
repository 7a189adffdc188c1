#pragma once

#include "web-client/views/view.h"

namespace console {

char const* call_icon(Conversation const& conversation); // came in, went out, missed
std::string call_words(Conversation const& conversation); // "Call with Jack, 3 min 12 s. Test drive booked."
std::string clock_time(int seconds); // 1:43, since the call began

} // namespace console
