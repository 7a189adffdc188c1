#include "edge-server/sql/group_writer.h"

#include <spdlog/spdlog.h>

namespace sql {

namespace {

constexpr std::size_t queue_limit = 4096;
constexpr std::size_t batch_limit = 256;
constexpr std::chrono::milliseconds batch_time_limit{100};

void log_failure(GroupWriter::Task const& task)
{
    if (!task.failure) return;
    try {
        std::rethrow_exception(task.failure);
    } catch (std::exception const& failure) {
        spdlog::error("a queued write failed: {}", failure.what());
    }
}

} // namespace

GroupWriter::GroupWriter(SqliteConnection& connection) : m_connection(connection), m_thread([this] { loop(); }) { }

GroupWriter::~GroupWriter()
{
    {
        std::lock_guard const lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

void GroupWriter::submit(std::shared_ptr<Task> task)
{
    {
        std::lock_guard const lock(m_mutex);
        if (m_stopping || m_queue.size() >= queue_limit) throw Overloaded("the write queue is full");
        m_queue.push_back(std::move(task));
        if (m_queue.size() > 1) return; // the writer was woken by the first
    }
    m_wake.notify_one();
}

bool GroupWriter::wait(Task& task, std::chrono::milliseconds patience)
{
    std::unique_lock lock(m_mutex);
    auto const done = [&] { return task.done; };
    if (patience.count() < 0)
        task.finished.wait(lock, done);
    else if (!task.finished.wait_for(lock, patience, done))
        task.abandoned = true;
    return task.done;
}

void GroupWriter::on_commit(std::function<void(Commit const&)> listener)
{
    std::lock_guard const lock(m_listener_mutex);
    m_listener = std::move(listener);
}

void GroupWriter::commit()
{
    auto const started = std::chrono::steady_clock::now();
    m_connection.run("COMMIT");
    auto const took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started);
    tell({took, m_connection.take_announcement()});
}

void GroupWriter::tell(Commit const& commit)
{
    std::lock_guard const lock(m_listener_mutex);
    if (m_listener) m_listener(commit);
}

void GroupWriter::loop()
{
    for (;;) {
        Batch batch;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [&] { return m_stopping || !m_queue.empty(); });
            if (m_queue.empty()) return;
            batch.swap(m_queue);
            while (batch.size() > batch_limit) {
                m_queue.push_front(std::move(batch.back()));
                batch.pop_back();
            }
        }
        auto const taken = batch;
        run_batch(batch);
        auto const finished = taken.size() - batch.size();
        {
            std::lock_guard const lock(m_mutex);
            // What the time limit left over goes first next time.
            m_queue.insert(m_queue.begin(), batch.begin(), batch.end());
            for (std::size_t i = 0; i < finished; ++i)
                taken[i]->done = true;
        }
        for (std::size_t i = 0; i < finished; ++i) {
            taken[i]->finished.notify_one();
            if (taken[i]->abandoned) log_failure(*taken[i]);
        }
    }
}

// Leaves in `batch` the tasks it had no time for.
void GroupWriter::run_batch(Batch& batch)
{
    auto const deadline = std::chrono::steady_clock::now() + batch_time_limit;
    Batch ran;
    try {
        m_connection.run("BEGIN IMMEDIATE");
        do {
            ran.push_back(std::move(batch.front()));
            batch.pop_front();
            run_in_savepoint(*ran.back());
        } while (!batch.empty() && std::chrono::steady_clock::now() < deadline);
        commit();
        return;
    } catch (std::exception const& failure) {
        spdlog::warn("a batch of {} writes was rolled back, each runs again alone: {}", ran.size(), failure.what());
        tell({std::chrono::microseconds(0), false, failure.what()});
    }
    // A full disk or an I/O error drops the whole transaction; what can be written still is, one by one.
    if (m_connection.in_transaction()) try {
            m_connection.run("ROLLBACK");
        } catch (Failure const& failure) {
            spdlog::error("rollback failed: {}", failure.what());
        }
    if (ran.empty()) { // BEGIN itself failed
        ran.push_back(std::move(batch.front()));
        batch.pop_front();
    }
    for (auto const& task : ran)
        run_alone(*task);
}

// Throws only when the whole transaction is lost.
void GroupWriter::run_in_savepoint(Task& task)
{
    task.failure = nullptr;
    m_connection.run("SAVEPOINT task");
    bool keep = false;
    try {
        keep = task.run(m_connection);
    } catch (...) {
        task.failure = std::current_exception();
        if (!m_connection.in_transaction()) throw;
    }
    if (!keep) m_connection.run("ROLLBACK TO task");
    m_connection.run("RELEASE task");
}

void GroupWriter::run_alone(Task& task)
{
    task.failure = nullptr;
    try {
        m_connection.run("BEGIN IMMEDIATE");
        if (task.run(m_connection))
            commit();
        else
            m_connection.run("ROLLBACK");
    } catch (...) {
        task.failure = std::current_exception();
        if (m_connection.in_transaction()) try {
                m_connection.run("ROLLBACK");
            } catch (Failure const&) {
            }
    }
}

} // namespace sql
