#pragma once

#include "shared/base/time.h"

#include <string>

// One SMS.
struct Message {
    std::string id;
    std::string organization_id;
    std::string phone_number_id; // '' when the platform's default number carried it
    std::string lead_id; // '' for short codes
    std::string direction; // inbound, outbound
    std::string from_number;
    std::string to_number;
    std::string body;
    std::string encoding; // gsm7, ucs2
    int segments = 0;
    int pictures = 0; // noted, never fetched
    std::string state; // received; queued, sending, sent, delivered, undelivered, failed, unclear
    std::string error_code; // Twilio's
    std::string error; // in words
    std::string twilio_sid;
    std::string author; // e-mail of who wrote it here
    Time sent_at;
    Time created_at;
};
