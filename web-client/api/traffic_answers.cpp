#include "web-client/api/answers.h"

#include "web-client/api/members.h"

namespace console {

ConversationRow conversation_row_from(Json const& json)
{
    return {conversation_from(json), text_of(json, "organization_name"), text_of(json, "lead_name"), text_of(json, "excerpt")};
}

ConversationPage conversation_page_from(Json const& json)
{
    ConversationPage page{conversation_row_from(json), {}, text_of(json, "agent_cost"), text_of(json, "phone_number")};
    page.detail.transcript = transcript_from(member_of(json, "transcript"));
    page.detail.variables = named_values_from(member_of(json, "variables"));
    page.detail.collected = named_values_from(member_of(json, "collected"));
    return page;
}

LeadRow lead_row_from(Json const& json)
{
    return {lead_from(json), text_of(json, "organization_name")};
}

LeadPage lead_page_from(Json const& json)
{
    LeadPage page;
    page.lead = lead_from(json);
    page.organization_name = text_of(json, "organization_name");
    page.calls = count_of(json, "calls");
    page.texts = count_of(json, "texts");
    each(member_of(json, "notes"), [&](Json const& note) { page.notes.push_back(note_from(note)); });
    each(
        member_of(json, "conversations"), [&](Json const& conversation) { page.conversations.push_back(conversation_from(conversation)); });
    page.our_number = text_of(json, "our_number");
    page.sms_status = text_of(json, "sms_status");
    page.sms_reason = text_of(json, "sms_reason");
    Json const& opt_out = member_of(json, "opt_out");
    page.opt_out_words = text_of(opt_out, "words");
    page.opt_out_at = time_of(opt_out, "at");
    return page;
}

Usage usage_from(Json const& answer)
{
    Usage usage;
    usage.month = text_of(answer, "month");
    each(member_of(answer, "days"), [&](Json const& day) {
        usage.days.push_back(
            {text_of(day, "date"), money_of(day, "voice"), money_of(day, "texts"), money_of(day, "numbers"), money_of(day, "agent")});
    });
    Json const& totals = member_of(answer, "totals");
    for (auto const* kind : {"voice", "texts", "numbers", "agent", "adjustments"}) {
        Json const& sum = member_of(totals, kind);
        usage.totals[kind] = {integer_of(sum, "quantity"), money_of(sum, "amount")};
    }
    usage.total = money_of(answer, "total");
    if (Json const& budget = member_of(answer, "budget"); budget.is_object())
        usage.budget
            = Budget{money_of(budget, "monthly"), money_of(budget, "spent"), money_of(budget, "reserved"), text_of(budget, "state")};
    return usage;
}

LedgerRow ledger_row_from(Json const& json)
{
    return {ledger_entry_from(json), text_of(json, "organization_name")};
}

InboxRow inbox_row_from(Json const& json)
{
    InboxRow row;
    row.id = text_of(json, "id");
    row.source = text_of(json, "source");
    row.kind = text_of(json, "kind");
    row.subject = text_of(json, "subject");
    row.organization_id = text_of(json, "organization_id");
    row.organization_name = text_of(json, "organization_name");
    row.via = text_of(json, "via");
    row.state = text_of(json, "state");
    row.cause = text_of(json, "cause");
    row.summary = text_of(json, "summary");
    row.body = text_of(json, "body");
    row.attempts = count_of(json, "attempts");
    row.received_at = time_of(json, "received_at");
    row.processed_at = time_of(json, "processed_at");
    return row;
}

std::vector<Activity> activity_from(Json const& answer)
{
    std::vector<Activity> list;
    each(member_of(answer, "activity"), [&](Json const& item) {
        list.push_back({text_of(item, "id"), text_of(item, "kind"), text_of(item, "organization_id"), text_of(item, "organization_name"),
            text_of(item, "text"), time_of(item, "at"), text_of(item, "address")});
    });
    return list;
}

Traffic traffic_from(Json const& overview)
{
    Traffic traffic;
    Json const& calls = member_of(overview, "calls");
    traffic.calls_today = count_of(calls, "today");
    if (Json const& percent = member_of(calls, "answered_percent"); percent.is_number()) traffic.answered_percent = percent.get<double>();
    each(member_of(calls, "by_hour"), [&](Json const& hour) {
        traffic.by_hour.push_back({count_of(hour, "answered"), count_of(hour, "missed")});
    });
    each(member_of(calls, "last_week"), [&](Json const& hour) { // a number, or an hour with its parts
        traffic.last_week.push_back(
            hour.is_number() ? hour.get<int>() : count_of(hour, "answered") + count_of(hour, "missed") + count_of(hour, "calls"));
    });
    Json const& texts = member_of(overview, "texts");
    traffic.texts_today = count_of(texts, "today");
    traffic.texts_not_delivered = count_of(texts, "not_delivered");
    Json const& spend = member_of(overview, "spend");
    traffic.month = text_of(spend, "month");
    traffic.spent = money_of(spend, "amount");
    traffic.budget = money_of(spend, "budget");
    return traffic;
}

} // namespace console
