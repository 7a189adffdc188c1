#pragma once

#include "edge-server/services/inbox.h"
#include "edge-server/services/initiation.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

// Something that runs again and again, on one server at a time. It may move the position, which is kept between its runs.
struct RecurringJob {
    std::string name;
    std::chrono::seconds first_after; // the installation's first start
    std::chrono::seconds interval;
    std::function<Outcome(std::string& position)> run;
};

// What follows from the traffic, outside any request: the inbox is processed, calls that began are told, recurring jobs run.
class TrafficWorkers {
public:
    TrafficWorkers(sql::Database& database, Inbox& inbox, Initiation& initiation, std::vector<RecurringJob> jobs);
    ~TrafficWorkers(); // waits for the item and the vendor call at hand

    TrafficWorkers(TrafficWorkers const&) = delete;
    TrafficWorkers& operator=(TrafficWorkers const&) = delete;

private:
    void work_on_inbox();
    void tell_begun_calls();
    void run_jobs();
    void run(RecurringJob const& job, std::string const& owner);

    sql::Database& m_database;
    Inbox& m_inbox;
    Initiation& m_initiation;
    std::vector<RecurringJob> const m_jobs;
    std::atomic<bool> m_stopping{false};
    std::mutex m_mutex;
    std::condition_variable m_stopped;
    std::thread m_inbox_worker;
    std::thread m_job_runner;
};
