#include "edge-server/routes/inbox_routes.h"
#include "edge-server/http/reply.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/traffic_answers.h"

namespace {

class InboxRoutes {
public:
    InboxRoutes(Inbox& inbox, sql::Database& database, Access& access) : m_inbox(inbox), m_database(database), m_access(access) { }

    http::Response list(http::Request const& request)
    {
        auto const session = m_access.platform_reader(request);
        if (!session) return refuse(request, session.error());
        return reply(request, m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return answer_inbox(db, request.query); }));
    }

    http::Response item(http::Request const& request)
    {
        auto const session = m_access.platform_reader(request);
        return session ? answer(request) : refuse(request, session.error());
    }

    http::Response replay(http::Request const& request)
    {
        auto const session = m_access.platform_admin(request);
        if (!session) return refuse(request, session.error());
        if (!request.body.empty())
            if (RequestFields const fields(request.body, {}); fields.problem()) return refuse(request, *fields.problem());
        auto const id = request.path_param("id");
        m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
            if (replay_inbox_item(db, id)) append_audit(db, {{}, session->user.id, "inbox_replayed", id}, sha256_hex);
        });
        m_inbox.wake();
        return answer(request);
    }

private:
    http::Response answer(http::Request const& request)
    {
        return reply(request,
            m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return answer_inbox_item(db, request.path_param("id")); }));
    }

    Inbox& m_inbox;
    sql::Database& m_database;
    Access& m_access;
};

} // namespace

void add_inbox_routes(http::Router& router, Inbox& inbox, sql::Database& database, Access& access)
{
    auto const routes = std::make_shared<InboxRoutes>(inbox, database, access);
    router.add({"GET", "/api/admin/inbox"}, [routes](http::Request const& request) { return routes->list(request); });
    router.add({"GET", "/api/admin/inbox/{id}"}, [routes](http::Request const& request) { return routes->item(request); });
    router.add({"POST", "/api/admin/inbox/{id}/replay", http::Body::Json},
        [routes](http::Request const& request) { return routes->replay(request); });
}
