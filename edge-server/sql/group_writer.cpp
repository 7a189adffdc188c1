#include "edge-server/sql/group_writer.h"

#include <spdlog/spdlog.h>

namespace sql {

namespace {

constexpr std::size_t queue_limit = 4096;
constexpr std::size_t batch_limit = 256;
constexpr std::chrono::milliseconds batch_time_limit{8}; // about what a sync takes

} // namespace

GroupWriter::GroupWriter(std::string const& path, SqliteConnection& connection)
    : m_connection(connection), m_checkpointer(path, connection), m_thread([this] { loop(); })
{
}

GroupWriter::~GroupWriter()
{
    {
        std::lock_guard const lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

void GroupWriter::submit(Task task)
{
    {
        std::lock_guard const lock(m_mutex);
        auto const waiting = m_urgent.size() + m_others.size();
        if (m_stopping || waiting >= queue_limit) throw Overloaded("the write queue is full");
        (task.is_urgent ? m_urgent : m_others).push_back(std::move(task));
        if (waiting > 0) return; // the writer was woken by the first
    }
    m_wake.notify_one();
}

Bound GroupWriter::waiting() const
{
    std::lock_guard const lock(m_mutex);
    return {"writes_waiting", m_urgent.size() + m_others.size(), queue_limit};
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

GroupWriter::Batch GroupWriter::next_batch()
{
    std::unique_lock lock(m_mutex);
    m_wake.wait(lock, [&] { return m_stopping || !m_urgent.empty() || !m_others.empty(); });
    Batch batch;
    for (auto* const queue : {&m_urgent, &m_others})
        for (; !queue->empty() && batch.size() < batch_limit; queue->pop_front())
            batch.push_back(std::move(queue->front()));
    return batch;
}

// Came since the batch was taken.
bool GroupWriter::has_urgent() const
{
    std::lock_guard const lock(m_mutex);
    return !m_urgent.empty();
}

// What there was no time for goes first next time.
void GroupWriter::put_back(Batch rest)
{
    std::lock_guard const lock(m_mutex);
    for (; !rest.empty(); rest.pop_back())
        (rest.back().is_urgent ? m_urgent : m_others).push_front(std::move(rest.back()));
}

void GroupWriter::loop()
{
    for (auto batch = next_batch(); !batch.empty(); batch = next_batch()) {
        auto const ran = run_batch(batch);
        if (!batch.empty()) put_back(std::move(batch));
        for (auto const& task : ran)
            task.then(task.failure);
        m_checkpointer.finish_if_due();
    }
}

// Runs what there is time for, at least one task, and returns it; the others stay in `batch`.
GroupWriter::Batch GroupWriter::run_batch(Batch& batch)
{
    auto const deadline = std::chrono::steady_clock::now() + batch_time_limit;
    Batch ran;
    try {
        m_connection.run("BEGIN IMMEDIATE");
        bool ran_others = false;
        do {
            ran_others = ran_others || !batch.front().is_urgent;
            ran.push_back(std::move(batch.front()));
            batch.pop_front();
            run_in_batch(ran.back());
        } while (
            !batch.empty() && (batch.front().is_urgent || !ran_others || (std::chrono::steady_clock::now() < deadline && !has_urgent())));
        commit();
        return ran;
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
    for (auto& task : ran)
        run_alone(task);
    return ran;
}

// Throws only when the whole transaction is lost.
void GroupWriter::run_in_batch(Task& task)
{
    task.failure = nullptr;
    if (task.is_urgent) { // keeps what it wrote, or fails, and then each runs alone: a savepoint would cost a tenth of a call
        task.run(m_connection);
        return;
    }
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
