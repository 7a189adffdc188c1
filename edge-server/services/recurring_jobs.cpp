#include "edge-server/services/recurring_jobs.h"
#include "edge-server/store/job_store.h"
#include "shared/base/id.h"
#include "shared/base/text.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace {

constexpr std::chrono::seconds lease{30 * 60}; // longer than any run of a job
constexpr std::chrono::seconds retry_pause{60}; // after a job that failed
constexpr std::size_t failure_limit = 300;

} // namespace

RecurringJobs::RecurringJobs(sql::Database& database, std::vector<RecurringJob> jobs)
    : m_database(database), m_jobs(std::move(jobs)), m_owner(new_id())
{
    m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        for (auto const& job : m_jobs)
            add_job(db, job.name, now().plus_seconds(job.first_after.count()));
    });
}

void RecurringJobs::run_if_due(RecurringJob const& job)
{
    if (!m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return is_job_due(db, job.name, now()); })) return;
    auto claimed = m_database.write(sql::Scope::platform(),
        [&](sql::Writer& db) { return claim_job(db, job.name, m_owner, now(), now().plus_seconds(lease.count())); });
    if (!claimed) return;
    std::string failure;
    try {
        if (auto const done = job.run(claimed->position); !done) failure = done.error().message;
    } catch (std::exception const& problem) {
        failure = problem.what();
    }
    if (!failure.empty()) spdlog::warn("job {}: {}", job.name, failure);
    auto const pause = failure.empty() ? job.interval : std::min(job.interval, retry_pause);
    m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        finish_job(db, *claimed, m_owner, now().plus_seconds(pause.count()), bounded_data(failure, failure_limit));
    });
}
