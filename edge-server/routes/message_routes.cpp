#include "edge-server/routes/message_routes.h"
#include "edge-server/http/reply.h"
#include "edge-server/store/message_answers.h"
#include "shared/api/records.h"

#include <algorithm>

namespace {

std::optional<Error> wrong_key(std::string const& key)
{
    constexpr std::size_t longest_key = 255;
    bool const right = key.size() <= longest_key && std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (right) return {};
    return Error{ErrorKind::Malformed, "invalid_key", "An Idempotency-Key has at most 255 visible ASCII characters.", "Idempotency-Key"};
}

class MessageRoutes {
public:
    MessageRoutes(Texts& texts, sql::Database& database, Access& access) : m_texts(texts), m_database(database), m_access(access) { }

    http::Response threads(http::Request const& request)
    {
        auto const organization_id = request.query("organization_id").value_or("");
        auto const session = organization_id.empty() ? m_access.signed_in(request) : m_access.member_or_platform(request, organization_id);
        if (!session) return refuse(request, session.error());
        Viewer const viewer{session->user.platform_role.empty() ? session->user.id : std::string()};
        return reply(
            request, m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return answer_threads(db, viewer, request.query); }));
    }

    http::Response list(http::Request const& request)
    {
        auto const id = request.path_param("id");
        auto const session = m_access.member_or_platform(request, id);
        if (!session) return refuse(request, session.error());
        return reply(
            request, m_database.read(sql::Scope::organization(id), [&](sql::Reader& db) { return answer_texts(db, id, request.query); }));
    }

    http::Response send(http::Request const& request)
    {
        auto const id = request.path_param("id");
        auto const session = m_access.member_or_platform_admin(request, id);
        if (!session) return refuse(request, session.error());
        auto const key = request.header("Idempotency-Key");
        if (auto const problem = wrong_key(key)) return refuse(request, *problem);
        RequestFields fields(request.body, {"to_number", "lead_id", "body"});
        NewText text{id, fields.optional_text("lead_id").value_or(""), fields.optional_text("to_number").value_or(""), fields.text("body"),
            session->user.id, key};
        if (fields.problem()) return refuse(request, *fields.problem());
        if (text.lead_id.empty() == text.to_number.empty())
            return refuse(request, {ErrorKind::Invalid, "required", "Name either a lead or a number.", "to_number"});
        auto const written
            = m_database.write(sql::Scope::organization(id), [&](sql::Writer& db) { return m_texts.write(db, text, now()); });
        if (!written) return refuse(request, written.error());
        m_texts.wake();
        return http::json(201, {{"message", to_json(*written)}});
    }

private:
    Texts& m_texts;
    sql::Database& m_database;
    Access& m_access;
};

} // namespace

void add_message_routes(http::Router& router, Texts& texts, sql::Database& database, Access& access)
{
    auto const routes = std::make_shared<MessageRoutes>(texts, database, access);
    router.add({"GET", "/api/threads"}, [routes](http::Request const& request) { return routes->threads(request); });
    router.add({"GET", "/api/organizations/{id}/messages"}, [routes](http::Request const& request) { return routes->list(request); });
    router.add({"POST", "/api/organizations/{id}/messages", http::Body::Json},
        [routes](http::Request const& request) { return routes->send(request); });
}
