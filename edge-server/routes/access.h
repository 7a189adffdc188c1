#pragma once

#include "edge-server/http/message.h"
#include "edge-server/services/sessions.h"
#include "shared/base/result.h"

#include <string>

struct Config;

// Who asks, and whether they may. The organisation comes from the path and is checked against the session, never from a body.
class Access {
public:
    Access(sql::Database& database, Sessions& sessions, Config const& config);

    // A request that changes something must come from our own pages; without browser headers it must have named our origin.
    std::optional<Error> foreign_origin(http::Request const& request, bool signed_in) const;

    Result<Session> signed_in(http::Request const& request);
    Result<Session> platform_reader(http::Request const& request); // admin or viewer
    Result<Session> platform_admin(http::Request const& request);
    // A member of that organisation, or the platform. Another tenant's id is not found.
    Result<Session> member_or_platform(http::Request const& request, std::string const& organization_id);
    // Whoever works there: a viewer of the platform only looks.
    Result<Session> member_or_platform_admin(http::Request const& request, std::string const& organization_id);
    Result<Session> organization_admin_or_platform(http::Request const& request, std::string const& organization_id);

    std::string cookie_for(std::string const& token) const;
    std::string expired_cookie() const;
    static std::string token_in(http::Request const& request);

private:
    enum class Needs { ToSee, ToWork, ToAdminister };
    Result<Session> with_role(http::Request const& request, std::string const& organization_id, Needs needs);
    bool is_our_origin(std::string const& origin) const;

    sql::Database& m_database;
    Sessions& m_sessions;
    Config const& m_config;
};
