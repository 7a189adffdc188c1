#include "edge-server/sql/sqlite_connection.h"

namespace sql {

std::string path_of(std::string const& address)
{
    constexpr std::string_view scheme = "sqlite:";
    if (!address.starts_with(scheme))
        throw Failure("the database address must be sqlite:FILE; \"" + address.substr(0, address.find(':') + 1) + "…\" is not supported");
    auto path = address.substr(scheme.size());
    if (path.empty()) throw Failure("the database address names no file: use sqlite:FILE");
    return path;
}

SqliteConnection::SqliteConnection(std::string const& path, Mode mode)
{
    int const flags = (mode == Mode::ReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_NOMUTEX
        | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE;
    sqlite3* handle = nullptr;
    int const code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    m_handle.reset(handle);
    if (code != SQLITE_OK) throw Failure("cannot open the database " + path + ": " + sqlite3_errstr(code));
    run_script("PRAGMA busy_timeout = 10000"); // first: what follows may have to wait for a lock
    if (mode == Mode::ReadWrite) {
        run_script("PRAGMA journal_mode = WAL");
        run_script("PRAGMA synchronous = FULL"); // an answered call survives a power failure
    }
    if (mode == Mode::NewFile) run_script("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON");
    // No mmap: every growth of the file would unmap it under all connections.
    run_script(mode == Mode::ReadWrite ? "PRAGMA cache_size = -65536" : "PRAGMA cache_size = -4096"); // KiB; the writer looks up as well
    run_script("PRAGMA temp_store = MEMORY");
    // A new file is a part of another one: what its rows refer to may be left out.
    run_script(mode == Mode::NewFile ? "PRAGMA foreign_keys = OFF" : "PRAGMA foreign_keys = ON");
}

void SqliteConnection::fail(int code, char const* what) const
{
    auto const message = std::string(sqlite3_errmsg(m_handle.get())) + " in: " + std::string(what).substr(0, 120);
    if ((code & 0xFF) == SQLITE_CONSTRAINT) throw ConstraintViolation(message);
    throw Failure(message);
}

sqlite3_stmt* SqliteConnection::prepared(char const* text)
{
    auto& kept = m_statements[text];
    if (!kept) {
        sqlite3_stmt* statement = nullptr;
        int const code = sqlite3_prepare_v3(m_handle.get(), text, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
        if (code != SQLITE_OK) fail(code, text);
        kept.reset(statement);
    }
    return kept.get();
}

Rows SqliteConnection::run(Statement statement, std::initializer_list<Param> params)
{
    auto* const handle = prepared(statement.text());
    struct Reset {
        sqlite3_stmt* statement;
        ~Reset()
        {
            sqlite3_reset(statement);
            sqlite3_clear_bindings(statement);
        }
    } const reset{handle};

    if (sqlite3_bind_parameter_count(handle) != static_cast<int>(params.size()))
        throw Failure("wrong number of values for: " + std::string(statement.text()).substr(0, 120));
    int index = 0;
    for (auto const& param : params) {
        ++index;
        if (auto const* number = std::get_if<std::int64_t>(&param.value()))
            sqlite3_bind_int64(handle, index, *number);
        else if (auto const* text = std::get_if<std::string_view>(&param.value()))
            sqlite3_bind_text64(handle, index, text->empty() ? "" : text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
    }

    Rows rows;
    for (;;) {
        int const code = sqlite3_step(handle);
        if (code == SQLITE_DONE) return rows;
        if (code != SQLITE_ROW) fail(code, statement.text());
        int const count = sqlite3_column_count(handle);
        std::vector<Value> values(static_cast<std::size_t>(count));
        for (int column = 0; column < count; ++column) {
            auto& value = values[static_cast<std::size_t>(column)];
            switch (sqlite3_column_type(handle, column)) {
            case SQLITE_NULL:
                break;
            case SQLITE_INTEGER:
                value = static_cast<std::int64_t>(sqlite3_column_int64(handle, column));
                break;
            default: {
                auto const* text = reinterpret_cast<char const*>(sqlite3_column_text(handle, column));
                value = std::string(text ? text : "", static_cast<std::size_t>(sqlite3_column_bytes(handle, column)));
            }
            }
        }
        rows.emplace_back(std::move(values));
    }
}

void SqliteConnection::run_script(char const* script)
{
    int const code = sqlite3_exec(m_handle.get(), script, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code, script);
}

} // namespace sql
