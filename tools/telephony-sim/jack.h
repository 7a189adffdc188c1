#pragma once

#include "tools/telephony-sim/talk.h"

#include <string>
#include <vector>

namespace simulator {

// What Jack says when somebody writes to him on the telephone page. It is a script over what he was told and what he hears, no model:
// he notes names, cars, trade-ins, days and wishes, and invents nothing.
std::string jacks_answer(std::vector<Turn> const& turns, Json const& variables);

// What an analysis finds in a talk: title, summary, what was collected.
void sum_up(Talk& talk, Json const& variables);

// What is said in an outbound call that somebody takes, and what comes of it.
Talk outbound_talk(std::string const& greeting, Json const& variables);

} // namespace simulator
