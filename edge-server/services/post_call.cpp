#include "edge-server/services/post_call.h"
#include "edge-server/services/billing.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/call_attempt_store.h"
#include "edge-server/store/conversation_store.h"
#include "edge-server/store/lead_store.h"
#include "edge-server/store/notification_store.h"
#include "shared/base/id.h"
#include "shared/base/json.h"
#include "shared/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>

namespace {

constexpr std::size_t id_limit = 128;
constexpr std::size_t word_limit = 80; // of a reason, a status, a name of a value
constexpr std::size_t title_limit = 200;
constexpr std::size_t summary_limit = 4000;
constexpr std::size_t value_limit = 2000;
constexpr std::size_t turn_limit = 10'000;
constexpr std::size_t most_turns = 5000;
constexpr std::size_t most_values = 50;
constexpr std::int64_t longest_call = 24 * 3600; // seconds
constexpr std::array<std::string_view, 6> told_variables{
    "organization_name", "customer_name", "lead_status", "previous_summary", "conversation_context", "greeting"};

std::string bounded_text(Json const& object, std::string_view name, std::size_t limit)
{
    return bounded_data(text_of(object, name), limit);
}

std::string id_of(Json const& object, std::string_view name)
{
    auto text = text_of(object, name);
    return text.size() <= id_limit && is_printable(text) ? text : std::string();
}

std::int64_t whole_number(Json const& object, std::string_view name, std::int64_t most)
{
    auto const& value = member_of(object, name);
    if (!value.is_number()) return 0;
    auto const number = value.get<double>();
    return std::isfinite(number) ? static_cast<std::int64_t>(std::clamp(number, 0.0, static_cast<double>(most))) : 0;
}

constexpr std::int64_t last_second = 253'402'300'799; // of the year 9999

Time seconds_of(Json const& object, std::string_view name)
{
    return Time{}.plus_seconds(whole_number(object, name, last_second));
}

std::string spoken(Json const& value)
{
    if (value.is_string()) return value.get<std::string>();
    return value.is_null() ? std::string() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// What a call's event says of the call, whichever event it is.
struct Call {
    std::string call_sid;
    std::string conversation_id;
    std::string attempt_id; // user_id, when it names one of ours
    std::string our_number;
    std::string external_number; // E.164; '' when it is withheld or odd
    std::string direction;
    std::string agent_id;
    Time started_at;
};

std::vector<Turn> transcript_in(Json const& data)
{
    std::vector<Turn> turns;
    auto const& list = member_of(data, "transcript");
    if (!list.is_array()) return turns;
    for (auto const& item : list) {
        auto message = bounded_text(item, "message", turn_limit);
        if (message.empty()) continue; // a tool's call
        turns.push_back({text_of(item, "role") == "user" ? "user" : "agent", std::move(message),
            static_cast<int>(whole_number(item, "time_in_call_secs", longest_call))});
        if (turns.size() == most_turns) break;
    }
    return turns;
}

NamedValues collected_in(Json const& analysis)
{
    NamedValues values;
    auto const& results = member_of(analysis, "data_collection_results");
    if (!results.is_object()) return values;
    for (auto const& [name, result] : results.items()) {
        auto value = bounded_data(spoken(member_of(result, "value")), value_limit);
        if (!value.empty()) values.emplace_back(bounded_data(name, word_limit), std::move(value));
        if (values.size() == most_values) break;
    }
    return values;
}

NamedValues variables_in(Json const& data)
{
    NamedValues values;
    auto const& given = member_of(member_of(data, "conversation_initiation_client_data"), "dynamic_variables");
    for (auto const name : told_variables)
        if (auto const& value = member_of(given, name); value.is_string())
            values.emplace_back(name, bounded_data(value.get<std::string>(), value_limit));
    return values;
}

std::optional<std::int64_t> cost_in(Json const& metadata)
{
    auto const& cost = member_of(metadata, "cost_fiat");
    constexpr double most_dollars = 10'000;
    if (!cost.is_number() || !std::isfinite(cost.get<double>()) || cost.get<double>() < 0 || cost.get<double>() > most_dollars) return {};
    return std::llround(cost.get<double>() * 1'000'000);
}

std::string unrouted_cause(Call const& call)
{
    if (call.our_number.empty()) return "It names no call that we know and no number of ours.";
    return "Nobody here had " + call.our_number + " when the call began.";
}

Processed unrouted(sql::Writer& db, Call const& call)
{
    put_notification(db,
        {new_id(), "unrouted_message", call.our_number.empty() ? call.conversation_id : call.our_number, {}, {}, call.our_number,
            "A call that belongs to no dealership", unrouted_cause(call),
            "Open the webhook inbox. If the number is ours again, replay it there.", "pending", now(), {}});
    return {Processed::Unrouted, unrouted_cause(call)};
}

// The call's own record, made for the owner of the number at that time when nothing was recorded. None: it is nobody's.
std::optional<Conversation> record_of(sql::Writer& db, Call const& call)
{
    std::optional<Conversation> found;
    if (!call.call_sid.empty()) found = find_conversation_by_call(db, call.call_sid);
    if (!found && !call.conversation_id.empty()) found = find_conversation_by_vendor_id(db, call.conversation_id);
    if (!found && !call.attempt_id.empty()) found = find_conversation_by_attempt(db, call.attempt_id);
    if (found) return found;
    auto const owner = call.our_number.empty() ? std::nullopt : find_owner_at(db, call.our_number, end_of_second(call.started_at));
    if (!owner) return {};
    Conversation conversation;
    conversation.id = new_id();
    conversation.organization_id = owner->organization_id;
    conversation.phone_number_id = owner->id;
    conversation.call_sid = call.call_sid.empty() ? call.conversation_id : call.call_sid;
    conversation.conversation_id = call.conversation_id;
    conversation.direction = call.direction == "outbound" ? "outbound" : "inbound";
    conversation.status = "in_progress";
    conversation.external_number = call.external_number;
    conversation.agent_id = call.agent_id;
    conversation.started_at = call.started_at;
    if (!call.external_number.empty())
        conversation.lead_id = reach_lead(db, owner->organization_id, call.external_number, conversation.call_sid, call.started_at);
    insert_conversation(db, conversation, {});
    return conversation;
}

void complete(sql::Writer& db, Conversation& conversation, Call const& call)
{
    // An outbound call may be known by its conversation alone until now.
    if (!call.call_sid.empty() && conversation.call_sid != call.call_sid && !conversation.call_sid.starts_with("CA")) {
        conversation.call_sid = call.call_sid;
        set_call_sid(db, conversation.id, call.call_sid);
    }
    link_attempt(db, conversation, call.attempt_id);
    if (conversation.conversation_id.empty()) conversation.conversation_id = call.conversation_id;
    if (conversation.external_number.empty()) conversation.external_number = call.external_number;
    if (conversation.agent_id.empty()) conversation.agent_id = call.agent_id;
    if (call.started_at) conversation.started_at = call.started_at;
}

void finish(sql::Writer& db, Conversation const& conversation)
{
    if (!conversation.lead_id.empty()) refresh_lead(db, conversation.organization_id, conversation.lead_id);
    conversation_changed(db, conversation.organization_id, conversation.id);
}

std::string words_of_lead(sql::Reader& db, Conversation const& conversation)
{
    auto const& number = conversation.external_number;
    auto words = number.empty() ? std::string() : number.substr(1) + (number.starts_with("+1") ? ' ' + number.substr(2) : std::string());
    if (auto const lead = conversation.lead_id.empty() ? std::nullopt : find_lead(db, conversation.organization_id, conversation.lead_id))
        words += ' ' + lead->name;
    return words;
}

Inbox::Write failed(std::string cause)
{
    return [cause = std::move(cause)](sql::Writer&) { return Processed{Processed::Failed, cause}; };
}

std::string usable(std::string const& number)
{
    auto const e164 = e164_from(number);
    return is_usable_caller(e164) ? e164 : std::string();
}

} // namespace

InboxItem post_call_item(std::string body)
{
    auto const event = parse_foreign(body);
    auto const& data = member_of(event, "data");
    InboxItem item;
    item.source = "elevenlabs";
    item.kind = id_of(event, "type");
    item.subject = id_of(data, "conversation_id");
    item.via = "webhook";
    // An event without the members that tell it from others is known by its own bytes.
    auto const& at = member_of(event, "event_timestamp");
    item.dedupe_key = "elevenlabs:" + item.kind + ':'
        + (item.subject.empty() || !at.is_number_integer() ? sha256_hex(body) : item.subject + ':' + at.dump());
    if (!is_valid_utf8(body) || body.find('\0') != std::string::npos) item.kind.clear();
    item.body = std::move(body);
    return item;
}

InboxItem polled_conversation_item(std::string const& conversation_id, std::string const& status, std::string const& conversation)
{
    InboxItem item;
    item.source = "elevenlabs";
    item.kind = "post_call_transcription";
    item.subject = conversation_id;
    item.via = "poll";
    item.dedupe_key = "elevenlabs:poll:" + conversation_id + ':' + status;
    item.body = conversation;
    return item;
}

Inbox::Write take_transcription(InboxItem const& item)
{
    auto const event = parse_foreign(item.body);
    auto const& data = item.via == "poll" ? event : member_of(event, "data");
    if (!data.is_object()) return failed("It has no data.");
    auto const& metadata = member_of(data, "metadata");
    auto const& phone_call = member_of(metadata, "phone_call");
    auto const& analysis = member_of(data, "analysis");
    Call const call{id_of(phone_call, "call_sid"), id_of(data, "conversation_id"), id_of(data, "user_id"),
        e164_from(text_of(phone_call, "agent_number")), usable(text_of(phone_call, "external_number")), text_of(phone_call, "direction"),
        id_of(data, "agent_id"), seconds_of(metadata, "start_time_unix_secs")};
    if (call.conversation_id.empty() && call.call_sid.empty()) return failed("It names neither a conversation nor a call.");

    Conversation said;
    said.status = text_of(data, "status") == "failed" ? "failed" : "done";
    said.failure = said.status == "failed" ? bounded_text(member_of(metadata, "error"), "reason", word_limit) : std::string();
    said.duration_seconds = static_cast<int>(whole_number(metadata, "call_duration_secs", longest_call));
    said.termination_reason = bounded_text(metadata, "termination_reason", word_limit);
    said.outcome = bounded_text(analysis, "call_successful", word_limit);
    said.title = bounded_text(analysis, "call_summary_title", title_limit);
    said.summary = bounded_text(analysis, "transcript_summary", summary_limit);
    auto const transcript = std::make_shared<std::vector<TranscriptPart> const>(parts_of(transcript_in(data)));
    return [call, said, transcript, is_analysed = analysis.is_object(), cost = cost_in(metadata), collected = collected_in(analysis),
               variables = variables_in(data)](sql::Writer& db) -> Processed {
        auto conversation = record_of(db, call);
        if (!conversation) return unrouted(db, call);
        complete(db, *conversation, call);
        conversation->status = said.status;
        conversation->failure = said.failure;
        conversation->duration_seconds = said.duration_seconds;
        conversation->termination_reason = said.termination_reason;
        if (is_analysed) {
            conversation->outcome = said.outcome;
            conversation->title = said.title;
            conversation->summary = said.summary;
        }
        update_conversation(db, *conversation);
        bill_conversation(db, *conversation, cost);
        set_conversation_findings(db, conversation->id, collected, cost);
        set_variables_if_unknown(db, conversation->id, variables);
        finish(db, *conversation);
        auto const who = words_of_lead(db, *conversation);
        auto const row = set_transcript(db, *conversation, transcript->front(), who);
        Processed processed{Processed::Done, {}, conversation->organization_id};
        for (std::size_t part = 1; part < transcript->size(); ++part)
            processed.then.push_back([row, part, transcript, who, conversation = *conversation](sql::Writer& later) {
                add_transcript_part(later, conversation, row, static_cast<int>(part), (*transcript)[part], who);
                if (part + 1 == transcript->size()) conversation_changed(later, conversation.organization_id, conversation.id);
            });
        return processed;
    };
}

Inbox::Write take_initiation_failure(InboxItem const& item)
{
    auto const event = parse_foreign(item.body);
    auto const& data = member_of(event, "data");
    auto const& body = member_of(member_of(data, "metadata"), "body");
    auto const twilio = text_of(body, "From"), sip = text_of(body, "from_number");
    auto const to = text_of(body, "To").empty() ? text_of(body, "to_number") : text_of(body, "To");
    auto const call_sid = id_of(body, "CallSid").empty() ? id_of(body, "call_sid") : id_of(body, "CallSid");
    Call const call{call_sid, id_of(data, "conversation_id"), id_of(data, "user_id"), e164_from(twilio.empty() ? sip : twilio), usable(to),
        "outbound", id_of(data, "agent_id"), seconds_of(event, "event_timestamp")};
    if (call.conversation_id.empty() && call.call_sid.empty()) return failed("It names neither a conversation nor a call.");
    return [call, failure = bounded_text(data, "failure_reason", word_limit)](sql::Writer& db) -> Processed {
        auto conversation = record_of(db, call);
        if (!conversation) return unrouted(db, call);
        // A transcript says more than a failure, whichever came first.
        if (conversation->status == "done") return {Processed::Done, {}, conversation->organization_id};
        auto const started_at = conversation->started_at;
        complete(db, *conversation, call);
        conversation->started_at = started_at;
        conversation->status = "failed";
        conversation->failure = failure.empty() ? "unknown" : failure;
        update_conversation(db, *conversation);
        bill_conversation(db, *conversation, {});
        finish(db, *conversation);
        set_transcript(db, *conversation, parts_of({}).front(), words_of_lead(db, *conversation));
        return {Processed::Done, {}, conversation->organization_id};
    };
}

bool is_signed_by_elevenlabs(
    std::string const& header, std::string_view body, std::string_view secrets, Time present, std::chrono::seconds most_age)
{
    constexpr std::size_t longest_header = 512;
    constexpr std::int64_t most_ahead = 300; // seconds
    std::string_view stamp, signature;
    std::string_view rest = header.size() <= longest_header ? std::string_view(header) : std::string_view();
    while (!rest.empty()) {
        auto const end = std::min(rest.find(','), rest.size());
        auto const part = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (part.starts_with("t=") && stamp.empty())
            stamp = part.substr(2);
        else if (part.starts_with("v0=") && signature.empty())
            signature = part.substr(3);
        else
            return false;
    }
    std::int64_t seconds = 0;
    auto const [read, problem] = std::from_chars(stamp.data(), stamp.data() + stamp.size(), seconds);
    if (stamp.empty() || signature.empty() || problem != std::errc() || read != stamp.data() + stamp.size()) return false;
    auto const age = present.milliseconds / 1000 - seconds;
    if (seconds < 0 || seconds > last_second || age > most_age.count() || age < -most_ahead) return false;
    return matches_hmac_sha256(signature, std::string(stamp) + '.', body, secrets);
}
