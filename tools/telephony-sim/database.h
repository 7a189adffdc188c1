#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace simulator {

using Value = std::variant<std::nullptr_t, int64_t, std::string>;

class Row {
public:
    explicit Row(std::vector<Value> values) : m_values(std::move(values)) { }
    int64_t number(size_t column) const;
    std::string text(size_t column) const; // "" for NULL
    bool is_null(size_t column) const { return std::holds_alternative<std::nullptr_t>(m_values.at(column)); }

private:
    std::vector<Value> m_values;
};

// One SQLite connection. Throws std::runtime_error when the database cannot do what it was told.
class Database {
public:
    explicit Database(std::string const& path);
    ~Database();
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;

    std::vector<Row> run(char const* sql, std::vector<Value> const& parameters = {});
    void script(char const* sql);

private:
    sqlite3_stmt* prepared(char const* sql);

    sqlite3* m_connection = nullptr;
    std::unordered_map<std::string, sqlite3_stmt*> m_statements;
};

} // namespace simulator
