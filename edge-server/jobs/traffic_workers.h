#pragma once

#include "edge-server/services/inbox.h"
#include "edge-server/services/initiation.h"
#include "edge-server/services/recurring_jobs.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

// What follows from the traffic, outside any request: the inbox is processed, calls that began are told, recurring jobs run.
class TrafficWorkers {
public:
    TrafficWorkers(Inbox& inbox, Initiation& initiation, RecurringJobs& jobs);
    ~TrafficWorkers(); // waits for the item and the vendor call at hand

    TrafficWorkers(TrafficWorkers const&) = delete;
    TrafficWorkers& operator=(TrafficWorkers const&) = delete;

private:
    void work_on_inbox();
    void run_jobs();

    Inbox& m_inbox;
    Initiation& m_initiation;
    RecurringJobs& m_jobs;
    std::atomic<bool> m_stopping{false};
    std::mutex m_mutex;
    std::condition_variable m_stopped;
    std::thread m_inbox_worker;
    std::thread m_job_runner;
};
