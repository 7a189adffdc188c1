#include "edge-server/routes/drift_routes.h"
#include "edge-server/http/reply.h"
#include "edge-server/store/answers.h"

namespace {

constexpr std::size_t repairs_at_once = 50;

class DriftRoutes {
public:
    DriftRoutes(Drift& drift, sql::Database& database, Access& access) : m_drift(drift), m_database(database), m_access(access) { }

    http::Response last_look(http::Request const& request)
    {
        auto const session = m_access.platform_reader(request);
        if (!session) return refuse(request, session.error());
        return reply(request, m_database.read(sql::Scope::platform(), [](sql::Reader& db) { return answer_drift(db); }));
    }

    http::Response orphans(http::Request const& request)
    {
        auto const session = m_access.platform_reader(request);
        if (!session) return refuse(request, session.error());
        return reply(request, m_database.read(sql::Scope::platform(), [](sql::Reader& db) { return answer_orphans(db); }));
    }

    http::Response look(http::Request const& request)
    {
        auto const session = m_access.platform_admin(request);
        if (!session) return refuse(request, session.error());
        if (!request.body.empty())
            if (RequestFields const fields(request.body, {}); fields.problem()) return refuse(request, *fields.problem());
        if (auto const looked = m_drift.look(); !looked) return refuse(request, looked.error());
        return last_look(request);
    }

    http::Response repair(http::Request const& request)
    {
        auto const session = m_access.platform_admin(request);
        if (!session) return refuse(request, session.error());
        RequestFields fields(request.body, {"ids"});
        auto const ids = fields.texts("ids");
        if (fields.problem()) return refuse(request, *fields.problem());
        if (ids.empty() || ids.size() > repairs_at_once)
            return refuse(request,
                {ErrorKind::Invalid, "wrong_count", "Name 1 to " + std::to_string(repairs_at_once) + " findings by their ids.", "ids"});
        auto const repaired = m_drift.repair(ids, session->user.id);
        if (!repaired) return refuse(request, repaired.error());
        auto results = Json::array();
        for (auto const& one : *repaired)
            results.push_back({{"id", one.id}, {"done", one.done.empty() ? Json(nullptr) : Json(one.done)},
                {"failure", one.failure.empty() ? Json(nullptr) : Json(one.failure)}});
        auto answer = m_database.read(sql::Scope::platform(), [](sql::Reader& db) { return answer_drift(db); });
        (*answer)["repaired"] = results;
        return reply(request, answer);
    }

    http::Response adopt(http::Request const& request)
    {
        auto const session = m_access.platform_admin(request);
        if (!session) return refuse(request, session.error());
        RequestFields fields(request.body.empty() ? std::string_view("{}") : std::string_view(request.body), {"organization_id"});
        auto const organization_id = fields.optional_text("organization_id").value_or("");
        if (fields.problem()) return refuse(request, *fields.problem());
        auto const sid = request.path_param("sid");
        if (auto const problem = wrong_sid(sid)) return refuse(request, *problem);
        if (auto const adopted = m_drift.adopt_orphan(sid, organization_id, session->user.id); !adopted)
            return refuse(request, adopted.error());
        return http::json(200, {{"success", true}});
    }

    http::Response release(http::Request const& request)
    {
        auto const session = m_access.platform_admin(request);
        if (!session) return refuse(request, session.error());
        RequestFields fields(request.body, {"phone_number"});
        auto const typed = fields.text("phone_number");
        if (fields.problem()) return refuse(request, *fields.problem());
        auto const sid = request.path_param("sid");
        if (auto const problem = wrong_sid(sid)) return refuse(request, *problem);
        if (auto const released = m_drift.release_orphan(sid, typed, session->user.id); !released) return refuse(request, released.error());
        return http::json(200, {{"success", true}});
    }

private:
    static std::optional<Error> wrong_sid(std::string const& sid)
    {
        if (sid.size() <= 34 && sid.starts_with("PN") && is_plain_id(sid)) return {};
        return Error{ErrorKind::Malformed, "invalid_sid", "A number's id at Twilio begins with PN.", "sid"};
    }

    Drift& m_drift;
    sql::Database& m_database;
    Access& m_access;
};

} // namespace

void add_drift_routes(http::Router& router, Drift& drift, sql::Database& database, Access& access)
{
    auto const routes = std::make_shared<DriftRoutes>(drift, database, access);
    router.add({"GET", "/api/admin/drift"}, [routes](http::Request const& request) { return routes->last_look(request); });
    router.add(
        {"POST", "/api/admin/drift/look", http::Body::Json}, [routes](http::Request const& request) { return routes->look(request); });
    router.add(
        {"POST", "/api/admin/drift/repair", http::Body::Json}, [routes](http::Request const& request) { return routes->repair(request); });
    router.add({"GET", "/api/admin/orphans"}, [routes](http::Request const& request) { return routes->orphans(request); });
    router.add({"POST", "/api/admin/orphans/{sid}/adopt", http::Body::Json},
        [routes](http::Request const& request) { return routes->adopt(request); });
    router.add({"POST", "/api/admin/orphans/{sid}/release", http::Body::Json},
        [routes](http::Request const& request) { return routes->release(request); });
}
