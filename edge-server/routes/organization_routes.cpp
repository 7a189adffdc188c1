#include "edge-server/routes/organization_routes.h"
#include "edge-server/config.h"
#include "edge-server/http/reply.h"
#include "edge-server/services/outreach.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/answers.h"
#include "edge-server/store/budget_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/provisioning_store.h"
#include "shared/base/text.h"

namespace {

class OrganizationRoutes {
public:
    OrganizationRoutes(
        Provisioning& provisioning, std::function<void()> wake_lines, sql::Database& database, Access& access, Config const& config)
        : m_provisioning(provisioning), m_wake_lines(std::move(wake_lines)), m_database(database), m_access(access), m_config(config)
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
        Changes changes;
        if (auto const problem = read_changes(request.body, changes)) return refuse(request, *problem);
        if ((changes.outbound_allowed || changes.group) && session->user.platform_role != "admin")
            return refuse(request,
                {ErrorKind::Forbidden, "platform_only", "This is for the platform's admins.",
                    changes.outbound_allowed ? "outbound_allowed" : "group"});
        auto const changed = m_database.write(sql::Scope::organization(id), [&](sql::Writer& db) -> Outcome {
            if (changes.forwarding_number && !changes.forwarding_number->empty())
                if (auto const problem = check_forwarding_number(db, m_config, *changes.forwarding_number)) return *problem;
            return apply(db, id, changes, session->user.id);
        });
        if (!changed) return refuse(request, changed.error());
        return reply(request, m_database.read(sql::Scope::organization(id), [&](sql::Reader& db) { return answer_organization(db, id); }));
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
    struct Changes {
        std::optional<std::string> name, time_zone, forwarding_number, group;
        std::optional<bool> outbound_allowed, shares_opt_outs;
        std::optional<std::int64_t> monthly_budget;
        std::string as_json; // for the audit log: what was asked for
    };

    static std::optional<Error> read_changes(std::string const& body, Changes& changes)
    {
        RequestFields fields(
            body, {"name", "time_zone", "outbound_allowed", "forwarding_number", "group", "shares_opt_outs", "monthly_budget"});
        changes.name = fields.optional_text("name");
        changes.time_zone = fields.optional_text("time_zone");
        changes.forwarding_number = fields.optional_text("forwarding_number");
        changes.group = fields.optional_text("group");
        changes.outbound_allowed = fields.optional_flag("outbound_allowed");
        changes.shares_opt_outs = fields.optional_flag("shares_opt_outs");
        auto const budget = fields.optional_text("monthly_budget");
        if (fields.problem()) return fields.problem();
        if (changes.name) {
            changes.name = trimmed(*changes.name);
            if (auto problem = check_organization_name(*changes.name)) {
                problem->field = "name";
                return problem;
            }
        }
        if (changes.time_zone && changes.time_zone->empty()) return Error{ErrorKind::Invalid, "required", "This is missing.", "time_zone"};
        if (auto const problem = check_time_zone(changes.time_zone.value_or(""))) return problem;
        if (auto const problem = check_group(changes.group.value_or(""))) return problem;
        if (budget && !(changes.monthly_budget = micro_dollars_of(*budget)))
            return Error{ErrorKind::Invalid, "invalid_amount", "Write dollars, such as 50.00.", "monthly_budget"};
        changes.as_json = Json::parse(body).dump(-1, ' ', false, Json::error_handler_t::replace);
        return {};
    }

    static Outcome apply(sql::Writer& db, std::string const& id, Changes const& changes, std::string const& actor)
    {
        auto summary = find_organization(db, id);
        if (!summary) return no_organization();
        auto& organization = summary->organization;
        auto settings = find_settings(db, id);
        auto const take = [](auto const& change, auto& target) {
            if (change) target = *change;
        };
        take(changes.name, organization.name);
        take(changes.time_zone, organization.time_zone);
        take(changes.outbound_allowed, settings.outbound_allowed);
        take(changes.forwarding_number, settings.forwarding_number);
        take(changes.group, settings.group);
        take(changes.shares_opt_outs, settings.shares_opt_outs);
        update_settings(db, id, settings);
        if (changes.monthly_budget) set_budget(db, id, *changes.monthly_budget);
        update_organization_settings(db, organization); // and tells that it changed
        append_audit(db, {id, actor, "settings_changed", id, changes.as_json}, sha256_hex);
        return Nothing{};
    }

    static Viewer viewer_of(Session const& session) { return {session.user.platform_role.empty() ? session.user.id : std::string()}; }

    Provisioning& m_provisioning;
    std::function<void()> m_wake_lines;
    sql::Database& m_database;
    Access& m_access;
    Config const& m_config;
};

} // namespace

void add_organization_routes(http::Router& router, Provisioning& provisioning, std::function<void()> wake_lines, sql::Database& database,
    Access& access, Config const& config)
{
    auto const routes = std::make_shared<OrganizationRoutes>(provisioning, std::move(wake_lines), database, access, config);
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
