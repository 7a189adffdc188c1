#include "shared/api/read_records.h"

Time time_of(Json const& object, std::string_view name)
{
    return from_rfc3339(text_of(object, name));
}

std::int64_t integer_of(Json const& object, std::string_view name)
{
    auto const& value = member_of(object, name);
    return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

Organization organization_from(Json const& json)
{
    return {.id = text_of(json, "id"),
        .name = text_of(json, "name"),
        .slug = text_of(json, "slug"),
        .email = text_of(json, "email"),
        .area_code = text_of(json, "area_code"),
        .time_zone = text_of(json, "time_zone"),
        .state = text_of(json, "state"),
        .created_at = time_of(json, "created_at")};
}

PhoneNumber phone_number_from(Json const& json)
{
    return {.id = text_of(json, "id"),
        .organization_id = text_of(json, "organization_id"),
        .phone_number = text_of(json, "phone_number"),
        .state = text_of(json, "state"),
        .state_reason = text_of(json, "state_reason"),
        .is_active = flag_of(json, "is_active").value_or(false),
        .sms_status = text_of(json, "sms_status"),
        .sms_reason = text_of(json, "sms_reason"),
        .twilio_sid = text_of(json, "twilio_sid"),
        .twilio_account_sid = {},
        .elevenlabs_phone_id = text_of(json, "elevenlabs_phone_id"),
        .agent_id = text_of(json, "agent_id"),
        .place = text_of(json, "place"),
        .created_at = time_of(json, "created_at"),
        .activated_at = time_of(json, "activated_at")};
}

Notification notification_from(Json const& json)
{
    return {.id = text_of(json, "id"),
        .type = text_of(json, "type"),
        .subject = {},
        .organization_id = text_of(json, "organization_id"),
        .organization_name = text_of(json, "organization_name"),
        .phone_number = text_of(json, "phone_number"),
        .message = text_of(json, "message"),
        .cause = text_of(json, "cause"),
        .next_step = text_of(json, "next_step"),
        .status = text_of(json, "status"),
        .created_at = time_of(json, "created_at"),
        .decided_at = time_of(json, "decided_at")};
}

ProvisioningRun run_from(Json const& json)
{
    ProvisioningRun run;
    run.id = text_of(json, "id");
    run.organization_id = text_of(json, "organization_id");
    run.state = text_of(json, "state");
    run.cause = text_of(json, "cause");
    run.next_step = text_of(json, "next_step");
    run.area_code = text_of(json, "area_code");
    run.created_at = time_of(json, "created_at");
    run.finished_at = time_of(json, "finished_at");
    return run;
}

ProvisioningStep step_from(Json const& json)
{
    return {.id = {},
        .step = text_of(json, "step"),
        .attempt = static_cast<int>(integer_of(json, "attempt")),
        .state = text_of(json, "state"),
        .message = text_of(json, "message"),
        .started_at = time_of(json, "started_at"),
        .finished_at = time_of(json, "finished_at")};
}
