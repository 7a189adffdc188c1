#include "edge-server/services/outreach.h"
#include "edge-server/config.h"
#include "edge-server/store/budget_store.h"
#include "edge-server/store/ledger_store.h"
#include "edge-server/store/opt_out_store.h"
#include "edge-server/store/outreach_store.h"
#include "edge-server/store/phone_number_store.h"
#include "shared/base/text.h"
#include "shared/domain/destinations.h"
#include "shared/domain/quiet_hours.h"

namespace {

constexpr std::int64_t agent_minute = 80'000; // micro-dollars that a minute costs at ElevenLabs, at most
constexpr std::int64_t answer_seconds = 3600; // who has just written waits for an answer, also at night

Error refused(char const* code, std::string message, ErrorKind kind = ErrorKind::Invalid)
{
    return {kind, code, std::move(message), {}};
}

std::optional<Error> check_number(sql::Reader& db, Config const& config, std::string const& number)
{
    if (auto const problem = check_destination(number, config.outbound_countries)) return problem;
    if (number == config.default_number || find_owned_number(db, number))
        return Error{ErrorKind::Invalid, "destination_not_allowed", "This is a line of this installation itself.", "to_number"};
    return {};
}

} // namespace

std::int64_t reserve_of_call(sql::Reader& db, Time at)
{
    return longest_call_minutes * (rate_at(db, "voice_minute", at).micro_dollars + agent_minute);
}

std::optional<Error> check_contact(sql::Reader& db, Config const& config, std::string const& organization_id, PhoneNumber const& from,
    std::string const& to_number, Channel channel, Time at)
{
    if (auto const problem = check_number(db, config, to_number)) return problem;
    if (config.outbound != "open" && !may_reach_strangers(db, organization_id) && !has_called_or_texted(db, organization_id, to_number))
        return refused("outbound_not_allowed",
            "This person has neither called nor written. The platform's admins allow a dealership to reach such people first.",
            ErrorKind::Forbidden);
    if (is_opted_out(db, organization_id, from.phone_number, to_number))
        return refused("opted_out", "This person asked not to be contacted any more. Only they can undo that, by texting START.");
    bool const is_answer
        = channel == Channel::Text && has_texted_since(db, organization_id, to_number, from.phone_number, at.plus_seconds(-answer_seconds));
    auto const next = next_contact_time(to_number, at);
    if (!is_answer && config.quiet_hours == "kept" && (!next || next->at > at))
        return refused("quiet_hours",
            next ? "It is too early or too late where this number is. It may be reached from " + in_words(next->at, next->time_zone) + '.'
                 : "It is not known what time it is where this number is.");
    return {};
}

std::optional<Error> check_outreach(sql::Reader& db, Config const& config, std::string const& organization_id, PhoneNumber const& from,
    std::string const& to_number, Channel channel, Time at, int segments)
{
    if (auto const problem = check_contact(db, config, organization_id, from, to_number, channel, at)) return problem;
    auto const needed
        = channel == Channel::Call ? reserve_of_call(db, at) : std::int64_t(segments) * rate_at(db, "sms_segment", at).micro_dollars;
    auto const budget = find_budget(db, organization_id, at);
    if (!budget.has_room_for(needed))
        return refused("budget_reached",
            "This month's budget of " + dollars(budget.monthly) + " leaves no room: " + dollars(budget.spent) + " is spent and "
                + dollars(budget.reserved) + " set aside for what is under way; this needs " + dollars(needed) + " more.");
    return {};
}

std::optional<Error> check_forwarding_number(sql::Reader& db, Config const& config, std::string const& number)
{
    auto problem = check_number(db, config, number);
    if (problem) problem->field = "forwarding_number";
    return problem;
}
