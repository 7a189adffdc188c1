#include "edge-server/http/reply.h"
#include "edge-server/routes/conversation_routes.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/lead_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/traffic_answers.h"
#include "shared/base/text.h"

#include <algorithm>

namespace {

constexpr std::size_t detail_limit = 200; // characters
constexpr std::size_t name_limit = 80;
constexpr std::size_t note_limit = 2000;

// Rules for what a person writes of a lead; the first that is broken.
std::optional<Error> check_text(std::optional<std::string>& text, char const* field, std::size_t limit)
{
    if (!text) return {};
    *text = trimmed(*text);
    if (count_code_points(*text) > limit)
        return Error{ErrorKind::Invalid, "too_long", "This has " + std::to_string(limit) + " characters at most.", field};
    if (!is_printable(*text)) return Error{ErrorKind::Invalid, "invalid_text", "This has characters that cannot be shown.", field};
    return {};
}

class LeadRoutes {
public:
    LeadRoutes(sql::Database& database, Access& access) : m_database(database), m_access(access) { }

    http::Response lead(http::Request const& request)
    {
        auto const session = m_access.member_or_platform(request, request.path_param("id"));
        return session ? answer(request) : refuse(request, session.error());
    }

    http::Response change(http::Request const& request)
    {
        RequestFields fields(request.body, {"name", "status", "interest", "trade_in", "appointment", "wants_person"});
        LeadChange change{fields.optional_text("name"), fields.optional_text("status"), fields.optional_text("interest"),
            fields.optional_text("trade_in"), fields.optional_text("appointment"), fields.optional_flag("wants_person")};
        auto problem = fields.problem();
        if (!problem) problem = check_text(change.name, "name", name_limit);
        if (!problem) problem = check_text(change.interest, "interest", detail_limit);
        if (!problem) problem = check_text(change.trade_in, "trade_in", detail_limit);
        if (!problem) problem = check_text(change.appointment, "appointment", detail_limit);
        bool const known = !change.status || change.status->empty()
            || std::find(lead_stages.begin(), lead_stages.end(), *change.status) != lead_stages.end();
        if (!problem && !known)
            problem = Error{ErrorKind::Invalid, "invalid_status",
                "A status is New Inquiry, Returning Customer, Appointment set, Sold or Lost.", "status"};
        return write(request, problem, [&](sql::Writer& db, Session const& session, Lead const& lead) {
            change_lead(db, lead, change);
            append_audit(db, {lead.organization_id, session.user.id, "lead_changed", lead.id, request.body}, sha256_hex);
        });
    }

    http::Response add_note(http::Request const& request)
    {
        RequestFields fields(request.body, {"text"});
        auto const text = trimmed(fields.text("text"));
        auto problem = fields.problem();
        if (!problem && text.empty()) problem = Error{ErrorKind::Invalid, "required", "This is missing.", "text"};
        if (!problem && count_code_points(text) > note_limit)
            problem = Error{ErrorKind::Invalid, "too_long", "A note has 2000 characters at most.", "text"};
        if (!problem && (!is_valid_utf8(text) || text.find('\0') != std::string::npos))
            problem = Error{ErrorKind::Invalid, "invalid_text", "This has characters that cannot be shown.", "text"};
        return write(request, problem, [&](sql::Writer& db, Session const& session, Lead const& lead) {
            insert_note(db, lead.organization_id, lead.id, session.user.id, text);
        });
    }

    http::Response read(http::Request const& request)
    {
        return write(request, {}, [](sql::Writer& db, Session const&, Lead const& lead) { mark_read(db, lead.organization_id, lead.id); });
    }

private:
    http::Response answer(http::Request const& request)
    {
        auto const organization_id = request.path_param("id");
        return reply(request, m_database.read(sql::Scope::organization(organization_id), [&](sql::Reader& db) {
            return answer_lead(db, organization_id, request.path_param("lead"));
        }));
    }

    // Who asks comes before what is wrong with the question.
    template <typename F>
    http::Response write(http::Request const& request, std::optional<Error> const& problem, F&& f)
    {
        auto const organization_id = request.path_param("id");
        auto const session = m_access.member_or_platform_admin(request, organization_id);
        if (!session) return refuse(request, session.error());
        if (problem) return refuse(request, *problem);
        auto const done = m_database.write(sql::Scope::organization(organization_id), [&](sql::Writer& db) -> Outcome {
            auto const lead = find_lead(db, organization_id, request.path_param("lead"));
            if (!lead) return no_lead();
            f(db, *session, *lead);
            return Nothing{};
        });
        return done ? answer(request) : refuse(request, done.error());
    }

    sql::Database& m_database;
    Access& m_access;
};

} // namespace

void add_lead_routes(http::Router& router, sql::Database& database, Access& access)
{
    auto const routes = std::make_shared<LeadRoutes>(database, access);
    std::string const path = "/api/organizations/{id}/leads/{lead}";
    router.add({"GET", path}, [routes](http::Request const& request) { return routes->lead(request); });
    router.add({"PATCH", path, http::Body::Json}, [routes](http::Request const& request) { return routes->change(request); });
    router.add({"POST", path + "/notes", http::Body::Json}, [routes](http::Request const& request) { return routes->add_note(request); });
    router.add({"POST", path + "/read", http::Body::Json}, [routes](http::Request const& request) { return routes->read(request); });
}
