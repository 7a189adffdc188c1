#pragma once

#include "edge-server/sql/database.h"
#include "shared/domain/phone_number.h"

#include <optional>
#include <string>
#include <vector>

// A number with what its organisation wants of it.
struct Line {
    PhoneNumber number;
    std::string organization_name;
    std::string organization_state; // open, suspended, closed
    std::string run_id; // the number's mark names it; '' without a run
    std::string run_state;
    std::string voice_url; // ElevenLabs', as verified; '' before
    Time release_at; // closed: not before
    Time work_due_at; // never, when the vendors have what is wanted
    int work_attempts = 0;
};

// The vendors are to be told what the organisation's new state asks for.
void plan_line_work(sql::Writer& db, std::string const& organization_id, Time release_at);
std::optional<Time> next_line_work(sql::Reader& db);
std::optional<Line> claim_line_work(sql::Writer& db, std::string const& owner, Time present, Time lease_until);
// False: another worker has it.
bool renew_line_lease(sql::Writer& db, std::string const& number_id, std::string const& owner, Time lease_until);
void release_line_lease(sql::Writer& db, std::string const& number_id, std::string const& owner);
void void_all_line_leases(sql::Writer& db);
void set_line_work(sql::Writer& db, std::string const& number_id, Time due_at, int attempts); // never: nothing to do

void set_voice_url(sql::Writer& db, std::string const& number_id, std::string const& voice_url);
void set_sms_status(sql::Writer& db, std::string const& number_id, std::string const& status, std::string const& reason);
void set_twilio_sid(sql::Writer& db, std::string const& number_id, std::string const& twilio_sid);
void mark_released(sql::Writer& db, std::string const& number_id);

std::vector<Line> list_owned_lines(sql::Reader& db);
std::optional<Line> find_line(sql::Reader& db, std::string const& number_id);
bool was_owned(sql::Reader& db, std::string const& e164); // released since
