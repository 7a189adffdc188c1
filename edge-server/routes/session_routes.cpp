#include "edge-server/routes/session_routes.h"
#include "edge-server/http/reply.h"
#include "edge-server/store/ledger_store.h"
#include "shared/api/records.h"

void add_session_routes(http::Router& router, Sessions& sessions, sql::Database& database, Access& access, Json const& installation)
{
    auto const who = [&database, installation](Session const& session) {
        auto const [memberships, text_rate] = database.read(sql::Scope::platform(), [&](sql::Reader& db) {
            return std::pair{memberships_of(db, session.user.id), rate_at(db, "sms_segment", now())};
        });
        auto organizations = Json::array();
        for (auto const& membership : memberships)
            organizations.push_back(
                {{"id", membership.organization_id}, {"name", membership.organization_name}, {"role", membership.role}});
        auto const& platform_role = session.user.platform_role;
        return Json{{"user",
                        {{"id", session.user.id}, {"email", session.user.email},
                            {"role", platform_role.empty() ? "member" : "platform_" + platform_role}}},
            {"organizations", organizations}, {"expires_at", to_rfc3339(session.expires_at)}, {"installation", installation},
            {"rates", {{"sms_segment", money(text_rate.micro_dollars)}}}};
    };

    router.add({"POST", "/api/session", http::Body::Json}, [&sessions, &access, who](http::Request const& request) {
        if (auto const foreign = access.foreign_origin(request, false)) return refuse(request, *foreign);
        RequestFields fields(request.body, {"email", "password"});
        auto const email = fields.text("email");
        auto const password = fields.text("password");
        if (fields.problem()) return refuse(request, *fields.problem());
        if (email.size() > 254)
            return refuse(request, {ErrorKind::Invalid, "too_long", "An e-mail address has 254 characters at most.", "email"});
        if (password.size() > 256)
            return refuse(request, {ErrorKind::Invalid, "too_long", "A password has 256 bytes at most.", "password"});
        auto const token = sessions.sign_in(email, password, request.remote_address);
        if (!token) return refuse(request, token.error());
        auto response = http::json(200, who(*sessions.find(*token)));
        response.headers.emplace_back("Set-Cookie", access.cookie_for(*token));
        return response;
    });
    router.add({"GET", "/api/session"}, [&access, who](http::Request const& request) {
        auto const session = access.signed_in(request);
        return session ? http::json(200, who(*session)) : refuse(request, session.error());
    });
    router.add({"DELETE", "/api/session"}, [&sessions, &access](http::Request const& request) {
        auto const session = access.signed_in(request);
        if (!session) return refuse(request, session.error());
        auto const everywhere = request.query("everywhere").value_or("false");
        if (everywhere != "true" && everywhere != "false")
            return refuse(request, {ErrorKind::Malformed, "invalid_value", "Say true or false.", "everywhere"});
        if (everywhere == "true")
            sessions.sign_out_everywhere(session->user.id);
        else
            sessions.sign_out(Access::token_in(request));
        auto response = http::no_content();
        response.headers.emplace_back("Set-Cookie", access.expired_cookie());
        return response;
    });
}
