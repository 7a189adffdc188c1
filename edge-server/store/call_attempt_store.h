#pragma once

#include "edge-server/sql/database.h"
#include "shared/domain/conversation.h"

#include <cstdint>
#include <optional>
#include <string>

// One click on "call". Its id is the user_id that ElevenLabs can be asked for.
struct CallAttempt {
    std::string id;
    std::string organization_id;
    std::string phone_number_id; // of ours, that calls
    std::string lead_id; // '' when the number was nobody's yet
    std::string to_number;
    std::string reason; // what the call is about, for Jack
    std::string variables; // JSON: what Jack is told
    std::string state; // waiting, posted, placed, refused, failed, ended
    std::string cause; // in words
    std::int64_t reserved = 0; // micro-dollars, until it has ended
    std::string author_id;
    int attempts = 0; // of the present state
    Time due_at;
    Time created_at;
    Time posted_at; // when the request left us
    Time ended_at;
};

void insert_attempt(sql::Writer& db, CallAttempt const& attempt, std::string const& request_key); // '' for no key
std::optional<CallAttempt> find_attempt(sql::Reader& db, std::string const& organization_id, std::string const& id);
std::optional<CallAttempt> find_attempt_by_key(sql::Reader& db, std::string const& request_key);

std::optional<Time> next_attempt_work(sql::Reader& db);
std::optional<CallAttempt> claim_attempt(sql::Writer& db, std::string const& owner, Time present, Time lease_until);
// State, cause, attempts and times. False: another worker has it, or it has ended meanwhile.
bool save_attempt(sql::Writer& db, CallAttempt const& attempt, std::string const& owner, Time lease_until);
void release_attempt_lease(sql::Writer& db, std::string const& id, std::string const& owner);
void void_all_attempt_leases(sql::Writer& db);

// What a vendor says of a call belongs to the attempt that it names, if that is this organisation's and has no call yet.
void link_attempt(sql::Reader& db, Conversation& conversation, std::string const& attempt_id);
// The call is over: nothing is set aside for it any more.
void end_attempt(sql::Writer& db, std::string const& id, std::string const& cause);
// Attempts whose call is over, or was never heard of again since `before`.
void end_forgotten_attempts(sql::Writer& db, Time before, int most);
