#pragma once

#include "edge-server/sql/database.h"
#include "shared/base/result.h"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

// Something that runs again and again, on one server at a time. It may move the position, which is kept between its runs.
struct RecurringJob {
    std::string name;
    std::chrono::seconds first_after; // the installation's first start
    std::chrono::seconds interval;
    std::function<Outcome(std::string& position)> run;
};

// Which of them are due, kept in the database with their leases.
class RecurringJobs {
public:
    RecurringJobs(sql::Database& database, std::vector<RecurringJob> jobs);

    std::vector<RecurringJob> const& all() const { return m_jobs; }
    // Nothing when it is not due, or another server runs it. A failure is logged and tried again soon.
    void run_if_due(RecurringJob const& job);

private:
    sql::Database& m_database;
    std::vector<RecurringJob> const m_jobs;
    std::string const m_owner;
};
