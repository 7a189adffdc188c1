#pragma once

#include "shared/base/time.h"

#include <array>
#include <string>
#include <string_view>

// One customer phone number at one organisation.
struct Lead {
    std::string id;
    std::string organization_id;
    std::string phone_number; // E.164
    std::string name; // '' until someone said it
    std::string status; // '' until a person sets it
    std::string stage; // the status, else what follows from the contacts: what lists show
    std::string interest; // what they want
    std::string trade_in;
    std::string appointment; // when, as it was said
    bool wants_person = false; // asked for a human, and none has answered yet
    std::string first_call_sid; // of the contact that made this lead: a call's or a text's SID
    Time created_at;
    Time last_contact_at;
    std::string last_contact_kind; // call, text
    Time last_message_at; // never: no texts
    std::string last_message; // its beginning
    std::string last_direction; // of that message: inbound, outbound
    int unread = 0; // texts that nobody has opened
    bool opted_out = false; // texts to it are refused
};

// In the order of the board.
inline constexpr std::array<std::string_view, 5> lead_stages{"New Inquiry", "Returning Customer", "Appointment set", "Sold", "Lost"};

struct Note {
    std::string id;
    std::string author; // e-mail
    std::string text;
    Time created_at;
};
