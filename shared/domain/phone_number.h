#pragma once

#include "shared/base/time.h"

#include <string>
#include <string_view>

// One period of ownership of a number by one organisation.
struct PhoneNumber {
    std::string id;
    std::string organization_id;
    std::string phone_number; // E.164
    std::string state; // bought, imported, active, suspended, releasing, released, needs_attention
    std::string state_reason;
    bool is_active = false; // in state `active` only
    std::string sms_status; // ready, needs_registration, unavailable
    std::string sms_reason;
    std::string twilio_sid;
    std::string twilio_account_sid;
    std::string elevenlabs_phone_id;
    std::string agent_id;
    std::string place;
    Time created_at;
    Time activated_at;
};

bool is_e164(std::string_view text); // + and 7 to 15 digits, the first not 0

// A number as people and vendors write it: "(604) 555-0142", "1-604-555-0142", "tel:+1604…". '' when it is no whole number.
std::string e164_from(std::string_view text);

// An E.164 number that names a person's line: not withheld, not one of Twilio's spelled-out stand-ins such as +266696687 (ANONYMOUS).
bool is_usable_caller(std::string_view caller_id);

// Whether a number texts: Canada's do, those of the United States after their registration.
struct SmsStatus {
    std::string status; // ready, needs_registration, unavailable
    std::string reason;
};
SmsStatus sms_status_of(std::string_view e164, bool can_text);

std::string national_format(std::string_view e164); // (604) 123-4567; other countries stay as they are
