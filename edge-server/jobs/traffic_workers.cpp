#include "edge-server/jobs/traffic_workers.h"
#include "edge-server/store/conversation_store.h"
#include "edge-server/store/job_store.h"
#include "shared/base/id.h"
#include "shared/base/text.h"

#include <spdlog/spdlog.h>

using std::chrono::milliseconds;

namespace {

constexpr milliseconds longest_sleep{5000};
constexpr milliseconds job_check{1000};
constexpr std::chrono::minutes job_lease{30}; // longer than any run of a job
constexpr std::chrono::seconds retry_pause{60}; // after a job that failed
constexpr std::size_t failure_limit = 300;

} // namespace

TrafficWorkers::TrafficWorkers(sql::Database& database, Inbox& inbox, Initiation& initiation, std::vector<RecurringJob> jobs)
    : m_database(database), m_inbox(inbox), m_initiation(initiation), m_jobs(std::move(jobs)), m_inbox_worker([this] { work_on_inbox(); }),
      m_job_runner([this] { run_jobs(); })
{
}

TrafficWorkers::~TrafficWorkers()
{
    {
        std::lock_guard const lock(m_mutex);
        m_stopping = true;
        m_stopped.notify_all();
    }
    m_inbox.wake();
    m_inbox_worker.join();
    m_job_runner.join();
}

void TrafficWorkers::work_on_inbox()
{
    std::uint64_t calls_seen = 0;
    while (!m_stopping) {
        try {
            tell_begun_calls();
            if (!m_inbox.work() && !m_stopping) m_inbox.wait_for_work(calls_seen, longest_sleep);
        } catch (std::exception const& failure) {
            spdlog::error("inbox: {}", failure.what());
            std::unique_lock lock(m_mutex);
            m_stopped.wait_for(lock, job_check, [&] { return m_stopping.load(); });
        }
    }
}

// The call itself is on disk already; who looks at a console hears of it a moment later, and the answer to the call did not wait for that.
void TrafficWorkers::tell_begun_calls()
{
    auto const begun = m_initiation.take_begun();
    if (begun.empty()) return;
    m_database.write(sql::Scope::routing(), [&](sql::Writer& db) {
        for (auto const& call : begun)
            conversation_changed(db, call.organization_id, call.conversation_id);
    });
}

void TrafficWorkers::run_jobs()
{
    auto const owner = new_id();
    m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        for (auto const& job : m_jobs)
            add_job(db, job.name, now().plus_seconds(job.first_after.count()));
    });
    for (;;) {
        for (auto const& job : m_jobs) {
            if (m_stopping) return;
            try {
                run(job, owner);
            } catch (std::exception const& failure) {
                spdlog::error("job {}: {}", job.name, failure.what());
            }
        }
        std::unique_lock lock(m_mutex);
        m_stopped.wait_for(lock, job_check, [&] { return m_stopping.load(); });
        if (m_stopping) return;
    }
}

void TrafficWorkers::run(RecurringJob const& job, std::string const& owner)
{
    auto const due = m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return is_job_due(db, job.name, now()); });
    if (!due) return;
    auto claimed = m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        return claim_job(db, job.name, owner, now(), now().plus_seconds(std::chrono::seconds(job_lease).count()));
    });
    if (!claimed) return;
    std::string failure;
    try {
        if (auto const done = job.run(claimed->position); !done) failure = done.error().message;
    } catch (std::exception const& problem) {
        failure = problem.what();
    }
    if (!failure.empty()) spdlog::warn("job {}: {}", job.name, failure);
    auto const pause = failure.empty() ? job.interval : std::min(job.interval, retry_pause);
    m_database.write(sql::Scope::platform(),
        [&](sql::Writer& db) { finish_job(db, *claimed, owner, now().plus_seconds(pause.count()), bounded_data(failure, failure_limit)); });
}
