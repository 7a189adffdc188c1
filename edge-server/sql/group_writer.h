#pragma once

#include "edge-server/sql/sqlite_connection.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace sql {

// The only thread that writes. It takes all closures that wait, runs each in a savepoint, commits them with one sync,
// and only then lets their callers go on.
class GroupWriter {
public:
    explicit GroupWriter(SqliteConnection& connection);
    ~GroupWriter(); // commits what is queued

    GroupWriter(GroupWriter const&) = delete;
    GroupWriter& operator=(GroupWriter const&) = delete;

    struct Task {
        std::function<bool(Writer&)> run; // whether to keep what it wrote
        std::exception_ptr failure;
        bool done = false;
        bool abandoned = false; // nobody waits any more; a failure is logged
        std::condition_variable finished;
    };

    // Throws Overloaded when the queue is full or the writer stops.
    void submit(std::shared_ptr<Task> task);
    // Whether it finished in time. Forever when `patience` is negative.
    bool wait(Task& task, std::chrono::milliseconds patience);
    void on_commit(std::function<void(Commit const&)> listener);

private:
    using Batch = std::deque<std::shared_ptr<Task>>;
    void loop();
    void run_batch(Batch& batch);
    void run_in_savepoint(Task& task);
    void run_alone(Task& task);
    void commit();
    void tell(Commit const& commit);

    SqliteConnection& m_connection;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    Batch m_queue;
    bool m_stopping = false;
    std::mutex m_listener_mutex; // held during the call
    std::function<void(Commit const&)> m_listener;
    std::thread m_thread; // last: it uses everything above
};

} // namespace sql
