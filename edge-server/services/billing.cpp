#include "edge-server/services/billing.h"
#include "edge-server/store/call_attempt_store.h"
#include "edge-server/store/ledger_store.h"
#include "edge-server/store/phone_number_store.h"

#include <algorithm>

namespace {

constexpr int numbers_at_once = 50; // in one write: calls wait behind it
constexpr std::int64_t longest_back = 365LL * 24 * 3600; // seconds; older months were never owed here

std::string cause_of(Conversation const& conversation)
{
    if (conversation.failure == "busy") return "The line was busy.";
    if (conversation.failure == "no-answer") return "Nobody answered.";
    return conversation.status == "failed" ? "The call failed." : std::string();
}

std::string with_whom(Conversation const& conversation)
{
    auto const who = conversation.external_number.empty() ? std::string("a withheld number") : conversation.external_number;
    return (conversation.direction == "outbound" ? "Call to " : "Call from ") + who;
}

// 2026-12-01T00:00:00Z after any moment of November 2026.
Time next_month(Time at)
{
    auto const text = to_rfc3339(at);
    auto year = std::stoi(text.substr(0, 4)), month = std::stoi(text.substr(5, 2)) + 1;
    if (month > 12) {
        month = 1;
        ++year;
    }
    return from_rfc3339(std::to_string(year) + (month < 10 ? "-0" : "-") + std::to_string(month) + "-01T00:00:00Z");
}

} // namespace

void bill_conversation(sql::Writer& db, Conversation const& conversation, std::optional<std::int64_t> agent_cost)
{
    if (conversation.status == "in_progress") return;
    if (conversation.status == "done" && conversation.duration_seconds > 0)
        bill(db,
            {conversation.organization_id, "voice_minute", "voice:" + conversation.id, conversation.id, with_whom(conversation),
                (conversation.duration_seconds + 59) / 60, conversation.started_at});
    if (agent_cost.value_or(0) > 0)
        bill_amount(db,
            {conversation.organization_id, "agent_cost", "agent:" + conversation.id, conversation.id, "Jack: " + with_whom(conversation), 1,
                conversation.started_at},
            *agent_cost);
    if (!conversation.attempt_id.empty()) end_attempt(db, conversation.attempt_id, cause_of(conversation));
}

void bill_number(sql::Writer& db, PhoneNumber const& number, Time present)
{
    for (auto at = std::max(number.created_at, present.plus_seconds(-longest_back)); at <= present; at = next_month(at))
        bill(db,
            {number.organization_id, "number_month", "month:" + number.id + ':' + month_of(at), number.id,
                "Number " + number.phone_number + " for " + month_of(at), 1, at});
}

Outcome bill_numbers(sql::Database& database)
{
    for (std::string after_id;;) {
        auto const present = now();
        auto const numbers = database.read(sql::Scope::platform(),
            [&](sql::Reader& db) { return list_numbers_to_bill(db, after_id, month_of(present), present, numbers_at_once); });
        if (numbers.empty()) return Nothing{};
        database.write(sql::Scope::platform(), [&](sql::Writer& db) {
            for (auto const& number : numbers)
                bill_number(db, number, present);
        });
        after_id = numbers.back().id;
    }
}
