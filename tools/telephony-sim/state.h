#pragma once

#include "tools/telephony-sim/database.h"

#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace simulator {

// Everything that must survive: one SQLite file behind one mutex. Never wait for a client, a clock or a webhook inside `change` or `look`.
class State {
public:
    explicit State(std::string const& path);

    // One transaction, on the disk when this returns.
    template <typename F>
    auto change(F&& f)
    {
        std::lock_guard const lock(m_mutex);
        return transaction("PRAGMA synchronous = FULL", std::forward<F>(f));
    }

    // As `change`, but safe only against the death of the program, not of the machine: for what is merely noted.
    template <typename F>
    auto note(F&& f)
    {
        std::lock_guard const lock(m_mutex);
        return transaction("PRAGMA synchronous = NORMAL", std::forward<F>(f));
    }

    template <typename F>
    auto look(F&& f)
    {
        std::lock_guard const lock(m_mutex);
        return f(m_database);
    }

    void forget_everything();

private:
    template <typename F>
    auto transaction(char const* durability, F&& f)
    {
        m_database.run(durability);
        m_database.run("BEGIN IMMEDIATE");
        Rollback rollback{m_database};
        if constexpr (std::is_void_v<decltype(f(m_database))>) {
            f(m_database);
            m_database.run("COMMIT");
            rollback.armed = false;
        } else {
            auto result = f(m_database);
            m_database.run("COMMIT");
            rollback.armed = false;
            return result;
        }
    }

    struct Rollback {
        Database& database;
        bool armed = true;
        ~Rollback();
    };

    std::mutex m_mutex;
    Database m_database;
};

// Small facts by name: the seed, the controls' settings, the workspace's settings.
std::optional<std::string> remembered(Database& db, std::string const& name);
void remember(Database& db, std::string const& name, std::string const& value);

} // namespace simulator
