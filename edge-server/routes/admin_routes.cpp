#include "edge-server/routes/admin_routes.h"
#include "edge-server/http/reply.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/answers.h"
#include "edge-server/store/notification_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/phone_number_store.h"
#include "edge-server/store/provisioning_store.h"
#include "shared/api/records.h"

#include <algorithm>

namespace {

constexpr std::chrono::seconds activation_wait{20};

class AdminRoutes {
public:
    AdminRoutes(Provisioning& provisioning, sql::Database& database, Access& access, std::function<Json()> providers)
        : m_provisioning(provisioning), m_database(database), m_access(access), m_providers(std::move(providers))
    {
    }

    http::Response notifications(http::Request const& request)
    {
        auto const session = m_access.platform_reader(request);
        if (!session) return refuse(request, session.error());
        return reply(
            request, m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return answer_notifications(db, request.query); }));
    }

    http::Response notification(http::Request const& request)
    {
        auto const session = m_access.platform_reader(request);
        if (!session) return refuse(request, session.error());
        return reply(request,
            m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return answer_notification(db, request.path_param("id")); }));
    }

    http::Response overview(http::Request const& request)
    {
        auto const session = m_access.platform_reader(request);
        if (!session) return refuse(request, session.error());
        return reply(request, m_database.read(sql::Scope::platform(), [&](sql::Reader& db) {
            return answer_overview(db, request.query, now(), m_providers());
        }));
    }

    http::Response decide(http::Request const& request, std::string const& status)
    {
        auto const session = m_access.platform_admin(request);
        if (!session) return refuse(request, session.error());
        if (!request.body.empty())
            if (RequestFields const fields(request.body, {}); fields.problem()) return refuse(request, *fields.problem());
        auto const id = request.path_param("id");
        auto const decided = m_database.write(sql::Scope::platform(), [&](sql::Writer& db) -> Result<Notification> {
            auto const found = find_notification(db, id);
            if (!found) return Error{ErrorKind::NotFound, "not_found", "There is no such notification."};
            if (found->status != "pending")
                return Error{ErrorKind::Conflict, "already_decided", "This notification is " + found->status + " already."};
            decide_notification(db, id, status, session->user.id);
            append_audit(db, {found->organization_id, session->user.id, "notification_" + status, id, found->type}, sha256_hex);
            return *find_notification(db, id);
        });
        return decided ? http::json(200, {{"notification", to_json(*decided)}}) : refuse(request, decided.error());
    }

    http::Response activate(http::Request const& request)
    {
        auto const session = m_access.platform_admin(request);
        if (!session) return refuse(request, session.error());
        RequestFields fields(request.body, {"elevenLabsPhoneId"});
        auto const phone_id = fields.text("elevenLabsPhoneId");
        if (fields.problem()) return refuse(request, *fields.problem());
        bool const right = phone_id.size() <= 128
            && std::all_of(phone_id.begin(), phone_id.end(), [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; });
        if (!right)
            return refuse(request,
                {ErrorKind::Invalid, "invalid_phone_id", "A phone id has letters, digits, _ and - only, 128 at most.",
                    "elevenLabsPhoneId"});

        auto e164 = request.path_param("number");
        if (e164.starts_with(' ')) e164[0] = '+'; // an unencoded + that a proxy took for a space
        if (!is_e164(e164))
            return refuse(request, {ErrorKind::Malformed, "invalid_number", "A number is written like +16041234567.", "number"});
        auto const begun = m_database.write(sql::Scope::platform(), [&](sql::Writer& db) -> Result<PhoneNumber> {
            auto number = find_owned_number(db, e164);
            if (!number) return Error{ErrorKind::NotFound, "not_found", "No organisation has the number " + e164 + ".", "number"};
            if (number->is_active && number->elevenlabs_phone_id == phone_id) return *number; // done already: the same answer again
            auto const activated = Provisioning::activate(db, *number, phone_id);
            if (!activated) return activated.error();
            append_audit(db, {number->organization_id, session->user.id, "number_activated", number->id, phone_id}, sha256_hex);
            return *number;
        });
        if (!begun) return refuse(request, begun.error());
        m_provisioning.wake();
        m_provisioning.await(begun->organization_id, std::chrono::steady_clock::now() + activation_wait);

        struct Known {
            PhoneNumber number;
            ProvisioningRun run;
        };
        auto const known = m_database.read(sql::Scope::organization(begun->organization_id), [&](sql::Reader& db) {
            return Known{*find_phone_number(db, begun->id), *find_run_of(db, begun->organization_id)};
        });
        if (known.run.state == "needs_attention")
            return refuse(
                request, {ErrorKind::Invalid, "activation_failed", known.run.cause + " " + known.run.next_step, "elevenLabsPhoneId"});
        if (!known.number.is_active)
            return refuse(
                request, {ErrorKind::Unavailable, "still_checking", "The number is still being checked. Look again in a moment.", {}, 5});
        return http::json(200, {{"success", true}, {"phone_number", to_json(known.number)}});
    }

private:
    Provisioning& m_provisioning;
    sql::Database& m_database;
    Access& m_access;
    std::function<Json()> m_providers;
};

} // namespace

void add_admin_routes(
    http::Router& router, Provisioning& provisioning, sql::Database& database, Access& access, std::function<Json()> providers)
{
    auto const routes = std::make_shared<AdminRoutes>(provisioning, database, access, std::move(providers));
    router.add({"GET", "/api/admin/notifications"}, [routes](http::Request const& request) { return routes->notifications(request); });
    router.add({"GET", "/api/admin/notifications/{id}"}, [routes](http::Request const& request) { return routes->notification(request); });
    router.add({"GET", "/api/admin/overview"}, [routes](http::Request const& request) { return routes->overview(request); });
    router.add({"POST", "/api/admin/notifications/{id}/resolve", http::Body::Json},
        [routes](http::Request const& request) { return routes->decide(request, "resolved"); });
    router.add({"POST", "/api/admin/notifications/{id}/dismiss", http::Body::Json},
        [routes](http::Request const& request) { return routes->decide(request, "dismissed"); });
    router.add({"POST", "/api/admin/phone-numbers/{number}/activate", http::Body::Json},
        [routes](http::Request const& request) { return routes->activate(request); });
}
