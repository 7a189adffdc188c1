#include "edge-server/services/sessions.h"
#include "edge-server/services/password_hash.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/organization_store.h"
#include "shared/base/id.h"
#include "shared/base/text.h"

#include <spdlog/spdlog.h>

namespace {

constexpr std::int64_t idle_seconds = 12 * 3600;
constexpr std::int64_t absolute_seconds = 14 * 24 * 3600;
constexpr std::int64_t touch_seconds = 60; // how stale last_seen_at may be
constexpr std::size_t remembered_keys = 100'000;

} // namespace

AttemptLimit::AttemptLimit(int most, std::chrono::seconds window) : m_most(most), m_window(window) { }

std::deque<AttemptLimit::Clock::time_point>& AttemptLimit::recent(std::string const& key)
{
    if (m_tries.size() > remembered_keys) m_tries.clear();
    auto& tries = m_tries[key];
    while (!tries.empty() && tries.front() + m_window < Clock::now())
        tries.pop_front();
    return tries;
}

bool AttemptLimit::count(std::string const& key)
{
    std::lock_guard const lock(m_mutex);
    auto& tries = recent(key);
    if (static_cast<int>(tries.size()) >= m_most) return false;
    tries.push_back(Clock::now());
    return true;
}

bool AttemptLimit::is_exceeded(std::string const& key)
{
    std::lock_guard const lock(m_mutex);
    return m_tries.contains(key) && static_cast<int>(recent(key).size()) >= m_most;
}

int AttemptLimit::seconds_to_wait() const
{
    return static_cast<int>(m_window.count());
}

Sessions::Sessions(sql::Database& database, PasswordHasher& hasher)
    : m_database(database), m_hasher(hasher), m_by_address(60, std::chrono::minutes(5)), m_by_account(10, std::chrono::minutes(5))
{
}

Result<User> Sessions::prove(std::string const& email, std::string const& password, std::string const& address)
{
    auto const account = lower_case_ascii(trimmed(email));
    if (m_by_address.is_exceeded(address) || m_by_account.is_exceeded(account))
        return Error{ErrorKind::TooMany, "too_many_attempts", "Too many attempts. Wait five minutes, then try again.", {},
            m_by_account.seconds_to_wait()};
    auto const user = m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return find_user_by_email(db, account); });
    auto const right = m_hasher.verify(user ? user->password_hash : std::string(), password);
    if (!right) return right.error();
    if (!*right) {
        m_by_address.count(address);
        m_by_account.count(account);
        return Error{ErrorKind::Unauthorized, "wrong_credentials", "The e-mail or the password is wrong."};
    }
    return *user;
}

std::string Sessions::open(sql::Writer& db, User const& user)
{
    auto token = random_hex(32);
    auto const present = now();
    delete_expired_sessions(db, present);
    insert_session(db, {sha256_hex(token), user, present, present, present.plus_seconds(absolute_seconds)});
    return token;
}

Result<std::string> Sessions::sign_in(std::string const& email, std::string const& password, std::string const& address)
{
    auto const user = prove(email, password, address);
    if (!user) return user.error();
    return m_database.write(sql::Scope::platform(), [&](sql::Writer& db) { return open(db, *user); });
}

std::optional<Session> Sessions::find(std::string const& token)
{
    if (token.size() != 64) return {};
    auto const hash = sha256_hex(token);
    auto session = m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return find_alive(db, hash); });
    auto const present = now();
    if (session && session->last_seen_at.plus_seconds(touch_seconds) <= present)
        m_database.write(sql::Scope::platform(), [&](sql::Writer& db) { touch_session(db, hash, present); });
    return session;
}

std::optional<Session> Sessions::find_alive(sql::Reader& db, std::string const& token_hash)
{
    auto session = find_session(db, token_hash);
    auto const present = now();
    if (session && (session->expires_at <= present || session->last_seen_at.plus_seconds(idle_seconds) <= present)) return {};
    return session;
}

void Sessions::sign_out(std::string const& token)
{
    m_database.write(sql::Scope::platform(), [&](sql::Writer& db) { delete_session(db, sha256_hex(token)); });
}

void Sessions::sign_out_everywhere(std::string const& user_id)
{
    m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        delete_sessions_of(db, user_id);
        append_audit(db, {{}, user_id, "signed_out_everywhere", user_id}, sha256_hex);
    });
}

void Sessions::create_first_admin(std::string const& email, std::string const& password)
{
    if (m_database.read(sql::Scope::platform(), [](sql::Reader& db) { return has_platform_admin(db); })) return;
    auto const hash = hash_password(password);
    m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        auto const account = lower_case_ascii(trimmed(email));
        if (find_user_by_email(db, account))
            spdlog::warn("{} has an ordinary account already: name another DEALERLINE_ADMIN_EMAIL for the platform's admin", account);
        else if (!has_platform_admin(db))
            insert_user(db, {new_id(), account, hash, "admin"});
    });
}
