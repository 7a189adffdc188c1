#include "tools/telephony-sim/database.h"

#include <sqlite3.h>
#include <stdexcept>

namespace simulator {

namespace {

void bind(sqlite3_stmt* statement, int index, Value const& value)
{
    if (auto const* number = std::get_if<int64_t>(&value))
        sqlite3_bind_int64(statement, index, *number);
    else if (auto const* text = std::get_if<std::string>(&value))
        sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    else
        sqlite3_bind_null(statement, index);
}

Value value_of(sqlite3_stmt* statement, int column)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
        return nullptr;
    case SQLITE_INTEGER:
        return sqlite3_column_int64(statement, column);
    default: {
        auto const* text = reinterpret_cast<char const*>(sqlite3_column_text(statement, column));
        return std::string(text, static_cast<size_t>(sqlite3_column_bytes(statement, column)));
    }
    }
}

} // namespace

int64_t Row::number(size_t column) const
{
    auto const* number = std::get_if<int64_t>(&m_values.at(column));
    return number ? *number : 0;
}

std::string Row::text(size_t column) const
{
    auto const* text = std::get_if<std::string>(&m_values.at(column));
    return text ? *text : "";
}

Database::Database(std::string const& path)
{
    if (sqlite3_open(path.c_str(), &m_connection) != SQLITE_OK) {
        std::string const message = sqlite3_errmsg(m_connection);
        sqlite3_close(m_connection);
        throw std::runtime_error("cannot open " + path + ": " + message);
    }
}

Database::~Database()
{
    for (auto const& [sql, statement] : m_statements)
        sqlite3_finalize(statement);
    sqlite3_close(m_connection);
}

std::vector<Row> Database::run(char const* sql, std::vector<Value> const& parameters)
{
    auto* const statement = prepared(sql);
    for (size_t i = 0; i < parameters.size(); ++i)
        bind(statement, static_cast<int>(i) + 1, parameters[i]);
    std::vector<Row> rows;
    int result = SQLITE_ROW;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        std::vector<Value> values;
        for (int column = 0; column < sqlite3_column_count(statement); ++column)
            values.push_back(value_of(statement, column));
        rows.emplace_back(std::move(values));
    }
    std::string const message = result == SQLITE_DONE ? "" : sqlite3_errmsg(m_connection);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (!message.empty()) throw std::runtime_error("SQLite: " + message);
    return rows;
}

void Database::script(char const* sql)
{
    if (sqlite3_exec(m_connection, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw std::runtime_error(std::string("SQLite: ") + sqlite3_errmsg(m_connection));
}

sqlite3_stmt* Database::prepared(char const* sql)
{
    auto& statement = m_statements[sql];
    if (!statement && sqlite3_prepare_v2(m_connection, sql, -1, &statement, nullptr) != SQLITE_OK)
        throw std::runtime_error(std::string("SQLite: ") + sqlite3_errmsg(m_connection));
    return statement;
}

} // namespace simulator
