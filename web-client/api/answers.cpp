#include "web-client/api/answers.h"

#include "web-client/api/members.h"

namespace console {

std::optional<Session> session_from(Json const& answer)
{
    Json const& user = member_of(answer, "user");
    Json const& installation = member_of(answer, "installation");
    Session session;
    session.user = {text_of(user, "id"), text_of(user, "email"), text_of(user, "role")};
    session.installation = {flag_of(installation, "simulated").value_or(false), text_of(installation, "version"),
        text_of(installation, "build"), time_of(installation, "snapshot_at"), money_of(member_of(answer, "rates"), "sms_segment")};
    if (session.user.email.empty() && !session.installation.snapshot_at) return {};
    each(member_of(answer, "organizations"), [&](Json const& organization) {
        session.organizations.push_back({text_of(organization, "id"), text_of(organization, "name"), text_of(organization, "role")});
    });
    return session;
}

OrganizationRow organization_row_from(Json const& json)
{
    OrganizationRow row{organization_from(json), text_of(json, "status"), text_of(json, "phone_number"), text_of(json, "place"),
        text_of(json, "cause"), time_of(json, "release_at")};
    row.outbound_allowed = flag_of(json, "outbound_allowed").value_or(false);
    row.shares_opt_outs = flag_of(json, "shares_opt_outs").value_or(false);
    row.forwarding_number = text_of(json, "forwarding_number");
    row.group = text_of(json, "group");
    row.monthly_budget = text_of(json, "monthly_budget");
    return row;
}

NumberRow number_row_from(Json const& json)
{
    return {phone_number_from(json), text_of(json, "organization_name")};
}

std::map<std::string, int> counts_from(Json const& counts)
{
    std::map<std::string, int> result;
    if (!counts.is_object()) return result;
    for (auto const& [name, value] : counts.items())
        if (value.is_number()) result[name] = static_cast<int>(value.get<double>());
    return result;
}

DriftReport drift_from(Json const& answer)
{
    DriftReport report;
    report.looked_at = time_of(answer, "looked_at");
    report.failure = text_of(answer, "failure");
    report.at_twilio = count_of(answer, "at_twilio");
    report.at_elevenlabs = count_of(answer, "at_elevenlabs");
    report.not_ours = count_of(answer, "not_ours");
    each(member_of(answer, "findings"), [&](Json const& finding) {
        report.findings.push_back({text_of(finding, "id"), text_of(finding, "kind"), text_of(finding, "phone_number"),
            text_of(finding, "organization_id"), text_of(finding, "organization_name"), text_of(finding, "message"),
            text_of(finding, "repair"), text_of(finding, "next_step"), time_of(finding, "found_at")});
    });
    return report;
}

std::vector<Orphan> orphans_from(Json const& answer)
{
    std::vector<Orphan> orphans;
    each(member_of(answer, "orphans"), [&](Json const& orphan) {
        orphans.push_back({text_of(orphan, "twilio_sid"), text_of(orphan, "phone_number"), text_of(orphan, "organization_id"),
            text_of(orphan, "organization_name"), text_of(orphan, "message"), text_of(orphan, "monthly_cost")});
    });
    return orphans;
}

Run run_with_steps_from(Json const& answer)
{
    Run run{run_from(member_of(answer, "run")), {}};
    each(member_of(answer, "steps"), [&](Json const& step) { run.steps.push_back(step_from(step)); });
    return run;
}

static Provider provider_from(Json const& json)
{
    Provider provider;
    provider.name = text_of(json, "name");
    provider.what = text_of(json, "what");
    provider.state = text_of(json, "state");
    provider.last_success_at = time_of(json, "last_success_at");
    provider.last_failure_at = time_of(json, "last_failure_at");
    provider.last_failure = text_of(json, "last_failure");
    provider.calls = count_of(json, "calls");
    provider.failures = count_of(json, "failures");
    provider.p95_ms = count_of(json, "p95_ms", -1);
    if (text_of(json, "breaker") == "open") provider.left_alone_until = time_of(json, "next_try_at");
    each(member_of(json, "recent_ms"), [&](Json const& value) {
        if (value.is_number()) provider.recent_ms.push_back(static_cast<int>(value.get<double>()));
    });
    return provider;
}

Overview overview_from(Json const& answer)
{
    Overview overview;
    overview.organizations = counts_from(member_of(answer, "organizations"));
    Json const& numbers = member_of(answer, "numbers");
    overview.owned = count_of(numbers, "owned");
    overview.active = count_of(numbers, "active");
    overview.monthly_rent = text_of(numbers, "monthly_rent");
    Json const& notifications = member_of(answer, "notifications");
    overview.pending = count_of(notifications, "pending");
    overview.oldest_pending = time_of(notifications, "oldest_created_at");
    each(member_of(notifications, "oldest"), [&](Json const& item) { overview.oldest.push_back(notification_from(item)); });
    each(member_of(answer, "signups"), [&](Json const& day) {
        overview.signups.push_back({text_of(day, "date"), count_of(day, "organizations"), count_of(day, "live")});
    });
    overview.signups_today = count_of(answer, "signups_today");
    overview.seconds_to_live = count_of(answer, "seconds_to_live", -1);
    each(member_of(answer, "providers"), [&](Json const& provider) { overview.providers.push_back(provider_from(provider)); });
    overview.traffic = traffic_from(answer);
    return overview;
}

} // namespace console
