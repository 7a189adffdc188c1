#include "edge-server/sql/checkpointer.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

namespace sql {

namespace {

// Little and often: while a round's pages reach the disk, the commits of calls wait behind them (2,000 pages: 10 ms every two seconds).
constexpr int pages_at_once = 128;
constexpr std::chrono::milliseconds between_rounds{50};
constexpr int longest_log = 16'000; // 64 MB; then the writer brings over the rest, once it is short
constexpr int short_rest = 64; // a disk writes some five pages a millisecond in any order, and calls wait meanwhile
constexpr int longest_rest = 2'000; // is brought over all the same when the log has twice its length; and with four times any
constexpr int most_in_kernel = 1'000; // pages; SQLite itself syncs whenever the whole log is in the file, but under load it never is
constexpr std::chrono::seconds after_failure{1};

// The kernel would keep the pages until the log's end is brought over, and the writer would wait for all of them at once (46 ms, measured).
void put_on_disk(SqliteConnection& connection)
{
    sqlite3_file* file = nullptr;
    sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY) != SQLITE_OK) // SQLite itself syncs before it ends a log
        spdlog::warn("the database file cannot be brought to disk");
}

} // namespace

Checkpointer::Checkpointer(std::string const& path, SqliteConnection& writer)
    : m_writer(writer), m_connection(path, SqliteConnection::Mode::ReadWrite), m_finish_at(longest_log)
{
    sqlite3_wal_hook(m_writer.handle(), note_commit, this); // in place of the checkpoint that SQLite makes within a commit
    m_thread = std::thread([this] { loop(); });
}

Checkpointer::~Checkpointer()
{
    {
        std::lock_guard const lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_one();
    m_thread.join();
    sqlite3_wal_hook(m_writer.handle(), nullptr, nullptr);
}

int Checkpointer::note_commit(void* self, sqlite3*, char const*, int pages)
{
    auto& checkpointer = *static_cast<Checkpointer*>(self);
    {
        std::lock_guard const lock(checkpointer.m_mutex);
        if (pages < checkpointer.m_pages) { // the log has begun anew
            checkpointer.m_brought = 0;
            checkpointer.m_finish_at = longest_log;
            ++checkpointer.m_logs;
        }
        checkpointer.m_pages = pages;
        if (pages - checkpointer.m_brought < checkpointer.awaited()) return SQLITE_OK;
    }
    checkpointer.m_wake.notify_one();
    return SQLITE_OK;
}

// How many pages are worth a round of the thread's; with the lock.
int Checkpointer::awaited() const
{
    return m_pages < m_finish_at ? pages_at_once : short_rest;
}

void Checkpointer::bring_back(SqliteConnection& connection)
{
    std::lock_guard const alone(m_round);
    unsigned log = 0;
    {
        std::lock_guard const lock(m_mutex);
        log = m_logs;
    }
    int in_log = 0, brought = 0;
    int const code = sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &brought);
    if (code != SQLITE_OK && code != SQLITE_BUSY)
        spdlog::warn("the log cannot be brought into the database file: {}", sqlite3_errstr(code));
    std::lock_guard const lock(m_mutex);
    if (brought >= 0 && log == m_logs) m_brought = brought;
}

void Checkpointer::finish_if_due()
{
    {
        std::lock_guard const lock(m_mutex);
        auto const most = m_pages < 2 * longest_log ? short_rest : m_pages < 4 * longest_log ? longest_rest : m_pages;
        if (m_pages < m_finish_at || m_pages - m_brought > most) return;
        m_finish_at = m_pages + longest_rest; // unless the log begins anew, because no reader is in the way
    }
    bring_back(m_writer);
}

void Checkpointer::loop()
{
    int in_kernel = 0;
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_wake.wait(lock, [&] { return m_stopping || m_pages - m_brought >= awaited(); });
        if (m_stopping) return;
        auto const before = m_brought;
        lock.unlock();
        bring_back(m_connection);
        lock.lock();
        in_kernel += std::max(0, m_brought - before);
        if (in_kernel >= most_in_kernel) {
            lock.unlock();
            put_on_disk(m_connection);
            in_kernel = 0;
            lock.lock();
        }
        bool const is_held_up = m_brought <= before; // by a reader, or by the disk
        m_wake.wait_for(lock, is_held_up ? after_failure : between_rounds, [&] { return m_stopping; });
    }
}

} // namespace sql
