#include "edge-server/store/job_store.h"

void add_job(sql::Writer& db, std::string const& name, Time first_due_at)
{
    db.run("INSERT INTO jobs (name, due_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", {name, first_due_at});
}

bool is_job_due(sql::Reader& db, std::string const& name, Time present)
{
    auto const rows = db.run("SELECT due_at, lease_until FROM jobs WHERE name = $1", {name});
    return !rows.empty() && rows.front().time(0) <= present && rows.front().time(1) <= present;
}

std::optional<Job> claim_job(sql::Writer& db, std::string const& name, std::string const& owner, Time present, Time lease_until)
{
    auto const rows = db.run(R"(
        UPDATE jobs SET lease_owner = $1, lease_until = $2 WHERE name = $3 AND due_at <= $4 AND lease_until <= $4 RETURNING position)",
        {owner, lease_until, name, present});
    return rows.empty() ? std::nullopt : std::optional(Job{name, rows.front().text(0)});
}

void finish_job(sql::Writer& db, Job const& job, std::string const& owner, Time due_at, std::string const& failure)
{
    db.run(R"(
        UPDATE jobs SET position = $1, due_at = $2, lease_owner = '', lease_until = 0, ran_at = $3, failure = $4
        WHERE name = $5 AND lease_owner = $6)",
        {job.position, due_at, now(), failure, job.name, owner});
}

void void_all_job_leases(sql::Writer& db)
{
    db.run("UPDATE jobs SET lease_owner = '', lease_until = 0, due_at = 0 WHERE lease_until > 0");
}
