#include "edge-server/store/account_store.h"
#include "edge-server/store/event_store.h"

std::string installation_id(sql::Writer& db, std::string const& if_new)
{
    auto const rows = db.run("SELECT id FROM installation");
    if (!rows.empty()) return rows.front().text(0);
    db.run("INSERT INTO installation (id, created_at) VALUES ($1, $2)", {if_new, now()});
    return if_new;
}

std::optional<User> find_user_by_email(sql::Reader& db, std::string const& email)
{
    auto const rows = db.run("SELECT id, email, password_hash, platform_role FROM users WHERE email = $1", {email});
    if (rows.empty()) return {};
    auto const& row = rows.front();
    return User{row.text(0), row.text(1), row.text(2), row.text(3)};
}

bool has_platform_admin(sql::Reader& db)
{
    return !db.run("SELECT 1 FROM users WHERE platform_role = 'admin' LIMIT 1").empty();
}

void insert_user(sql::Writer& db, User const& user)
{
    db.run("INSERT INTO users (id, email, password_hash, platform_role, created_at) VALUES ($1, $2, $3, $4, $5)",
        {user.id, user.email, user.password_hash, user.platform_role, now()});
}

void insert_session(sql::Writer& db, Session const& session)
{
    db.run("INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        {session.token_hash, session.user.id, session.created_at, session.last_seen_at, session.expires_at});
}

std::optional<Session> find_session(sql::Reader& db, std::string const& token_hash)
{
    auto const rows = db.run(R"(
        SELECT s.token_hash, u.id, u.email, u.platform_role, s.created_at, s.last_seen_at, s.expires_at
        FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = $1)",
        {token_hash});
    if (rows.empty()) return {};
    auto const& row = rows.front();
    return Session{row.text(0), {row.text(1), row.text(2), {}, row.text(3)}, row.time(4), row.time(5), row.time(6)};
}

void touch_session(sql::Writer& db, std::string const& token_hash, Time seen)
{
    db.run("UPDATE sessions SET last_seen_at = $1 WHERE token_hash = $2", {seen, token_hash});
}

void delete_session(sql::Writer& db, std::string const& token_hash)
{
    for (auto const& ended : db.run("DELETE FROM sessions WHERE token_hash = $1 RETURNING user_id", {token_hash}))
        append_event(db, {}, "access", ended.text(0));
}

void delete_sessions_of(sql::Writer& db, std::string const& user_id)
{
    db.run("DELETE FROM sessions WHERE user_id = $1", {user_id});
    append_event(db, {}, "access", user_id);
}

void delete_expired_sessions(sql::Writer& db, Time before)
{
    db.run("DELETE FROM sessions WHERE expires_at < $1", {before});
}

std::vector<Membership> memberships_of(sql::Reader& db, std::string const& user_id)
{
    std::vector<Membership> memberships;
    for (auto const& row : db.run(R"(
        SELECT m.organization_id, o.name, m.role FROM memberships m JOIN organizations o ON o.id = m.organization_id
        WHERE m.user_id = $1 ORDER BY m.organization_id LIMIT 500)",
             {user_id}))
        memberships.push_back({row.text(0), row.text(1), row.text(2)});
    return memberships;
}

std::string role_in(sql::Reader& db, std::string const& organization_id, std::string const& user_id)
{
    auto const rows = db.run("SELECT role FROM memberships WHERE organization_id = $1 AND user_id = $2", {organization_id, user_id});
    return rows.empty() ? std::string() : rows.front().text(0);
}

void insert_membership(sql::Writer& db, std::string const& organization_id, std::string const& user_id, std::string const& role)
{
    db.run("INSERT INTO memberships (organization_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)",
        {organization_id, user_id, role, now()});
    append_event(db, {}, "access", user_id);
}
