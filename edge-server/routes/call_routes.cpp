#include "edge-server/routes/call_routes.h"
#include "edge-server/http/reply.h"
#include "edge-server/store/conversation_store.h"
#include "shared/base/text.h"

#include <algorithm>

namespace {

constexpr std::chrono::seconds longest_wait{10};
constexpr std::size_t key_limit = 255;

class CallRoutes {
public:
    CallRoutes(OutboundCalls& calls, sql::Database& database, Access& access) : m_calls(calls), m_database(database), m_access(access) { }

    http::Response begin(http::Request const& request)
    {
        auto const id = request.path_param("id");
        auto const session = m_access.member_or_platform(request, id);
        if (!session) return refuse(request, session.error());
        if (session->user.platform_role == "viewer")
            return refuse(request, {ErrorKind::Forbidden, "viewer", "A viewer sees everything and changes nothing."});
        RequestFields fields(request.body, {"to_number", "lead_id", "reason"});
        OutboundCalls::Order order{id, fields.optional_text("lead_id").value_or(""), fields.optional_text("to_number").value_or(""),
            trimmed(fields.optional_text("reason").value_or("")), session->user.id, request.header("Idempotency-Key")};
        if (fields.problem()) return refuse(request, *fields.problem());
        if (order.lead_id.empty() && order.to_number.empty())
            return refuse(request, {ErrorKind::Invalid, "required", "Name a number or a lead.", "to_number"});
        if (!order.lead_id.empty() && !order.to_number.empty())
            return refuse(request, {ErrorKind::Invalid, "ambiguous", "Name a number or a lead, not both.", "to_number"});
        if (auto const problem = wrong_key(order.request_key)) return refuse(request, *problem);
        auto const deadline = std::chrono::steady_clock::now() + longest_wait;
        auto const begun = m_calls.begin(order);
        if (!begun) return refuse(request, begun.error());
        return http::json(201, to_answer(m_calls.await(*begun, deadline)));
    }

    http::Response show(http::Request const& request)
    {
        auto const id = request.path_param("id");
        auto const session = m_access.member_or_platform(request, id);
        if (!session) return refuse(request, session.error());
        auto const found = m_database.read(
            sql::Scope::organization(id), [&](sql::Reader& db) { return find_attempt(db, id, request.path_param("attempt")); });
        if (!found) return refuse(request, {ErrorKind::NotFound, "not_found", "There is no such call."});
        return http::json(200, to_answer(*found));
    }

private:
    static std::optional<Error> wrong_key(std::string const& key)
    {
        bool const visible = std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7F; });
        if (visible && key.size() <= key_limit) return {};
        return Error{
            ErrorKind::Malformed, "invalid_key", "An Idempotency-Key has visible ASCII characters only, 255 at most.", "Idempotency-Key"};
    }

    Json to_answer(CallAttempt const& attempt)
    {
        auto const conversation = m_database.read(sql::Scope::organization(attempt.organization_id),
            [&](sql::Reader& db) { return find_conversation_by_attempt(db, attempt.id); });
        return {{"call",
            {{"id", attempt.id}, {"state", attempt.state}, {"cause", attempt.cause.empty() ? Json(nullptr) : Json(attempt.cause)},
                {"conversation_id", conversation ? Json(conversation->id) : Json(nullptr)}, {"to_number", attempt.to_number}}}};
    }

    OutboundCalls& m_calls;
    sql::Database& m_database;
    Access& m_access;
};

} // namespace

void add_call_routes(http::Router& router, OutboundCalls& calls, sql::Database& database, Access& access)
{
    auto const routes = std::make_shared<CallRoutes>(calls, database, access);
    router.add({"POST", "/api/organizations/{id}/calls", http::Body::Json},
        [routes](http::Request const& request) { return routes->begin(request); });
    router.add(
        {"GET", "/api/organizations/{id}/calls/{attempt}"}, [routes](http::Request const& request) { return routes->show(request); });
}
