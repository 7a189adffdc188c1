#pragma once

#include "edge-server/sql/database.h"

#include <sqlite3.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace sql {

struct CloseDatabase {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

std::string path_of(std::string const& address); // of "sqlite:FILE"; throws Failure

// One SQLite connection with its kept statements. Used by one thread at a time.
class SqliteConnection final : public Writer {
public:
    enum class Mode { ReadWrite, ReadOnly, NewFile }; // NewFile: nobody else has it, and when it fails it is thrown away
    SqliteConnection(std::string const& path, Mode mode);

    Rows run(Statement statement, std::initializer_list<Param> params = {}) override;
    std::int64_t changes() const override { return sqlite3_changes64(m_handle.get()); }
    void announce() override { m_announced = true; }
    bool take_announcement() { return std::exchange(m_announced, false); }

    void run_script(char const* script); // several statements, no results
    bool in_transaction() const { return sqlite3_get_autocommit(m_handle.get()) == 0; }
    sqlite3* handle() { return m_handle.get(); }

private:
    sqlite3_stmt* prepared(char const* text);
    [[noreturn]] void fail(int code, char const* what) const;

    std::unique_ptr<sqlite3, CloseDatabase> m_handle; // before the statements: they are finalized first
    std::unordered_map<char const*, std::unique_ptr<sqlite3_stmt, FinalizeStatement>> m_statements;
    bool m_announced = false;
};

} // namespace sql
