#pragma once

#include "edge-server/sql/database.h"

#include <cstdint>
#include <string>
#include <vector>

// One record that changed. Kept for seven days.
struct Event {
    std::int64_t sequence = 0;
    std::string organization_id; // '' for the platform's
    std::string kind; // organization, phone_number, run, notification; access (a user's sessions or memberships) is for the server itself
    std::string subject_id;
};

struct EventBounds {
    std::int64_t oldest = 1; // that is kept; one past the newest when none is
    std::int64_t newest = 0; // that was ever given
};

// Numbers the event in this transaction, wakes who listens once it is committed, and lets a few go that are too old.
void append_event(sql::Writer& db, std::string const& organization_id, std::string const& kind, std::string const& subject_id);
std::vector<Event> events_after(sql::Reader& db, std::int64_t sequence, int limit); // oldest first
EventBounds event_bounds(sql::Reader& db);
