#pragma once

#include <string_view>

// What a customer's text asks of us: to be left alone, to hear from us again, or how that works.
enum class OptOutWord { None, Stop, Start, Help };

// English and French, as a single word ("STOP", "arrêtez") or a plain request ("please stop texting me", "ne m'envoyez plus de
// messages"); not a sentence that merely contains the word ("can I stop by at 5?"). In doubt a STOP is one, and a START is none:
// "yes" answers many questions, so it opens nothing here, whatever Twilio makes of it.
OptOutWord opt_out_word(std::string_view body);
