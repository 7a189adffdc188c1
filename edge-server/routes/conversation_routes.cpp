#include "edge-server/routes/conversation_routes.h"
#include "edge-server/http/reply.h"
#include "edge-server/store/traffic_answers.h"

namespace {

class ConversationRoutes {
public:
    ConversationRoutes(sql::Database& database, Access& access) : m_database(database), m_access(access) { }

    using AnswerList = Result<Json> (*)(sql::Reader&, Viewer const&, std::string const&, Query const&);

    // Of all that one may see, or of the organisation that the address names.
    http::Response list(http::Request const& request, AnswerList answer)
    {
        auto const id = request.query("organization_id").value_or("");
        if (!id.empty()) return list_of(request, id, answer);
        auto const session = m_access.signed_in(request);
        if (!session) return refuse(request, session.error());
        Viewer const viewer{session->user.platform_role.empty() ? session->user.id : std::string()};
        return reply(
            request, m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return answer(db, viewer, {}, request.query); }));
    }

    http::Response list_of(http::Request const& request, std::string const& organization_id, AnswerList answer)
    {
        auto const session = m_access.member_or_platform(request, organization_id);
        if (!session) return refuse(request, session.error());
        return reply(request, m_database.read(sql::Scope::organization(organization_id), [&](sql::Reader& db) {
            return answer(db, {}, organization_id, request.query);
        }));
    }

    http::Response conversation(http::Request const& request)
    {
        auto const organization_id = request.path_param("id");
        auto const session = m_access.member_or_platform(request, organization_id);
        if (!session) return refuse(request, session.error());
        return reply(request, m_database.read(sql::Scope::organization(organization_id), [&](sql::Reader& db) {
            return answer_conversation(db, organization_id, request.path_param("conversation"));
        }));
    }

private:
    sql::Database& m_database;
    Access& m_access;
};

} // namespace

void add_conversation_routes(http::Router& router, sql::Database& database, Access& access)
{
    auto const routes = std::make_shared<ConversationRoutes>(database, access);
    auto const add_lists = [&](std::string const& name, ConversationRoutes::AnswerList answer) {
        router.add({"GET", "/api/" + name}, [routes, answer](http::Request const& request) { return routes->list(request, answer); });
        router.add({"GET", "/api/organizations/{id}/" + name},
            [routes, answer](http::Request const& request) { return routes->list_of(request, request.path_param("id"), answer); });
    };
    add_lists("conversations", answer_conversations);
    add_lists("leads", answer_leads);
    add_lists("activity", answer_activity);
    router.add({"GET", "/api/organizations/{id}/conversations/{conversation}"},
        [routes](http::Request const& request) { return routes->conversation(request); });
}
