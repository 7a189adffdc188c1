#include "edge-server/jobs/traffic_workers.h"
#include "shared/base/priority.h"

#include <spdlog/spdlog.h>

using std::chrono::milliseconds;

namespace {

constexpr milliseconds longest_sleep{5000};
constexpr milliseconds between_catch_ups{100}; // each is a write of its own
constexpr milliseconds while_behind{10};
constexpr milliseconds job_check{1000};

} // namespace

TrafficWorkers::TrafficWorkers(Inbox& inbox, Initiation& initiation, RecurringJobs& jobs)
    : m_inbox(inbox), m_initiation(initiation), m_jobs(jobs), m_inbox_worker([this] { work_on_inbox(); }),
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
    run_in_background();
    std::uint64_t calls_seen = 0;
    std::chrono::steady_clock::time_point next;
    auto pause = between_catch_ups;
    while (!m_stopping) {
        try {
            if (std::chrono::steady_clock::now() >= next) {
                next = std::chrono::steady_clock::now() + between_catch_ups;
                pause = m_initiation.catch_up() ? while_behind : between_catch_ups;
                next = std::chrono::steady_clock::now() + pause;
            }
            if (!m_inbox.work() && !m_stopping) m_inbox.wait_for_work(calls_seen, m_initiation.is_behind() ? pause : longest_sleep);
        } catch (std::exception const& failure) {
            spdlog::error("inbox: {}", failure.what());
            std::unique_lock lock(m_mutex);
            m_stopped.wait_for(lock, job_check, [&] { return m_stopping.load(); });
        }
    }
}

void TrafficWorkers::run_jobs()
{
    run_in_background();
    for (;;) {
        for (auto const& job : m_jobs.all()) {
            if (m_stopping) return;
            try {
                m_jobs.run_if_due(job);
            } catch (std::exception const& failure) {
                spdlog::error("job {}: {}", job.name, failure.what());
            }
        }
        std::unique_lock lock(m_mutex);
        m_stopped.wait_for(lock, job_check, [&] { return m_stopping.load(); });
        if (m_stopping) return;
    }
}
