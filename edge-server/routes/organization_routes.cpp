#include "edge-server/routes/organization_routes.h"
#include "edge-server/http/reply.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/answers.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/provisioning_store.h"
#include "shared/base/text.h"

namespace {

class OrganizationRoutes {
public:
    OrganizationRoutes(Provisioning& provisioning, std::function<void()> wake_lines, sql::Database& database, Access& access)
        : m_provisioning(provisioning), m_wake_lines(std::move(wake_lines)), m_database(database), m_access(access)
    {
    }

    http::Response list(http::Request const& request)
    {
        auto const session = m_access.signed_in(request);
        if (!session) return refuse(request, session.error());
        auto const answer = m_database.read(
            sql::Scope::platform(), [&](sql::Reader& db) { return answer_organizations(db, viewer_of(*session), request.query); });
        return reply(request, answer);
    }

    http::Response all_numbers(http::Request const& request)
    {
        auto const session = m_access.signed_in(request);
        if (!session) return refuse(request, session.error());
        auto const answer = m_database.read(
            sql::Scope::platform(), [&](sql::Reader& db) { return answer_phone_numbers(db, viewer_of(*session), request.query); });
        return reply(request, answer);
    }

    http::Response detail(http::Request const& request)
    {
        auto const id = request.path_param("id");
        auto const session = m_access.member_or_platform(request, id);
        if (!session) return refuse(request, session.error());
        return reply(request, m_database.read(sql::Scope::organization(id), [&](sql::Reader& db) { return answer_organization(db, id); }));
    }

    http::Response change(http::Request const& request)
    {
        auto const id = request.path_param("id");
        auto const session = m_access.organization_admin_or_platform(request, id);
        if (!session) return refuse(request, session.error());
        RequestFields fields(request.body, {"name", "time_zone"});
        auto name = fields.optional_text("name");
        auto const time_zone = fields.optional_text("time_zone");
        if (fields.problem()) return refuse(request, *fields.problem());
        if (name) {
            name = trimmed(*name);
            if (auto problem = check_organization_name(*name)) {
                problem->field = "name";
                return refuse(request, *problem);
            }
        }
        if (time_zone) {
            if (time_zone->empty()) return refuse(request, {ErrorKind::Invalid, "required", "This is missing.", "time_zone"});
            if (auto const problem = check_time_zone(*time_zone)) return refuse(request, *problem);
        }
        auto const changed = m_database.write(sql::Scope::organization(id), [&](sql::Writer& db) -> Result<OrganizationSummary> {
            auto summary = find_organization(db, id);
            if (!summary) return no_organization();
            if (name) summary->organization.name = *name;
            if (time_zone) summary->organization.time_zone = *time_zone;
            update_organization_settings(db, summary->organization);
            append_audit(db,
                {id, session->user.id, "settings_changed", id,
                    Json{{"name", name.value_or("")}, {"time_zone", time_zone.value_or("")}}.dump()},
                sha256_hex);
            return *summary;
        });
        return changed ? http::json(200, {{"organization", to_json(*changed)}}) : refuse(request, changed.error());
    }

    http::Response phone_numbers(http::Request const& request)
    {
        auto const id = request.path_param("id");
        auto const session = m_access.member_or_platform(request, id);
        if (!session) return refuse(request, session.error());
        return reply(request, m_database.read(sql::Scope::organization(id), [&](sql::Reader& db) { return answer_numbers_of(db, id); }));
    }

    http::Response provisioning(http::Request const& request)
    {
        auto const id = request.path_param("id");
        auto const session = m_access.member_or_platform(request, id);
        if (!session) return refuse(request, session.error());
        return reply(request, m_database.read(sql::Scope::organization(id), [&](sql::Reader& db) { return answer_provisioning(db, id); }));
    }

    // The state is the organisation's at once; its line follows, as fast as the vendors answer.
    http::Response change_life(http::Request const& request, Outcome (*step)(sql::Writer&, std::string const&), char const* action)
    {
        auto const id = request.path_param("id");
        auto const session = m_access.platform_admin(request);
        if (!session) return refuse(request, session.error());
        if (!request.body.empty())
            if (RequestFields const fields(request.body, {}); fields.problem()) return refuse(request, *fields.problem());
        auto const changed = m_database.write(sql::Scope::organization(id), [&](sql::Writer& db) -> Outcome {
            auto const before = find_organization(db, id);
            auto const done = step(db, id);
            if (done && find_organization(db, id)->organization.state != before->organization.state)
                append_audit(db, {id, session->user.id, std::string("organization_") + action, id}, sha256_hex);
            return done;
        });
        if (!changed) return refuse(request, changed.error());
        m_wake_lines();
        return reply(request, m_database.read(sql::Scope::organization(id), [&](sql::Reader& db) { return answer_organization(db, id); }));
    }

    http::Response retry(http::Request const& request)
    {
        auto const id = request.path_param("id");
        auto const session = m_access.platform_admin(request);
        if (!session) return refuse(request, session.error());
        std::optional<std::string> area_code;
        if (!request.body.empty()) {
            RequestFields fields(request.body, {"area_code"});
            area_code = fields.optional_text("area_code");
            if (fields.problem()) return refuse(request, *fields.problem());
            if (auto const problem = check_area_code(area_code.value_or(""))) return refuse(request, *problem);
        }
        auto const done = m_database.write(sql::Scope::organization(id), [&](sql::Writer& db) -> Outcome {
            if (!find_organization(db, id)) return no_organization();
            if (area_code) {
                auto run = find_run_of(db, id);
                if (!run || !run->phone_number_id.empty())
                    return Error{ErrorKind::Conflict, "number_exists", "The organisation has a number already.", "area_code"};
                run->area_code = *area_code;
                update_run(db, *run);
            }
            bool const line_retried = !area_code && Lines::retry(db, id);
            auto const retried = line_retried ? Outcome(Nothing{}) : Provisioning::retry(db, id);
            if (retried) append_audit(db, {id, session->user.id, "provisioning_retried", id, area_code.value_or("")}, sha256_hex);
            return retried;
        });
        if (!done) return refuse(request, done.error());
        m_provisioning.wake();
        m_wake_lines();
        return provisioning(request);
    }

private:
    static Viewer viewer_of(Session const& session) { return {session.user.platform_role.empty() ? session.user.id : std::string()}; }

    Provisioning& m_provisioning;
    std::function<void()> m_wake_lines;
    sql::Database& m_database;
    Access& m_access;
};

} // namespace

void add_organization_routes(
    http::Router& router, Provisioning& provisioning, std::function<void()> wake_lines, sql::Database& database, Access& access)
{
    auto const routes = std::make_shared<OrganizationRoutes>(provisioning, std::move(wake_lines), database, access);
    router.add({"GET", "/api/organizations"}, [routes](http::Request const& request) { return routes->list(request); });
    router.add({"GET", "/api/phone-numbers"}, [routes](http::Request const& request) { return routes->all_numbers(request); });
    router.add({"GET", "/api/organizations/{id}"}, [routes](http::Request const& request) { return routes->detail(request); });
    router.add(
        {"PATCH", "/api/organizations/{id}", http::Body::Json}, [routes](http::Request const& request) { return routes->change(request); });
    router.add({"GET", "/api/organizations/{id}/phone-numbers"},
        [routes](http::Request const& request) { return routes->phone_numbers(request); });
    router.add(
        {"GET", "/api/organizations/{id}/provisioning"}, [routes](http::Request const& request) { return routes->provisioning(request); });
    router.add({"POST", "/api/organizations/{id}/suspend", http::Body::Json},
        [routes](http::Request const& request) { return routes->change_life(request, Lines::suspend, "suspended"); });
    router.add({"POST", "/api/organizations/{id}/resume", http::Body::Json},
        [routes](http::Request const& request) { return routes->change_life(request, Lines::resume, "resumed"); });
    router.add({"POST", "/api/organizations/{id}/close", http::Body::Json},
        [routes](http::Request const& request) { return routes->change_life(request, Lines::close, "closed"); });
    router.add({"POST", "/api/organizations/{id}/provisioning/retry", http::Body::Json},
        [routes](http::Request const& request) { return routes->retry(request); });
}
