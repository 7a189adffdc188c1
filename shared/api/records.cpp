#include "shared/api/records.h"
#include "shared/base/text.h"

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

Json to_json(OrganizationSettings const& settings)
{
    return {{"outbound_allowed", settings.outbound_allowed}, {"forwarding_number", text_or_null(settings.forwarding_number)},
        {"group", text_or_null(settings.group)}, {"shares_opt_outs", settings.shares_opt_outs},
        {"monthly_budget", money(settings.monthly_budget)}};
}

Json to_json(Lead const& lead)
{
    return {{"id", lead.id}, {"organization_id", lead.organization_id}, {"phone_number", lead.phone_number},
        {"name", text_or_null(lead.name)}, {"status", lead.stage}, {"interest", text_or_null(lead.interest)},
        {"trade_in", text_or_null(lead.trade_in)}, {"appointment", text_or_null(lead.appointment)}, {"wants_person", lead.wants_person},
        {"created_at", to_rfc3339(lead.created_at)}, {"last_contact_at", to_rfc3339(lead.last_contact_at)},
        {"last_contact_kind", lead.last_contact_kind}, {"last_message_at", time_or_null(lead.last_message_at)},
        {"last_message", text_or_null(lead.last_message)}, {"last_direction", text_or_null(lead.last_direction)}, {"unread", lead.unread},
        {"opted_out", lead.opted_out}};
}

Json to_json(Note const& note)
{
    return {{"id", note.id}, {"author", note.author}, {"text", note.text}, {"created_at", to_rfc3339(note.created_at)}};
}

Json to_json(Conversation const& conversation)
{
    auto const& seconds = conversation.duration_seconds;
    return {{"id", conversation.id}, {"organization_id", conversation.organization_id}, {"lead_id", text_or_null(conversation.lead_id)},
        {"call_sid", conversation.call_sid}, {"conversation_id", text_or_null(conversation.conversation_id)},
        {"direction", conversation.direction}, {"status", conversation.status}, {"outcome", text_or_null(conversation.outcome)},
        {"external_number", text_or_null(conversation.external_number)}, {"title", text_or_null(conversation.title)},
        {"summary", text_or_null(conversation.summary)}, {"failure", text_or_null(conversation.failure)},
        {"termination_reason", text_or_null(conversation.termination_reason)}, {"started_at", to_rfc3339(conversation.started_at)},
        {"duration_seconds", seconds < 0 ? Json(nullptr) : Json(seconds)}};
}

Json to_json(Message const& message)
{
    return {{"id", message.id}, {"organization_id", message.organization_id}, {"lead_id", text_or_null(message.lead_id)},
        {"direction", message.direction}, {"from_number", message.from_number}, {"to_number", message.to_number}, {"body", message.body},
        {"encoding", message.encoding}, {"segments", message.segments}, {"pictures", message.pictures}, {"state", message.state},
        {"error_code", text_or_null(message.error_code)}, {"error", text_or_null(message.error)}, {"author", text_or_null(message.author)},
        {"sent_at", to_rfc3339(message.sent_at)}, {"created_at", to_rfc3339(message.created_at)}};
}

Json to_json(LedgerEntry const& entry)
{
    return {{"id", entry.id}, {"organization_id", entry.organization_id}, {"kind", entry.kind}, {"subject_id", entry.subject_id},
        {"what", entry.what}, {"quantity", entry.quantity}, {"rate_version", entry.rate_version}, {"rate", money(entry.rate)},
        {"amount", money(entry.amount)}, {"at", to_rfc3339(entry.at)}};
}

Json to_json(std::vector<Turn> const& transcript)
{
    auto list = Json::array();
    for (auto const& turn : transcript)
        list.push_back({{"role", turn.role}, {"message", turn.message}, {"at_seconds", turn.at_seconds}});
    return list;
}

Json to_json(NamedValues const& values)
{
    auto list = Json::array();
    for (auto const& [name, value] : values)
        list.push_back({{"name", name}, {"value", value}});
    return list;
}

std::string money(std::int64_t micro_dollars)
{
    auto const text = dollars(micro_dollars < 0 ? -micro_dollars : micro_dollars).substr(1); // without the sign of the currency
    return micro_dollars < 0 ? '-' + text : text;
}
