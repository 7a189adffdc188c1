#include "edge-server/services/text_errors.h"

#include <algorithm>
#include <string_view>

namespace {

struct Explanation {
    std::string_view code;
    char const* words;
};

constexpr Explanation explanations[] = {
    {"14107", "Too many texts went back and forth within seconds, so Twilio stopped this one."},
    {"21211", "This is not a number that can be texted."},
    {"21212", "Twilio does not accept the sending number."},
    {"21408", "Texts to this country are switched off at Twilio."},
    {"21602", "Twilio saw no words in this text."},
    {"21606", "Our number cannot send texts to this destination."},
    {"21608", "The Twilio account is a trial one and texts only numbers that it has verified."},
    {"21610", "The customer has replied STOP to this number. Only their own START lets texts through again."},
    {"21611", "Too many texts wait at Twilio for this number. Send it again later."},
    {"21612", "This number cannot be reached by text."},
    {"21614", "This is not a mobile number."},
    {"21617", "The text is longer than 1,600 characters."},
    {"30001", "Too many texts waited at Twilio, and this one was dropped. Send it again."},
    {"30002", "The Twilio account is suspended."},
    {"30003", "The phone could not be reached: it is off or out of coverage."},
    {"30004", "The phone or its carrier blocks texts from us."},
    {"30005", "This number does not exist or cannot take texts."},
    {"30006", "This is a landline, or its carrier takes no texts."},
    {"30007", "The carrier filtered the text as unwanted. Other words, without links, may get through."},
    {"30008", "The carrier did not deliver the text and did not say why."},
    {"30022", "The carrier's limit for our number is reached. Send it again later."},
    {"30023", "The carrier's daily limit for our number is reached. Send it again tomorrow."},
    {"30027", "The carrier's daily limit for our number is reached. Send it again tomorrow."},
    {"30032", "Our toll-free number is not verified yet."},
    {"30034", "Our number is not registered for texts in the United States (A2P 10DLC)."},
    {"30035", "Our number is still being set up for texts. Send it again later."},
    {"30036", "The text waited too long and was not sent."},
    {"30410", "The carrier did not answer in time."},
    {"30450", "Twilio stopped the text: it looked like part of a fraud."},
};

} // namespace

std::string explain_text_error(std::string const& code, std::string const& message)
{
    auto const* found = std::find_if(std::begin(explanations), std::end(explanations), [&](auto const& each) { return each.code == code; });
    if (found != std::end(explanations)) return found->words;
    auto const quoted = message.empty() ? std::string() : ": \"" + message + '"';
    if (code.empty()) return "Twilio did not deliver the text" + (quoted.empty() ? " and did not say why." : quoted + '.');
    return "Twilio did not deliver the text, with error " + code + quoted + '.';
}
