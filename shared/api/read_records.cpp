#include "shared/api/read_records.h"

#include <algorithm>

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

OrganizationSettings settings_from(Json const& json)
{
    return {.outbound_allowed = flag_of(json, "outbound_allowed").value_or(false),
        .forwarding_number = text_of(json, "forwarding_number"),
        .group = text_of(json, "group"),
        .shares_opt_outs = flag_of(json, "shares_opt_outs").value_or(false),
        .monthly_budget = money_of(json, "monthly_budget")};
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

std::int64_t money_of(Json const& object, std::string_view name)
{
    auto const text = text_of(object, name);
    bool const negative = text.starts_with('-');
    std::int64_t micro_dollars = 0;
    int decimals = -1; // -1: before the point
    for (char const c : negative ? text.substr(1) : text) {
        if (c == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9' || decimals == 6 || micro_dollars > 1'000'000'000'000'000) return 0;
        micro_dollars = micro_dollars * 10 + (c - '0');
        if (decimals >= 0) ++decimals;
    }
    for (int i = std::max(decimals, 0); i < 6; ++i)
        micro_dollars *= 10;
    return negative ? -micro_dollars : micro_dollars;
}

Lead lead_from(Json const& json)
{
    Lead lead;
    lead.id = text_of(json, "id");
    lead.organization_id = text_of(json, "organization_id");
    lead.phone_number = text_of(json, "phone_number");
    lead.name = text_of(json, "name");
    lead.stage = text_of(json, "status");
    lead.interest = text_of(json, "interest");
    lead.trade_in = text_of(json, "trade_in");
    lead.appointment = text_of(json, "appointment");
    lead.wants_person = flag_of(json, "wants_person").value_or(false);
    lead.created_at = time_of(json, "created_at");
    lead.last_contact_at = time_of(json, "last_contact_at");
    lead.last_contact_kind = text_of(json, "last_contact_kind");
    lead.last_message_at = time_of(json, "last_message_at");
    lead.last_message = text_of(json, "last_message");
    lead.last_direction = text_of(json, "last_direction");
    lead.unread = static_cast<int>(integer_of(json, "unread"));
    lead.opted_out = flag_of(json, "opted_out").value_or(false);
    return lead;
}

Note note_from(Json const& json)
{
    return {text_of(json, "id"), text_of(json, "author"), text_of(json, "text"), time_of(json, "created_at")};
}

Conversation conversation_from(Json const& json)
{
    Conversation conversation;
    conversation.id = text_of(json, "id");
    conversation.organization_id = text_of(json, "organization_id");
    conversation.lead_id = text_of(json, "lead_id");
    conversation.call_sid = text_of(json, "call_sid");
    conversation.conversation_id = text_of(json, "conversation_id");
    conversation.direction = text_of(json, "direction");
    conversation.status = text_of(json, "status");
    conversation.outcome = text_of(json, "outcome");
    conversation.external_number = text_of(json, "external_number");
    conversation.title = text_of(json, "title");
    conversation.summary = text_of(json, "summary");
    conversation.failure = text_of(json, "failure");
    conversation.termination_reason = text_of(json, "termination_reason");
    conversation.started_at = time_of(json, "started_at");
    if (member_of(json, "duration_seconds").is_number())
        conversation.duration_seconds = static_cast<int>(integer_of(json, "duration_seconds"));
    return conversation;
}

Message message_from(Json const& json)
{
    Message message;
    message.id = text_of(json, "id");
    message.organization_id = text_of(json, "organization_id");
    message.lead_id = text_of(json, "lead_id");
    message.direction = text_of(json, "direction");
    message.from_number = text_of(json, "from_number");
    message.to_number = text_of(json, "to_number");
    message.body = text_of(json, "body");
    message.encoding = text_of(json, "encoding");
    message.segments = static_cast<int>(integer_of(json, "segments"));
    message.pictures = static_cast<int>(integer_of(json, "pictures"));
    message.state = text_of(json, "state");
    message.error_code = text_of(json, "error_code");
    message.error = text_of(json, "error");
    message.author = text_of(json, "author");
    message.sent_at = time_of(json, "sent_at");
    message.created_at = time_of(json, "created_at");
    return message;
}

LedgerEntry ledger_entry_from(Json const& json)
{
    LedgerEntry entry;
    entry.id = text_of(json, "id");
    entry.organization_id = text_of(json, "organization_id");
    entry.kind = text_of(json, "kind");
    entry.subject_id = text_of(json, "subject_id");
    entry.what = text_of(json, "what");
    entry.quantity = integer_of(json, "quantity");
    entry.rate_version = integer_of(json, "rate_version");
    entry.rate = money_of(json, "rate");
    entry.amount = money_of(json, "amount");
    entry.at = time_of(json, "at");
    return entry;
}

std::vector<Turn> transcript_from(Json const& json)
{
    std::vector<Turn> turns;
    if (json.is_array())
        for (auto const& turn : json)
            turns.push_back({text_of(turn, "role"), text_of(turn, "message"), static_cast<int>(integer_of(turn, "at_seconds"))});
    return turns;
}

NamedValues named_values_from(Json const& json)
{
    NamedValues values;
    if (json.is_array())
        for (auto const& value : json)
            values.emplace_back(text_of(value, "name"), text_of(value, "value"));
    return values;
}
