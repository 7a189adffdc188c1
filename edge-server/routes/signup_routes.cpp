#include "edge-server/routes/signup_routes.h"
#include "edge-server/config.h"
#include "edge-server/http/reply.h"
#include "edge-server/routes/signup_page.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/ledger_store.h"
#include "edge-server/store/phone_number_store.h"
#include "edge-server/store/provisioning_store.h"

#include <algorithm>

namespace {

constexpr std::chrono::seconds signup_wait{10};

std::string percent_decoded(std::string_view text)
{
    auto const digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    };
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
            decoded += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
            i += 2;
        } else
            decoded += text[i] == '+' ? ' ' : text[i];
    }
    return decoded;
}

std::string form_value(std::string const& body, std::string_view name)
{
    for (std::size_t start = 0; start <= body.size();) {
        auto const end = std::min(body.find('&', start), body.size());
        auto const pair = std::string_view(body).substr(start, end - start);
        auto const equals = pair.find('=');
        if (equals != std::string_view::npos && percent_decoded(pair.substr(0, equals)) == name)
            return percent_decoded(pair.substr(equals + 1));
        start = end + 1;
    }
    return {};
}

class SignupRoutes {
public:
    SignupRoutes(Signups& signups, Provisioning& provisioning, sql::Database& database, Access& access, http::Files const& files,
        Config const& config)
        : m_signups(signups), m_provisioning(provisioning), m_database(database), m_access(access), m_files(files), m_config(config)
    {
    }

    http::Response api(http::Request const& request)
    {
        if (auto const foreign = m_access.foreign_origin(request, false)) return refuse(request, *foreign);
        RequestFields fields(request.body, {"email", "password", "organization_name", "organization_slug", "area_code", "time_zone"});
        Signup const signup{fields.text("email"), fields.text("password"), fields.text("organization_name"),
            fields.text("organization_slug"), fields.optional_text("area_code").value_or(""),
            fields.optional_text("time_zone").value_or("")};
        if (fields.problem()) return refuse(request, *fields.problem());
        auto const deadline = std::chrono::steady_clock::now() + signup_wait; // hashing the password may have to wait for others'
        auto const accepted = m_signups.accept(signup, request.header("Idempotency-Key"), request.remote_address);
        if (!accepted) return refuse(request, accepted.error());
        m_provisioning.wake();
        m_provisioning.await(accepted->organization_id, deadline);

        struct Known {
            OrganizationSummary summary;
            ProvisioningRun run;
        };
        auto const known = m_database.read(sql::Scope::organization(accepted->organization_id), [&](sql::Reader& db) {
            return Known{*find_organization(db, accepted->organization_id), *find_run_of(db, accepted->organization_id)};
        });
        auto const& [summary, run] = known;
        bool const needs_import = run.state == "needs_attention" && run.resume_state == "importing" && !run.phone_number_id.empty();
        Json const organization{{"id", summary.organization.id}, {"name", summary.organization.name}, {"slug", summary.organization.slug},
            {"phoneNumberPurchased", summary.phone_number.empty() ? Json(nullptr) : Json(summary.phone_number)},
            {"requiresElevenLabsImport", needs_import}, {"status", summary.status}};
        auto response = http::json(201,
            {{"success", true}, {"organization", organization}, {"message", "Organization created successfully! You are now the admin."}});
        response.headers.emplace_back("Set-Cookie", m_access.cookie_for(accepted->session_token));
        return response;
    }

    http::Response blank_page(http::Request const&)
    {
        SignupForm form;
        form.idempotency_key = random_hex(16);
        return page(200, form);
    }

    http::Response submit(http::Request const& request)
    {
        if (auto const foreign = m_access.foreign_origin(request, false)) return refuse(request, *foreign);
        SignupForm form;
        auto const value = [&](char const* name) { return form_value(request.body, name); };
        form.idempotency_key = value("idempotency_key");
        form.chosen_area = value("area_code");
        auto& signup = form.signup;
        signup = {value("email"), value("password"), value("organization_name"), value("organization_slug"),
            form.chosen_area == "other" ? value("other_area_code") : form.chosen_area, value("time_zone")};
        if (check_time_zone(signup.time_zone)) signup.time_zone.clear(); // a script's guess, not the person's words
        if (signup.organization_slug.empty()) signup.organization_slug = slug_from_name(signup.organization_name);

        form.errors = problems_in(signup);
        if (form.chosen_area == "other" && signup.area_code.empty())
            form.errors.push_back({ErrorKind::Invalid, "required", "Write three digits, such as 604.", "area_code"});
        bool const slug_is_right
            = std::none_of(form.errors.begin(), form.errors.end(), [](Error const& error) { return error.field == "organization_slug"; });
        if (form.errors.empty()) {
            auto const accepted = m_signups.accept(signup, form.idempotency_key, request.remote_address);
            if (accepted) {
                m_provisioning.wake();
                auto response = http::redirect("/signup/progress?organization=" + accepted->organization_id);
                response.headers.emplace_back("Set-Cookie", m_access.cookie_for(accepted->session_token));
                return response;
            }
            if (accepted.error().field.empty()) return refuse(request, accepted.error());
            form.errors.push_back(accepted.error());
        } else if (slug_is_right
            && m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return slug_exists(db, signup.organization_slug); }))
            form.errors.insert(form.errors.begin(), {ErrorKind::Conflict, "slug_taken", "That short name is taken.", "organization_slug"});
        if (std::any_of(form.errors.begin(), form.errors.end(), [](Error const& error) { return error.code == "slug_taken"; }))
            form.free_slug = m_signups.free_slug_like(signup.organization_slug);
        return page(422, form);
    }

    http::Response progress(http::Request const& request)
    {
        auto const id = request.query("organization").value_or("");
        auto const session = m_access.member_or_platform(request, id);
        if (!session)
            return session.error().kind == ErrorKind::Unauthorized ? http::redirect("/console") : refuse(request, session.error());
        auto const html = m_database.read(sql::Scope::organization(id), [&](sql::Reader& db) -> Result<std::string> {
            auto const summary = find_organization(db, id);
            auto const run = find_run_of(db, id);
            if (!summary || !run) return Error{ErrorKind::NotFound, "not_found", "There is no such organisation."};
            return render_progress(page_template(), *summary, *run, list_steps(db, run->id), session->user.email, prices(db), m_config);
        });
        return html ? html_page(200, *html) : refuse(request, html.error());
    }

private:
    static SignupPrices prices(sql::Reader& db)
    {
        return {rate_at(db, "number_month", now()).micro_dollars, rate_at(db, "voice_minute", now()).micro_dollars,
            rate_at(db, "sms_segment", now()).micro_dollars};
    }

    std::string page_template() const
    {
        auto const text = m_files.text("signup.html");
        if (!text) throw std::runtime_error("the web root has no signup.html: build the pages (tools/run does)");
        return *text;
    }

    http::Response page(int status, SignupForm const& form)
    {
        auto const rates = m_database.read(sql::Scope::platform(), [](sql::Reader& db) { return prices(db); });
        return html_page(status, render_form(page_template(), form, rates, m_config));
    }

    static http::Response html_page(int status, std::string html)
    {
        http::Response response{status, "text/html; charset=utf-8", std::move(html), {{"Cache-Control", "no-store"}}};
        http::add_page_headers(response);
        return response;
    }

    Signups& m_signups;
    Provisioning& m_provisioning;
    sql::Database& m_database;
    Access& m_access;
    http::Files const& m_files;
    Config const& m_config;
};

} // namespace

void add_signup_routes(http::Router& router, Signups& signups, Provisioning& provisioning, sql::Database& database, Access& access,
    http::Files const& files, Config const& config)
{
    auto const routes = std::make_shared<SignupRoutes>(signups, provisioning, database, access, files, config);
    router.add({"POST", "/api/signup", http::Body::Json}, [routes](http::Request const& request) { return routes->api(request); });
    router.add({"GET", "/"}, [routes](http::Request const& request) { return routes->blank_page(request); });
    router.add({"GET", "/signup"}, [routes](http::Request const& request) { return routes->blank_page(request); });
    router.add({"POST", "/signup", http::Body::Form}, [routes](http::Request const& request) { return routes->submit(request); });
    router.add({"GET", "/signup/progress"}, [routes](http::Request const& request) { return routes->progress(request); });
}
