#include "edge-server/routes/organization_routes.h"
#include "edge-server/http/reply.h"
#include "edge-server/routes/paging.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/phone_number_store.h"
#include "edge-server/store/provisioning_store.h"
#include "shared/api/records.h"
#include "shared/base/text.h"

namespace {

Error no_organization()
{
    return {ErrorKind::NotFound, "not_found", "There is no such organisation."};
}

Json shown(OrganizationSummary const& summary)
{
    auto json = to_json(summary.organization, summary.status);
    json["phone_number"] = summary.phone_number.empty() ? Json(nullptr) : Json(summary.phone_number);
    return json;
}

class OrganizationRoutes {
public:
    OrganizationRoutes(Provisioning& provisioning, sql::Database& database, Access& access)
        : m_provisioning(provisioning), m_database(database), m_access(access)
    {
    }

    http::Response list(http::Request const& request)
    {
        auto const session = m_access.signed_in(request);
        if (!session) return refuse(request, session.error());
        auto const paging = paging_of(request);
        if (!paging) return refuse(request, paging.error());
        auto const search = request.query("search").value_or("");
        if (search.size() > 200) return refuse(request, {ErrorKind::Malformed, "too_long", "A search has 200 bytes at most.", "search"});
        bool const everyone = !session->user.platform_role.empty();
        OrganizationPage const page{search, paging->cursor, everyone ? std::string() : session->user.id, paging->limit + 1};
        auto found = m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return list_organizations(db, page); });
        Json next = nullptr;
        if (found.size() > static_cast<std::size_t>(paging->limit)) {
            found.pop_back();
            next = found.back().organization.id;
        }
        auto organizations = Json::array();
        for (auto const& summary : found)
            organizations.push_back(shown(summary));
        return http::json(200, {{"organizations", organizations}, {"next_cursor", next}});
    }

    http::Response detail(http::Request const& request)
    {
        auto const id = request.path_param("id");
        auto const session = m_access.member_or_platform(request, id);
        if (!session) return refuse(request, session.error());
        auto const found = find(id);
        return found ? http::json(200, {{"organization", shown(*found)}}) : refuse(request, no_organization());
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
        return changed ? http::json(200, {{"organization", shown(*changed)}}) : refuse(request, changed.error());
    }

    http::Response phone_numbers(http::Request const& request)
    {
        auto const id = request.path_param("id");
        auto const session = m_access.member_or_platform(request, id);
        if (!session) return refuse(request, session.error());
        if (!find(id)) return refuse(request, no_organization());
        auto numbers = Json::array();
        for (auto const& number :
            m_database.read(sql::Scope::organization(id), [&](sql::Reader& db) { return list_phone_numbers(db, id); }))
            numbers.push_back(to_json(number));
        return http::json(200, {{"phoneNumbers", numbers}});
    }

    http::Response provisioning(http::Request const& request)
    {
        auto const id = request.path_param("id");
        auto const session = m_access.member_or_platform(request, id);
        if (!session) return refuse(request, session.error());
        auto const answer = m_database.read(sql::Scope::organization(id), [&](sql::Reader& db) -> Result<Json> {
            auto const run = find_run_of(db, id);
            if (!run) return Error{ErrorKind::NotFound, "not_found", "This organisation has no provisioning run."};
            return to_json(*run, list_steps(db, run->id));
        });
        return answer ? http::json(200, *answer) : refuse(request, answer.error());
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
            auto const retried = Provisioning::retry(db, id);
            if (retried) append_audit(db, {id, session->user.id, "provisioning_retried", id, area_code.value_or("")}, sha256_hex);
            return retried;
        });
        if (!done) return refuse(request, done.error());
        m_provisioning.wake();
        return provisioning(request);
    }

private:
    std::optional<OrganizationSummary> find(std::string const& id)
    {
        return m_database.read(sql::Scope::organization(id), [&](sql::Reader& db) { return find_organization(db, id); });
    }

    Provisioning& m_provisioning;
    sql::Database& m_database;
    Access& m_access;
};

} // namespace

void add_organization_routes(http::Router& router, Provisioning& provisioning, sql::Database& database, Access& access)
{
    auto const routes = std::make_shared<OrganizationRoutes>(provisioning, database, access);
    router.add({"GET", "/api/organizations"}, [routes](http::Request const& request) { return routes->list(request); });
    router.add({"GET", "/api/organizations/{id}"}, [routes](http::Request const& request) { return routes->detail(request); });
    router.add(
        {"PATCH", "/api/organizations/{id}", http::Body::Json}, [routes](http::Request const& request) { return routes->change(request); });
    router.add({"GET", "/api/organizations/{id}/phone-numbers"},
        [routes](http::Request const& request) { return routes->phone_numbers(request); });
    router.add(
        {"GET", "/api/organizations/{id}/provisioning"}, [routes](http::Request const& request) { return routes->provisioning(request); });
    router.add({"POST", "/api/organizations/{id}/provisioning/retry", http::Body::Json},
        [routes](http::Request const& request) { return routes->retry(request); });
}
