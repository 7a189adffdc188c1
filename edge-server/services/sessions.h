#pragma once

#include "edge-server/services/password_hasher.h"
#include "edge-server/sql/database.h"
#include "edge-server/store/account_store.h"

#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

// Counts what one address, or one account, tried lately. Bounded in memory.
class AttemptLimit {
public:
    AttemptLimit(int most, std::chrono::seconds window);
    // False: too many within the window. A try is counted either way.
    bool count(std::string const& key);
    bool is_exceeded(std::string const& key);
    int seconds_to_wait() const;

private:
    using Clock = std::chrono::steady_clock;
    std::deque<Clock::time_point>& recent(std::string const& key);

    int const m_most;
    std::chrono::seconds const m_window;
    std::mutex m_mutex;
    std::unordered_map<std::string, std::deque<Clock::time_point>> m_tries;
};

// Signing in and out. A session is 256 random bits in a cookie, and only their hash in the database.
class Sessions {
public:
    Sessions(sql::Database& database, PasswordHasher& hasher);

    // The new session's token.
    Result<std::string> sign_in(std::string const& email, std::string const& password, std::string const& address);
    // For an account whose password was just proved. Within the caller's transaction.
    static std::string open(sql::Writer& db, User const& user);
    std::optional<Session> find(std::string const& token);
    // Without counting it as being used.
    static std::optional<Session> find_alive(sql::Reader& db, std::string const& token_hash);
    void sign_out(std::string const& token);
    void sign_out_everywhere(std::string const& user_id);

    // Proves an account's password at the sign-in's own rate limit. The user, or an error that does not tell which of both was wrong.
    Result<User> prove(std::string const& email, std::string const& password, std::string const& address);

    void create_first_admin(std::string const& email, std::string const& password);

private:
    sql::Database& m_database;
    PasswordHasher& m_hasher;
    AttemptLimit m_by_address;
    AttemptLimit m_by_account;
};
