#pragma once

#include "shared/base/bound.h"
#include "shared/base/result.h"
#include "shared/base/time.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace sql {

// The database did not do what it must be able to do: wrong SQL, a full disk, a lost connection.
struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A unique, foreign-key or check rule refused a row. The transaction must end: PostgreSQL would have aborted it.
struct ConstraintViolation : Failure {
    using Failure::Failure;
};

// The writer's queue is full; nothing was written.
struct Overloaded : Failure {
    using Failure::Failure;
};

// Whose rows a transaction may touch. SQLite ignores it; PostgreSQL sets its row-level security from it.
class Scope {
public:
    static Scope organization(std::string id) { return Scope(std::move(id)); }
    static Scope platform() { return Scope("*"); }
    static Scope routing() { return Scope("#"); } // what a call or text at one of our numbers needs, the tenant following from that number

    std::string const& text() const { return m_text; }

private:
    explicit Scope(std::string text) : m_text(std::move(text)) { }
    std::string m_text;
};

// A statement's text. Only literals: nothing from outside can become SQL, and a statement is kept by its address.
// Placeholders are $1, $2, … and first appear in that order, so that both engines number them alike.
class Statement {
public:
    consteval Statement(char const* text) : m_text(text) { }
    char const* text() const { return m_text; }

private:
    char const* m_text;
};

// A bound value. Text is borrowed until the statement has run.
class Param {
public:
    Param(std::nullptr_t) { }
    Param(bool value) : m_value(std::int64_t{value}) { }
    template <typename T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) Param(T value) : m_value(static_cast<std::int64_t>(value)) { }
    Param(Time value) : m_value(value.milliseconds) { }
    Param(std::string_view value) : m_value(value) { }
    Param(std::string const& value) : m_value(std::string_view(value)) { }
    Param(char const* value) : m_value(std::string_view(value)) { }
    Param(std::optional<std::string> const& value)
    {
        if (value) m_value = std::string_view(*value);
    }

    std::variant<std::monostate, std::int64_t, std::string_view> const& value() const { return m_value; }

private:
    std::variant<std::monostate, std::int64_t, std::string_view> m_value;
};

using Value = std::variant<std::monostate, std::int64_t, std::string>;

class Row {
public:
    explicit Row(std::vector<Value> values) : m_values(std::move(values)) { }

    bool is_null(std::size_t column) const { return m_values.at(column).index() == 0; }
    std::int64_t integer(std::size_t column) const { return is_null(column) ? 0 : std::get<std::int64_t>(m_values[column]); }
    bool flag(std::size_t column) const { return integer(column) != 0; }
    Time time(std::size_t column) const { return {integer(column)}; }
    std::string text(std::size_t column) const { return is_null(column) ? std::string() : std::get<std::string>(m_values[column]); }

private:
    std::vector<Value> m_values;
};

using Rows = std::vector<Row>;

class Reader {
public:
    virtual ~Reader() = default;
    virtual Rows run(Statement statement, std::initializer_list<Param> params = {}) = 0;
};

// Inside a write: the same statements, and how many rows the last one changed.
class Writer : public Reader {
public:
    virtual std::int64_t changes() const = 0;
    virtual void announce() = 0; // who listens to commits is told that this one matters
};

struct Commit {
    std::chrono::microseconds took; // to reach the disk
    bool announced = false;
    std::string failure = {}; // '' when it is on disk
};

struct Migration {
    char const* name;
    char const* script;
};

class Database {
public:
    virtual ~Database() = default;

    // Runs `f` in one read transaction on a borrowed connection and returns what it returns.
    template <typename F>
    auto read(Scope const& scope, F&& f) -> std::invoke_result_t<F, Reader&>
    {
        using T = std::invoke_result_t<F, Reader&>;
        std::optional<T> result;
        run_read(scope, [&](Reader& db) { result.emplace(f(db)); });
        return std::move(*result);
    }

    // Runs `f` in the writer's next batch and returns once that is on disk. A returned Error undoes what `f` wrote.
    // `f` may run twice: no side effect outside the database. Throws ConstraintViolation, Failure, Overloaded.
    template <typename F>
    auto write(Scope const& scope, F&& f) -> std::invoke_result_t<F, Writer&>
    {
        using T = std::invoke_result_t<F, Writer&>;
        if constexpr (std::is_void_v<T>) {
            run_write(scope, [&](Writer& db) {
                f(db);
                return true;
            });
        } else {
            std::optional<T> result;
            run_write(scope, [&](Writer& db) {
                result.emplace(f(db));
                return keeps(*result);
            });
            return std::move(*result);
        }
    }

    // Queues a write before those that nobody's call depends on, and returns at once. `then` hears whether it is on disk (a failure is
    // logged), always and once; it runs on the writer's thread, so it must not block. Throws Overloaded, and then nothing is queued.
    virtual void write_soon(Scope const& scope, std::function<void(Writer&)> f, std::function<void(bool on_disk)> then) = 0;

    // `f` hears of every commit, on the writer's thread, so it must not block. An empty one ends that: it is not called any more.
    virtual void on_commit(std::function<void(Commit const&)> f) = 0;

    virtual Bound writes_waiting() const = 0;

    // Runs every migration that has not run yet, each in its own transaction, recorded by name.
    virtual void migrate(std::vector<Migration> const& migrations) = 0;

protected:
    virtual void run_read(Scope const& scope, std::function<void(Reader&)> const& f) = 0;
    // `f` returns whether to keep what it wrote.
    virtual void run_write(Scope const& scope, std::function<bool(Writer&)> const& f) = 0;

private:
    template <typename T>
    static bool keeps(T const&)
    {
        return true;
    }
    template <typename T>
    static bool keeps(Result<T> const& result)
    {
        return static_cast<bool>(result);
    }
};

// "sqlite:FILE". Throws Failure with one clear sentence, also when another server holds the file.
std::unique_ptr<Database> open(std::string const& address);

// A whole copy, also of a database that a server is using. Throws Failure; leaves no file behind then.
void backup(std::string const& address, std::string const& path);

// Copies a backup to FILE after checking that it is whole. Refuses a file that a server has open.
void restore(std::string const& backup_path, std::string const& address);

} // namespace sql
