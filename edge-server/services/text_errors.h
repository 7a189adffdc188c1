#pragma once

#include <string>

// What a code of Twilio's means for a text, in words for the one who wrote it. `message`: Twilio's own, for codes that we do not know.
std::string explain_text_error(std::string const& code, std::string const& message = {});
