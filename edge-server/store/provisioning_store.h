#pragma once

#include "edge-server/sql/database.h"
#include "shared/domain/provisioning.h"

#include <optional>
#include <string>
#include <vector>

void insert_run(sql::Writer& db, ProvisioningRun const& run);
std::optional<ProvisioningRun> find_run(sql::Reader& db, std::string const& id);
std::optional<ProvisioningRun> find_run_of(sql::Reader& db, std::string const& organization_id);
std::optional<ProvisioningRun> find_run_of_number(sql::Reader& db, std::string const& phone_number_id);
void update_run(sql::Writer& db, ProvisioningRun const& run); // everything but its lease

// A lease: one worker at a time. All are void at start-up of the only server on a SQLite file.
std::optional<ProvisioningRun> claim_due_run(sql::Writer& db, std::string const& owner, Time present, Time lease_until);
bool renew_lease(sql::Writer& db, std::string const& run_id, std::string const& owner, Time lease_until);
void release_lease(sql::Writer& db, std::string const& run_id, std::string const& owner);
void void_all_leases(sql::Writer& db);
std::optional<Time> next_due(sql::Reader& db);

void insert_step(sql::Writer& db, ProvisioningRun const& run, ProvisioningStep const& step);
void finish_step(sql::Writer& db, std::string const& step_id, std::string const& state, std::string const& message);
void close_open_steps(sql::Writer& db, std::string const& run_id, std::string const& message); // left open when the server died
std::vector<ProvisioningStep> list_steps(sql::Reader& db, std::string const& run_id);

// Throws ConstraintViolation when another run has the number as its open candidate.
void insert_candidate(sql::Writer& db, ProvisioningRun const& run, NumberCandidate const& candidate);
std::optional<NumberCandidate> find_open_candidate(sql::Reader& db, std::string const& run_id); // reserved, posted or refused
bool is_number_taken(sql::Reader& db, std::string const& e164); // owned, or any run's open candidate
bool was_candidate(sql::Reader& db, std::string const& run_id, std::string const& e164);
void set_candidate_state(sql::Writer& db, std::string const& id, std::string const& state, std::string const& cause);
std::int64_t count_purchases_since(sql::Reader& db, Time since); // bought, or about to be

std::optional<std::int64_t> median_seconds_to_live(sql::Reader& db); // of the last 50 finished runs, from signup to live
