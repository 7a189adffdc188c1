#include "edge-server/store/provisioning_store.h"
#include "edge-server/store/event_store.h"
#include "edge-server/store/organization_store.h"

#include <algorithm>

namespace {

ProvisioningRun to_run(sql::Row const& row)
{
    return {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7), row.text(8),
        static_cast<int>(row.integer(9)), row.flag(10), row.time(11), row.time(12), row.time(13)};
}

std::optional<ProvisioningRun> first_of(sql::Rows const& rows)
{
    return rows.empty() ? std::nullopt : std::optional(to_run(rows.front()));
}

} // namespace

void insert_run(sql::Writer& db, ProvisioningRun const& run)
{
    db.run(R"(
        INSERT INTO provisioning_runs (id, organization_id, state, resume_state, cause, next_step, area_code, due_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9))",
        {run.id, run.organization_id, run.state, run.resume_state, run.cause, run.next_step, run.area_code, run.due_at, run.created_at});
    append_event(db, run.organization_id, "run", run.id);
    refresh_status(db, run.organization_id);
}

std::optional<ProvisioningRun> find_run(sql::Reader& db, std::string const& id)
{
    return first_of(db.run(R"(
        SELECT id, organization_id, state, resume_state, cause, next_step, area_code, phone_number_id, elevenlabs_phone_id, attempts, purchase_approved, due_at,
               created_at, finished_at
        FROM provisioning_runs WHERE id = $1)",
        {id}));
}

std::optional<ProvisioningRun> find_run_of(sql::Reader& db, std::string const& organization_id)
{
    return first_of(db.run(R"(
        SELECT id, organization_id, state, resume_state, cause, next_step, area_code, phone_number_id, elevenlabs_phone_id, attempts, purchase_approved, due_at,
               created_at, finished_at
        FROM provisioning_runs WHERE organization_id = $1)",
        {organization_id}));
}

std::optional<ProvisioningRun> find_run_of_number(sql::Reader& db, std::string const& phone_number_id)
{
    return first_of(db.run(R"(
        SELECT id, organization_id, state, resume_state, cause, next_step, area_code, phone_number_id, elevenlabs_phone_id, attempts, purchase_approved, due_at,
               created_at, finished_at
        FROM provisioning_runs WHERE phone_number_id = $1)",
        {phone_number_id}));
}

void update_run(sql::Writer& db, ProvisioningRun const& run)
{
    auto const number = run.phone_number_id.empty() ? std::optional<std::string>() : run.phone_number_id;
    auto const before = db.run("SELECT state FROM provisioning_runs WHERE id = $1", {run.id});
    db.run(R"(
        UPDATE provisioning_runs SET state = $1, resume_state = $2, cause = $3, next_step = $4, area_code = $5, phone_number_id = $6,
               elevenlabs_phone_id = $7, attempts = $8, purchase_approved = $9, due_at = $10, finished_at = $11
        WHERE id = $12)",
        {run.state, run.resume_state, run.cause, run.next_step, run.area_code, number, run.elevenlabs_phone_id, run.attempts,
            run.purchase_approved, run.due_at, run.finished_at, run.id});
    if (!before.empty() && before.front().text(0) != run.state) append_event(db, run.organization_id, "run", run.id);
    refresh_status(db, run.organization_id);
}

std::optional<ProvisioningRun> claim_due_run(sql::Writer& db, std::string const& owner, Time present, Time lease_until)
{
    return first_of(db.run(R"(
        UPDATE provisioning_runs SET lease_owner = $1, lease_until = $2
        WHERE id = (SELECT id FROM provisioning_runs
                    WHERE state IN ('queued', 'choosing', 'buying', 'importing', 'verifying') AND due_at <= $3 AND lease_until < $3
                    ORDER BY due_at LIMIT 1)
        RETURNING id, organization_id, state, resume_state, cause, next_step, area_code, phone_number_id, elevenlabs_phone_id, attempts, purchase_approved, due_at,
                  created_at, finished_at)",
        {owner, lease_until, present}));
}

bool renew_lease(sql::Writer& db, std::string const& run_id, std::string const& owner, Time lease_until)
{
    db.run("UPDATE provisioning_runs SET lease_until = $1 WHERE id = $2 AND lease_owner = $3", {lease_until, run_id, owner});
    return db.changes() == 1;
}

void release_lease(sql::Writer& db, std::string const& run_id, std::string const& owner)
{
    db.run("UPDATE provisioning_runs SET lease_owner = '', lease_until = 0 WHERE id = $1 AND lease_owner = $2", {run_id, owner});
}

void void_all_leases(sql::Writer& db)
{
    db.run("UPDATE provisioning_runs SET lease_owner = '', lease_until = 0 WHERE lease_until > 0");
    // Failures of the last process may have been an outage's, which is not known any more.
    db.run("UPDATE provisioning_runs SET attempts = 0 WHERE state IN ('queued', 'choosing', 'buying', 'importing', 'verifying')");
}

std::optional<Time> next_due(sql::Reader& db)
{
    auto const rows = db.run(R"(
        SELECT min(CASE WHEN lease_until > due_at THEN lease_until ELSE due_at END) FROM provisioning_runs
        WHERE state IN ('queued', 'choosing', 'buying', 'importing', 'verifying'))");
    if (rows.front().is_null(0)) return {};
    return rows.front().time(0);
}

void insert_step(sql::Writer& db, ProvisioningRun const& run, ProvisioningStep const& step)
{
    db.run(R"(
        INSERT INTO provisioning_steps (id, organization_id, run_id, step, attempt, state, message, started_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8))",
        {step.id, run.organization_id, run.id, step.step, step.attempt, step.state, step.message, step.started_at});
    append_event(db, run.organization_id, "run", run.id);
}

void finish_step(sql::Writer& db, std::string const& step_id, std::string const& state, std::string const& message)
{
    auto const finished
        = db.run("UPDATE provisioning_steps SET state = $1, message = $2, finished_at = $3 WHERE id = $4 RETURNING organization_id, run_id",
            {state, message, now(), step_id});
    for (auto const& step : finished)
        append_event(db, step.text(0), "run", step.text(1));
}

void close_open_steps(sql::Writer& db, std::string const& run_id, std::string const& message)
{
    db.run("UPDATE provisioning_steps SET state = 'failed', message = $1, finished_at = $2 WHERE run_id = $3 AND state = 'started'",
        {message, now(), run_id});
}

std::vector<ProvisioningStep> list_steps(sql::Reader& db, std::string const& run_id)
{
    std::vector<ProvisioningStep> list;
    for (auto const& row : db.run(R"(
        SELECT id, step, attempt, state, message, started_at, finished_at FROM provisioning_steps WHERE run_id = $1 ORDER BY id DESC LIMIT 500)",
             {run_id}))
        list.insert(
            list.begin(), {row.text(0), row.text(1), static_cast<int>(row.integer(2)), row.text(3), row.text(4), row.time(5), row.time(6)});
    return list;
}

void insert_candidate(sql::Writer& db, ProvisioningRun const& run, NumberCandidate const& candidate)
{
    db.run(R"(
        INSERT INTO number_candidates (id, organization_id, run_id, phone_number, place, state, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7))",
        {candidate.id, run.organization_id, run.id, candidate.phone_number, candidate.place, candidate.state, now()});
}

std::optional<NumberCandidate> find_open_candidate(sql::Reader& db, std::string const& run_id)
{
    auto const rows = db.run(R"(
        SELECT id, phone_number, place, state, cause, posted_at, decided_at FROM number_candidates
        WHERE run_id = $1 AND state IN ('reserved', 'posted', 'refused') ORDER BY id DESC LIMIT 1)",
        {run_id});
    if (rows.empty()) return {};
    auto const& row = rows.front();
    return NumberCandidate{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.time(5), row.time(6)};
}

bool is_number_taken(sql::Reader& db, std::string const& e164)
{
    return !db.run(R"(
        SELECT 1 FROM phone_numbers WHERE phone_number = $1 AND released_at IS NULL
        UNION ALL SELECT 1 FROM number_candidates WHERE phone_number = $1 AND state IN ('reserved', 'posted', 'refused') LIMIT 1)",
                  {e164})
                .empty();
}

bool was_candidate(sql::Reader& db, std::string const& run_id, std::string const& e164)
{
    return !db.run("SELECT 1 FROM number_candidates WHERE run_id = $1 AND phone_number = $2", {run_id, e164}).empty();
}

void set_candidate_state(sql::Writer& db, std::string const& id, std::string const& state, std::string const& cause)
{
    bool const posted = state == "posted";
    db.run(R"(
        UPDATE number_candidates SET state = $1, cause = $2, posted_at = CASE WHEN $3 = 1 THEN $4 ELSE posted_at END,
               decided_at = CASE WHEN $3 = 1 THEN NULL ELSE $4 END
        WHERE id = $5)",
        {state, cause, posted, now(), id});
}

std::int64_t count_purchases_since(sql::Reader& db, Time since)
{
    return db.run("SELECT count(*) FROM number_candidates WHERE created_at >= $1 AND state <> 'abandoned'", {since}).front().integer(0);
}

std::optional<std::int64_t> median_seconds_to_live(sql::Reader& db)
{
    std::vector<std::int64_t> times;
    for (auto const& row : db.run(R"(
        SELECT finished_at - created_at FROM provisioning_runs WHERE state = 'done' AND finished_at > 0 ORDER BY finished_at DESC LIMIT 50)"))
        times.push_back(row.integer(0));
    if (times.empty()) return {};
    auto const middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    return (*middle + 500) / 1000;
}
