#include "edge-server/routes/usage_routes.h"
#include "edge-server/http/reply.h"
#include "edge-server/store/usage_answers.h"

namespace {

class UsageRoutes {
public:
    UsageRoutes(sql::Database& database, Access& access) : m_database(database), m_access(access) { }

    using Answer = Result<Json> (*)(sql::Reader&, Viewer const&, std::string const&, Query const&, Time);
    http::Response answer(http::Request const& request, Answer find)
    {
        return with_scope(request, [&](sql::Reader& db, Viewer const& viewer, std::string const& id) {
            return reply(request, find(db, viewer, id, request.query, now()));
        });
    }

    http::Response file(http::Request const& request)
    {
        return with_scope(request, [&](sql::Reader& db, Viewer const& viewer, std::string const& id) {
            auto file = usage_file(db, viewer, id, request.query, now());
            if (!file) return refuse(request, file.error());
            return http::Response{200, "text/csv; charset=utf-8", std::move(file->csv),
                {{"Cache-Control", "no-store"}, {"Content-Disposition", "attachment; filename=\"" + file->name + '"'}}};
        });
    }

private:
    // The organisation is the path's, or the address's; none means all that the viewer may see.
    template <typename F>
    http::Response with_scope(http::Request const& request, F&& f)
    {
        auto id = request.path_param("id");
        if (id.empty()) id = request.query("organization_id").value_or("");
        auto const session = id.empty() ? m_access.signed_in(request) : m_access.member_or_platform(request, id);
        if (!session) return refuse(request, session.error());
        Viewer const viewer{session->user.platform_role.empty() ? session->user.id : std::string()};
        auto const scope = id.empty() ? sql::Scope::platform() : sql::Scope::organization(id);
        return m_database.read(scope, [&](sql::Reader& db) { return f(db, viewer, id); });
    }

    sql::Database& m_database;
    Access& m_access;
};

} // namespace

void add_usage_routes(http::Router& router, sql::Database& database, Access& access)
{
    auto const routes = std::make_shared<UsageRoutes>(database, access);
    for (std::string const base : {"/api/usage", "/api/organizations/{id}/usage"}) {
        router.add({"GET", base}, [routes](http::Request const& request) { return routes->answer(request, answer_usage); });
        router.add(
            {"GET", base + "/lines"}, [routes](http::Request const& request) { return routes->answer(request, answer_usage_lines); });
        router.add({"GET", base + ".csv"}, [routes](http::Request const& request) { return routes->file(request); });
    }
}
