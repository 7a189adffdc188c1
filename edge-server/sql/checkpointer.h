#pragma once

#include "edge-server/sql/sqlite_connection.h"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace sql {

// Brings the log back into the database file beside the writer: a checkpoint within a commit would hold up every call behind it.
// What the writer appends meanwhile stays in the log, so now and then the writer brings over the short rest itself, after which
// the log begins anew. A reader that stays keeps the log growing; nothing can be done about that from here.
class Checkpointer {
public:
    Checkpointer(std::string const& path, SqliteConnection& writer);
    ~Checkpointer();

    Checkpointer(Checkpointer const&) = delete;
    Checkpointer& operator=(Checkpointer const&) = delete;

    // On the writer's thread, between two transactions.
    void finish_if_due();

private:
    static int note_commit(void* self, sqlite3*, char const*, int pages);
    void loop();
    void bring_back(SqliteConnection& connection);
    int awaited() const;

    SqliteConnection& m_writer;
    SqliteConnection m_connection;
    std::mutex m_round; // held while pages are brought over; before the other one
    std::mutex m_mutex; // of all below
    std::condition_variable m_wake;
    int m_pages = 0; // in the log, after the last commit
    int m_brought = 0; // of them, in the file
    int m_finish_at; // pages
    unsigned m_logs = 0; // how often the log has begun anew
    bool m_stopping = false;
    std::thread m_thread; // last: it uses everything above
};

} // namespace sql
