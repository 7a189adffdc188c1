#pragma once

#include "edge-server/sql/database.h"

#include <optional>
#include <string>
#include <vector>

// Users, their sessions and memberships, and the installation's own id.

struct User {
    std::string id;
    std::string email; // lower case
    std::string password_hash;
    std::string platform_role; // '', admin, viewer
};

struct Session {
    std::string token_hash;
    User user; // without password_hash
    Time created_at;
    Time last_seen_at;
    Time expires_at;
};

struct Membership {
    std::string organization_id;
    std::string organization_name;
    std::string role; // admin, staff
};

std::string installation_id(sql::Writer& db, std::string const& if_new); // kept from the first call on
std::optional<User> find_user_by_email(sql::Reader& db, std::string const& email);
bool has_platform_admin(sql::Reader& db);
void insert_user(sql::Writer& db, User const& user);

void insert_session(sql::Writer& db, Session const& session);
std::optional<Session> find_session(sql::Reader& db, std::string const& token_hash);
void touch_session(sql::Writer& db, std::string const& token_hash, Time seen);
void delete_session(sql::Writer& db, std::string const& token_hash);
void delete_sessions_of(sql::Writer& db, std::string const& user_id);
void delete_expired_sessions(sql::Writer& db, Time before);

std::vector<Membership> memberships_of(sql::Reader& db, std::string const& user_id);
std::string role_in(sql::Reader& db, std::string const& organization_id, std::string const& user_id); // '' for a stranger
void insert_membership(sql::Writer& db, std::string const& organization_id, std::string const& user_id, std::string const& role);
