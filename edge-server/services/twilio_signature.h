#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A form's fields, decoded, in the order in which they came.
using TwilioForm = std::vector<std::pair<std::string, std::string>>;
std::optional<TwilioForm> decode_form(std::string_view body); // none: not a form, or not in UTF-8
std::string value_in(TwilioForm const& form, std::string_view name); // '' when absent

// X-Twilio-Signature: base64 of the HMAC-SHA1 over the address as it was called and every field in the order of its name.
std::string twilio_signature(std::string const& token, std::string_view url, TwilioForm const& form);

// A request as it came in, at the public address that Twilio was told.
struct TwilioRequest {
    std::string url; // with its query, escaped as it came
    std::string_view body;
    std::string signature;
};

// The form's fields, when the signature proves that they are Twilio's: with one of the account's present tokens, compared in constant
// time, the address with its port or without it. Nothing is made of a body before. There is no time in the signature: what comes again
// is known by the SID in it.
std::optional<TwilioForm> proved_form(TwilioRequest const& request, std::string_view tokens);
