#include "web-client/api/session_api.h"

#include "shared/base/json.h"
#include "web-client/api/reply.h"

namespace console {

static char const* const path = "/api/session";

static Result<Session> session_of(platform::Reply const& reply)
{
    if (!is_success(reply)) return refusal_of(reply);
    Json const answer = Json::parse(reply.body, nullptr, false);
    Json const& user = member_of(answer, "user");
    Session session{.user = {text_of(user, "id"), text_of(user, "email"), text_of(user, "role")}, .organizations = {}};
    if (session.user.email.empty()) return refusal_of({502, {}});
    if (Json const& organizations = member_of(answer, "organizations"); organizations.is_array()) {
        for (Json const& organization : organizations)
            session.organizations.push_back({text_of(organization, "id"), text_of(organization, "name")});
    }
    return session;
}

void SessionApi::current(std::function<void(Result<Session>)> done)
{
    m_send({"GET", path, {}}, [done](platform::Reply const& reply) { done(session_of(reply)); });
}

void SessionApi::sign_in(std::string const& email, std::string const& password, std::function<void(Result<Session>)> done)
{
    // A password that is not UTF-8 cannot be typed; replacing keeps dump() from throwing.
    auto body = Json{{"email", email}, {"password", password}}.dump(-1, ' ', false, Json::error_handler_t::replace);
    m_send({"POST", path, std::move(body)}, [this, done](platform::Reply const& reply) {
        if (auto session = session_of(reply); session || !is_success(reply)) return done(std::move(session));
        current(done); // signed in, but the answer does not say as whom
    });
}

void SessionApi::sign_out(std::function<void(Outcome)> done)
{
    m_send({"DELETE", path, {}}, [done](platform::Reply const& reply) {
        if (!is_success(reply) && reply.status != 401) return done(refusal_of(reply));
        done(Nothing{});
    });
}

} // namespace console
