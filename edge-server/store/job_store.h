#pragma once

#include "edge-server/sql/database.h"

#include <optional>
#include <string>

// What runs again and again, on one server at a time.

struct Job {
    std::string name;
    std::string position; // where it goes on, in its own terms
};

void add_job(sql::Writer& db, std::string const& name, Time first_due_at); // one that is there stays as it is
bool is_job_due(sql::Reader& db, std::string const& name, Time present); // and nobody has it
// None: it is not due, or another server has it.
std::optional<Job> claim_job(sql::Writer& db, std::string const& name, std::string const& owner, Time present, Time lease_until);
void finish_job(sql::Writer& db, Job const& job, std::string const& owner, Time due_at, std::string const& failure);
void void_all_job_leases(sql::Writer& db);
