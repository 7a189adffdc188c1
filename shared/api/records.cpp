#include "shared/api/records.h"

namespace {

Json time_or_null(Time time)
{
    return time ? Json(to_rfc3339(time)) : Json(nullptr);
}
Json text_or_null(std::string const& text)
{
    return text.empty() ? Json(nullptr) : Json(text);
}

} // namespace

Json to_json(PhoneNumber const& number)
{
    return {{"id", number.id}, {"organization_id", number.organization_id}, {"phone_number", number.phone_number}, {"state", number.state},
        {"state_reason", text_or_null(number.state_reason)}, {"is_active", number.is_active}, {"sms_status", number.sms_status},
        {"sms_reason", text_or_null(number.sms_reason)}, {"twilio_sid", number.twilio_sid},
        {"elevenlabs_phone_id", text_or_null(number.elevenlabs_phone_id)}, {"agent_id", text_or_null(number.agent_id)},
        {"place", text_or_null(number.place)}, {"created_at", to_rfc3339(number.created_at)},
        {"activated_at", time_or_null(number.activated_at)}};
}

Json to_json(Notification const& notification)
{
    return {{"id", notification.id}, {"type", notification.type}, {"organization_id", text_or_null(notification.organization_id)},
        {"organization_name", text_or_null(notification.organization_name)}, {"phone_number", text_or_null(notification.phone_number)},
        {"message", notification.message}, {"cause", text_or_null(notification.cause)}, {"next_step", text_or_null(notification.next_step)},
        {"status", notification.status}, {"created_at", to_rfc3339(notification.created_at)},
        {"decided_at", time_or_null(notification.decided_at)}};
}

Json to_json(ProvisioningRun const& run, std::vector<ProvisioningStep> const& steps)
{
    auto list = Json::array();
    for (auto const& step : steps)
        list.push_back({{"step", step.step}, {"attempt", step.attempt}, {"state", step.state}, {"message", step.message},
            {"started_at", to_rfc3339(step.started_at)}, {"finished_at", time_or_null(step.finished_at)}});
    return {{"run",
                {{"id", run.id}, {"organization_id", run.organization_id}, {"state", run.state}, {"cause", text_or_null(run.cause)},
                    {"next_step", text_or_null(run.next_step)}, {"area_code", text_or_null(run.area_code)},
                    {"created_at", to_rfc3339(run.created_at)}, {"finished_at", time_or_null(run.finished_at)}}},
        {"steps", list}};
}

Json to_json(Organization const& organization, std::string const& status)
{
    return {{"id", organization.id}, {"name", organization.name}, {"slug", organization.slug}, {"email", organization.email},
        {"area_code", text_or_null(organization.area_code)}, {"time_zone", organization.time_zone}, {"state", organization.state},
        {"status", status}, {"created_at", to_rfc3339(organization.created_at)}, {"closed_at", time_or_null(organization.closed_at)}};
}
