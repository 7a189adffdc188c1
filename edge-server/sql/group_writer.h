#pragma once

#include "edge-server/sql/checkpointer.h"
#include "edge-server/sql/sqlite_connection.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace sql {

// The only thread that writes. It takes the closures that wait, the urgent ones first, runs each so that it can be undone alone, commits
// them with one sync, and only then tells their callers. A batch takes few milliseconds of what is not urgent: a call may be waiting
// behind it.
class GroupWriter {
public:
    GroupWriter(std::string const& path, SqliteConnection& connection);
    ~GroupWriter(); // commits what is queued

    GroupWriter(GroupWriter const&) = delete;
    GroupWriter& operator=(GroupWriter const&) = delete;

    struct Task {
        std::function<bool(Writer&)> run = {}; // whether to keep what it wrote
        std::function<void(std::exception_ptr failure)> then = {}; // on the writer's thread, once
        bool is_urgent = false;
        std::exception_ptr failure = {};
    };

    // Throws Overloaded when the queue is full or the writer stops.
    void submit(Task task);
    Bound waiting() const;
    void on_commit(std::function<void(Commit const&)> listener);

private:
    using Batch = std::deque<Task>;
    void loop();
    Batch next_batch();
    void put_back(Batch rest);
    bool has_urgent() const;
    Batch run_batch(Batch& batch);
    void run_in_batch(Task& task);
    void run_alone(Task& task);
    void commit();
    void tell(Commit const& commit);

    SqliteConnection& m_connection;
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    Batch m_urgent;
    Batch m_others;
    bool m_stopping = false;
    std::mutex m_listener_mutex; // held during the call
    std::function<void(Commit const&)> m_listener;
    Checkpointer m_checkpointer;
    std::thread m_thread; // last: it uses everything above
};

} // namespace sql
