#pragma once

#include "edge-server/sql/database.h"
#include "edge-server/store/list_page.h"

#include <optional>
#include <string>
#include <vector>

// One difference between our books and the vendors'.
struct DriftFinding {
    std::string kind;
    std::string subject; // a Twilio SID, an ElevenLabs phone id, a setting
    std::string phone_number;
    std::string organization_id;
    std::string message; // what differs
    std::string repair; // what a repair would do; '' when a human must act
    std::string next_step; // what a human must do
    std::string organization_name = {};
    Time found_at = {};

    std::string id() const { return kind + ':' + subject; }
};

struct DriftLook {
    Time looked_at;
    std::string failure; // '' when both vendors' books could be read
    std::int64_t at_twilio = 0; // numbers
    std::int64_t at_elevenlabs = 0;
    std::int64_t not_ours = 0; // at Twilio, without our mark
};

// Keeps when a finding was first made.
void replace_drift(sql::Writer& db, std::vector<DriftFinding> const& findings, DriftLook const& look);
// As replace_drift, for what the nightly comparison of the bills found: kinds bill_missing and bill_differs.
void replace_bill_drift(sql::Writer& db, std::vector<DriftFinding> const& findings, Time looked_at);
// The books could not be read: what was found stays.
void note_failed_look(sql::Writer& db, Time at, std::string const& failure);
std::vector<DriftFinding> list_drift(sql::Reader& db, int limit);
Counts count_drift(sql::Reader& db); // by kind
std::optional<DriftLook> last_drift_look(sql::Reader& db);
