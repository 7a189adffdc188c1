#include "edge-server/routes/access.h"
#include "edge-server/config.h"

namespace {

constexpr auto cookie_name = "dealerline_session";
constexpr auto cookie_seconds = "1209600"; // 14 days, the session's absolute limit

bool changes_something(http::Request const& request)
{
    return request.method != "GET" && request.method != "HEAD";
}

// http://localhost:8080, http://127.0.0.1:8080 and http://[::1]:8080 are the same to a person at the machine.
std::string with_loopback_as_localhost(std::string origin)
{
    for (std::string const host : {"//127.0.0.1", "//[::1]"})
        if (auto const at = origin.find(host); at != std::string::npos) {
            auto const end = at + host.size();
            if (end == origin.size() || origin[end] == ':') origin.replace(at, host.size(), "//localhost");
        }
    return origin;
}

Error not_found()
{
    return {ErrorKind::NotFound, "not_found", "There is no such organisation."};
}

} // namespace

Access::Access(sql::Database& database, Sessions& sessions, Config const& config)
    : m_database(database), m_sessions(sessions), m_config(config)
{
}

bool Access::is_our_origin(std::string const& origin) const
{
    auto const ours = m_config.public_url.substr(0, m_config.public_url.find('/', m_config.public_url.find("://") + 3));
    return with_loopback_as_localhost(origin) == with_loopback_as_localhost(ours);
}

std::optional<Error> Access::foreign_origin(http::Request const& request, bool signed_in) const
{
    auto const site = request.header("Sec-Fetch-Site");
    auto const origin = request.header("Origin");
    bool const proved = site == "same-origin" || (!origin.empty() && is_our_origin(origin));
    // Without a session there is nothing to ride on; a browser that says it comes from elsewhere is refused all the same.
    bool const neutral = !signed_in && (site.empty() || site == "none") && origin.empty();
    if (proved || neutral) return {};
    return Error{ErrorKind::Forbidden, "foreign_origin",
        "This request must come from this site's own pages, or name its origin in an Origin header."};
}

std::string Access::token_in(http::Request const& request)
{
    return request.cookie(cookie_name);
}

Result<Session> Access::signed_in(http::Request const& request)
{
    auto session = m_sessions.find(token_in(request));
    if (!session) return Error{ErrorKind::Unauthorized, "not_signed_in", "Sign in first."};
    if (changes_something(request))
        if (auto const problem = foreign_origin(request, true)) return *problem;
    return *session;
}

Result<Session> Access::platform_reader(http::Request const& request)
{
    auto session = signed_in(request);
    if (session && session->user.platform_role.empty())
        return Error{ErrorKind::Forbidden, "platform_only", "This is for the platform's admins."};
    return session;
}

Result<Session> Access::platform_admin(http::Request const& request)
{
    auto session = signed_in(request);
    if (session && session->user.platform_role != "admin")
        return Error{ErrorKind::Forbidden, "platform_only", "This is for the platform's admins."};
    return session;
}

Result<Session> Access::with_role(http::Request const& request, std::string const& organization_id, Needs needs)
{
    auto session = signed_in(request);
    if (!session) return session;
    auto const role = m_database.read(
        sql::Scope::organization(organization_id), [&](sql::Reader& db) { return role_in(db, organization_id, session->user.id); });
    auto const& platform_role = session->user.platform_role;
    bool const may_see = !role.empty() || !platform_role.empty();
    if (!may_see) return not_found();
    bool const may_administer = role == "admin" || platform_role == "admin";
    if (needs == Needs::ToAdminister && !may_administer)
        return Error{ErrorKind::Forbidden, "admins_only", "This is for the organisation's admins."};
    if (needs == Needs::ToWork && role.empty() && !may_administer)
        return Error{ErrorKind::Forbidden, "members_only", "This is for the organisation's people. You may look at it."};
    return session;
}

Result<Session> Access::member_or_platform(http::Request const& request, std::string const& organization_id)
{
    return with_role(request, organization_id, Needs::ToSee);
}

Result<Session> Access::member_or_platform_admin(http::Request const& request, std::string const& organization_id)
{
    return with_role(request, organization_id, Needs::ToWork);
}

Result<Session> Access::organization_admin_or_platform(http::Request const& request, std::string const& organization_id)
{
    return with_role(request, organization_id, Needs::ToAdminister);
}

std::string Access::cookie_for(std::string const& token) const
{
    return std::string(cookie_name) + '=' + token + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + cookie_seconds
        + (m_config.public_url.starts_with("https://") ? "; Secure" : "");
}

std::string Access::expired_cookie() const
{
    return std::string(cookie_name) + "=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0";
}
