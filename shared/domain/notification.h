#pragma once

#include "shared/base/time.h"

#include <string>

// A thing that a human should know or do. One is pending per type and subject.
struct Notification {
    std::string id;
    std::string type;
    std::string subject; // the record's id that it is about
    std::string organization_id;
    std::string organization_name;
    std::string phone_number;
    std::string message;
    std::string cause;
    std::string next_step;
    std::string status; // pending, resolved, dismissed
    Time created_at;
    Time decided_at;
};
