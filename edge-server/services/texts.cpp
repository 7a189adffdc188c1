#include "edge-server/services/texts.h"
#include "edge-server/config.h"
#include "edge-server/services/outreach.h"
#include "edge-server/services/retrying.h"
#include "edge-server/services/secrets.h"
#include "edge-server/services/text_errors.h"
#include "edge-server/store/conversation_store.h"
#include "edge-server/store/lead_store.h"
#include "edge-server/store/ledger_store.h"
#include "edge-server/store/notification_store.h"
#include "edge-server/store/opt_out_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/phone_number_store.h"
#include "shared/base/id.h"
#include "shared/base/json.h"
#include "shared/base/text.h"
#include "shared/domain/opt_out_words.h"
#include "shared/domain/phone_number.h"
#include "shared/domain/segments.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

using std::chrono::milliseconds;

namespace {

constexpr std::int64_t lease_seconds = 60; // longer than any vendor call
static_assert(lease_seconds > 2 * provider_deadline.count());
constexpr std::int64_t grace_seconds = 45; // after a request: what Twilio does not list by then, it never got
static_assert(grace_seconds > 2 * provider_deadline.count());
constexpr std::int64_t stale_seconds = 3600; // what could not be handed over by then nobody expects any more
constexpr std::int64_t clock_slack_seconds = 60; // between Twilio's clock and ours
constexpr std::int64_t absent_text_asked_again_after = 24 * 3600; // a text that Twilio does not know
constexpr std::size_t id_limit = 64;
constexpr std::size_t body_limit = 4000; // bytes of a customer's text; Twilio brings 1,600 characters
constexpr auto status_path = "/webhooks/twilio/message-status";

// --- from Twilio ---

int count_in(Json const& fields, char const* name)
{
    auto const text = text_of(fields, name);
    int count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return std::clamp(count, 0, 100);
}

// A string of at most that many bytes, cut between characters.
std::string bounded_bytes(std::string text, std::size_t limit)
{
    if (text.size() <= limit) return text;
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80)
        --limit;
    text.resize(limit);
    return text;
}

Json to_json(TwilioForm const& form)
{
    auto fields = Json::object();
    for (auto const& [name, value] : form)
        if (!fields.contains(name)) fields[name] = value;
    return fields;
}

InboxItem item_of(char const* kind, std::string dedupe_key, std::string subject, char const* via, Json const& fields)
{
    InboxItem item;
    item.source = "twilio";
    item.kind = kind;
    item.dedupe_key = std::move(dedupe_key);
    item.subject = std::move(subject);
    item.via = via;
    item.body = fields.dump();
    return item;
}

// What names nothing is kept by its own content.
std::string key_of(char const* kind, std::string const& name, Json const& fields)
{
    return std::string(kind) + ':' + (name.empty() ? sha256_hex(fields.dump()) : name);
}

InboxItem text_item(Json const& fields, char const* via)
{
    return item_of(
        "sms", key_of("sms", text_of(fields, "MessageSid"), fields), text_of(fields, "From") + '>' + text_of(fields, "To"), via, fields);
}

InboxItem status_item(Json fields, std::string const& message_id, char const* via)
{
    if (!message_id.empty()) fields["Message"] = message_id;
    auto const sid = text_of(fields, "MessageSid");
    auto const name = sid.empty() ? sid : sid + ':' + text_of(fields, "MessageStatus") + ':' + text_of(fields, "ErrorCode");
    return item_of("message_status", key_of("status", name, fields), sid, via, fields);
}

OptOutWord word_in(Json const& fields)
{
    auto const told = text_of(fields, "OptOutType"); // Twilio's own judgement, when it makes one
    if (told == "STOP") return OptOutWord::Stop;
    if (told == "START") return OptOutWord::Start;
    return opt_out_word(text_of(fields, "Body"));
}

// A STOP or START in an inbound text, with its evidence.
void take_opt_out(sql::Writer& db, Json const& fields, std::optional<PhoneNumber> const& owner, Time at, bool is_twilios_time)
{
    auto const word = word_in(fields);
    if (word != OptOutWord::Stop && word != OptOutWord::Start) return;
    OptOut opt_out;
    if (owner) {
        opt_out.organization_id = owner->organization_id;
        opt_out.phone_number_id = owner->id;
    }
    opt_out.our_number = text_of(fields, "To");
    opt_out.customer_number = text_of(fields, "From");
    opt_out.kind = word == OptOutWord::Stop ? "stop" : "start";
    opt_out.words = bounded_bytes(text_of(fields, "Body"), body_limit);
    opt_out.message_sid = text_of(fields, "MessageSid");
    opt_out.at = at;
    if (!is_twilios_time) opt_out.ask_at = now();
    record_opt_out(db, opt_out);
    refresh_opted_out(db, opt_out.organization_id, opt_out.our_number, opt_out.customer_number);
}

Processed unrouted_text(sql::Writer& db, Json const& fields, std::string const& cause)
{
    auto const to = text_of(fields, "To"), from = text_of(fields, "From");
    put_notification(db,
        {new_id(), "unrouted_message", to, {}, {}, to, "A text to " + to + " belongs to no dealership",
            cause + " It came from " + from + '.', "Read it in the inbox. If the number is a dealership's, put that right and replay it.",
            "pending", now(), {}});
    return {Processed::Unrouted, cause};
}

// --- how a text of ours fares ---

constexpr std::array<std::string_view, 7> states_forward{"unclear", "queued", "sending", "sent", "failed", "undelivered", "delivered"};

std::size_t rank_of(std::string_view state)
{
    return static_cast<std::size_t>(std::find(states_forward.begin(), states_forward.end(), state) - states_forward.begin());
}

void record_refused_by_customer(sql::Writer& db, Message const& text)
{
    OptOut opt_out;
    opt_out.organization_id = text.phone_number_id.empty() ? std::string() : text.organization_id;
    opt_out.phone_number_id = text.phone_number_id;
    opt_out.our_number = text.from_number;
    opt_out.customer_number = text.to_number;
    opt_out.kind = "stop";
    opt_out.words = "Twilio refused a text (21610): this person has replied STOP.";
    opt_out.message_sid = "21610:" + text.id;
    opt_out.at = now();
    record_opt_out(db, opt_out);
    refresh_opted_out(db, opt_out.organization_id, opt_out.our_number, opt_out.customer_number);
}

// Sent, whatever became of it afterwards: that is what Twilio charges.
void bill_sent(sql::Writer& db, Message const& text)
{
    if (text.state != "sent" && text.state != "delivered" && text.state != "undelivered") return;
    bill(db,
        {text.organization_id, "sms_segment_out", "sms_out:" + text.id, text.id, "Text to " + national_format(text.to_number),
            text.segments, text.sent_at});
}

// Twilio has this text under this SID, in this state.
void advance(sql::Writer& db, Message text, std::string const& sid, std::string const& state, std::string const& code)
{
    auto const before = text;
    text.twilio_sid = sid;
    bool const forward = is_forward(text.state, state);
    bool const better_known = text.state == state && text.error_code < code; // of two codes the same one whichever came first
    if (forward || better_known) {
        bool const went_wrong = state == "failed" || state == "undelivered";
        text.state = state;
        text.error_code = went_wrong ? code : std::string();
        text.error = went_wrong ? explain_text_error(code) : std::string();
    }
    if (code == "21610") record_refused_by_customer(db, text);
    if (before.state == text.state && before.error_code == text.error_code && before.twilio_sid == text.twilio_sid) return;
    update_text(db, text, true);
    bill_sent(db, text);
    note_text(db, text, false);
}

// --- to Twilio ---

Error refused(char const* code, std::string message, char const* field = "", ErrorKind kind = ErrorKind::Invalid)
{
    return {kind, code, std::move(message), field};
}

// Letters of any script, and line ends; nothing that a phone would hide or turn around.
bool is_sendable(std::string const& body)
{
    std::string without_lines;
    std::copy_if(body.begin(), body.end(), std::back_inserter(without_lines), [](char c) { return c != '\n' && c != '\t'; });
    // A family or a flag is several characters that a zero-width joiner makes one.
    for (std::string const joiner : {"\u200D", "\uFE0F"})
        for (auto at = without_lines.find(joiner); at != std::string::npos; at = without_lines.find(joiner, at))
            without_lines.erase(at, joiner.size());
    return is_printable(without_lines);
}

Result<Segments> check_body(std::string const& body)
{
    if (body.empty()) return refused("required", "Write something first.", "body");
    if (!is_valid_utf8(body) || !is_sendable(body)) return refused("not_printable", "The text has characters that cannot be sent.", "body");
    auto const counted = count_segments(body);
    if (counted.segments > most_segments)
        return refused("too_long",
            "This text has " + std::to_string(counted.characters) + " characters and would be sent in " + std::to_string(counted.segments)
                + " parts; " + std::to_string(most_segments) + " are the most"
                + (counted.unicode_because.empty() ? std::string(".")
                                                   : ". Without \"" + counted.unicode_because + "\" it would take fewer."),
            "body");
    return counted;
}

// The number that an organisation texts from: its own that is active, else the platform's.
std::optional<PhoneNumber> sender_of(sql::Reader& db, Config const& config, std::string const& organization_id)
{
    for (auto const& number : list_phone_numbers(db, organization_id))
        if (number.is_active) return number;
    if (config.default_number.empty()) return {};
    PhoneNumber number;
    number.phone_number = config.default_number;
    number.sms_status = "ready";
    return number;
}

Result<PhoneNumber> ready_sender(sql::Reader& db, Config const& config, std::string const& organization_id)
{
    auto const organization = find_organization(db, organization_id);
    if (!organization) return Error{ErrorKind::NotFound, "not_found", "There is no such organisation."};
    if (organization->organization.state != "open")
        return refused("no_number", "The organisation is " + organization->organization.state + ", so it sends no texts.");
    auto const sender = sender_of(db, config, organization_id);
    if (!sender) return refused("no_number", "The organisation has no active number to send from.");
    if (sender->sms_status != "ready")
        return refused("sms_not_ready",
            sender->sms_reason.empty() ? "Texts from " + national_format(sender->phone_number) + " are not possible yet."
                                       : sender->sms_reason);
    return *sender;
}

} // namespace

InboxItem text_item(TwilioForm const& form)
{
    return text_item(to_json(form), "webhook");
}

InboxItem text_status_item(TwilioForm const& form, std::string const& message_id)
{
    return status_item(to_json(form), bounded_bytes(message_id, id_limit), "webhook");
}

InboxItem polled_text_item(TwilioText const& text)
{
    return text_item({{"MessageSid", text.sid}, {"From", text.from_number}, {"To", text.to_number}, {"Body", text.body},
                         {"NumMedia", std::to_string(text.pictures)}, {"NumSegments", std::to_string(text.segments)},
                         {"DateSent", to_rfc3339(text.sent_at ? text.sent_at : text.created_at)}},
        "poll");
}

InboxItem polled_status_item(TwilioText const& text, std::string const& message_id)
{
    return status_item({{"MessageSid", text.sid}, {"MessageStatus", text.status}, {"ErrorCode", text.error_code},
                           {"From", text.from_number}, {"To", text.to_number}},
        message_id, "poll");
}

Processed take_text(sql::Writer& db, Config const& config, InboxItem const& item)
{
    auto const fields = Json::parse(item.body, nullptr, false);
    auto const sid = text_of(fields, "MessageSid"), from = text_of(fields, "From"), to = text_of(fields, "To");
    if (sid.empty() || sid.size() > id_limit || from.empty() || from.size() > id_limit || !is_e164(to))
        return {Processed::Failed, "It names no text, or nobody who wrote it, or no number of ours."};
    auto const twilios_time = from_rfc3339(text_of(fields, "DateSent"));
    auto const at = twilios_time ? twilios_time : item.received_at;
    if (to == config.default_number) {
        take_opt_out(db, fields, {}, at, bool(twilios_time));
        return unrouted_text(db, fields, "It came to the platform's default number.");
    }
    auto const owner = find_owner_at(db, to, twilios_time ? end_of_second(at) : at);
    if (!owner) return unrouted_text(db, fields, "No dealership has this number.");

    Message text;
    text.id = new_id();
    text.organization_id = owner->organization_id;
    text.phone_number_id = owner->id;
    text.direction = "inbound";
    text.from_number = from;
    text.to_number = to;
    text.body = bounded_bytes(text_of(fields, "Body"), body_limit);
    auto const counted = count_segments(text.body);
    text.encoding = counted.encoding;
    auto const reported = count_in(fields, "NumSegments");
    text.segments = reported > 0 ? reported : std::max(1, counted.segments);
    text.pictures = count_in(fields, "NumMedia");
    text.state = "received";
    text.twilio_sid = sid;
    text.sent_at = at;
    text.created_at = now();
    if (find_text_by_sid(db, sid)) return {Processed::Done, {}, owner->organization_id};
    if (is_usable_caller(from)) text.lead_id = reach_lead(db, owner->organization_id, from, sid, at); // a short code is nobody's phone
    insert_inbound_text(db, text);
    note_text(db, text, true);
    take_opt_out(db, fields, owner, at, bool(twilios_time));
    bill(db,
        {text.organization_id, "sms_segment_in", "sms_in:" + text.id, text.id, "Text from " + national_format(from), text.segments, at});
    return {Processed::Done, {}, owner->organization_id};
}

std::string text_state_of(std::string const& twilio_status)
{
    if (twilio_status == "accepted" || twilio_status == "scheduled" || twilio_status == "queued") return "queued";
    if (twilio_status == "read" || twilio_status == "partially_delivered") return "delivered";
    if (twilio_status == "canceled") return "failed";
    bool const same = twilio_status != "unclear" && rank_of(twilio_status) < states_forward.size();
    return same ? twilio_status : std::string();
}

bool is_forward(std::string const& from_state, std::string const& to_state)
{
    return rank_of(from_state) < rank_of(to_state);
}

Processed take_message_status(sql::Writer& db, InboxItem const& item)
{
    auto const fields = Json::parse(item.body, nullptr, false);
    auto const sid = text_of(fields, "MessageSid"), id = text_of(fields, "Message");
    if (sid.empty() || sid.size() > id_limit) return {Processed::Failed, "It names no text."};
    auto text = find_text_by_sid(db, sid);
    if (!text && !id.empty()) text = find_text(db, id); // it overtook the answer that brings the SID, or that answer was lost
    if (!text || text->direction != "outbound") return {Processed::Unrouted, "No text of ours is known to Twilio as " + sid + '.'};
    if (!text->twilio_sid.empty() && text->twilio_sid != sid) {
        spdlog::error("text {}: Twilio knows it as {} and as {}", text->id, text->twilio_sid, sid);
        return {Processed::Failed, "Twilio knows this text under two SIDs: it was sent twice.", text->organization_id};
    }
    if (auto const state = text_state_of(text_of(fields, "MessageStatus")); !state.empty())
        advance(db, *text, sid, state, bounded_bytes(text_of(fields, "ErrorCode"), id_limit));
    return {Processed::Done, {}, text->organization_id};
}

Texts::Texts(sql::Database& database, Config const& config, TwilioClient& twilio) : m_database(database), m_config(config), m_twilio(twilio)
{
}

std::string Texts::callback_of(std::string const& message_id) const
{
    return m_config.public_url + status_path + "?message=" + message_id;
}

Result<Message> Texts::write(sql::Writer& db, NewText const& wanted, Time at) const
{
    auto const body = trimmed(wanted.body);
    auto to_number = e164_from(trimmed(wanted.to_number));
    if (!wanted.lead_id.empty()) {
        auto const lead = find_lead(db, wanted.organization_id, wanted.lead_id);
        if (!lead) return Error{ErrorKind::NotFound, "not_found", "There is no such lead.", "lead_id"};
        to_number = lead->phone_number;
    }
    auto const key = wanted.request_key.empty() ? std::string() : wanted.organization_id + ':' + wanted.request_key;
    if (auto const earlier = key.empty() ? std::nullopt : find_text_by_request(db, key)) {
        if (earlier->to_number == to_number && earlier->body == body) return *earlier;
        return Error{ErrorKind::Conflict, "key_used", "Another text was sent with this Idempotency-Key.", "Idempotency-Key"};
    }
    if (to_number.empty()) return refused("destination_not_allowed", "This is not a whole phone number.", "to_number");
    auto const counted = check_body(body);
    if (!counted) return counted.error();
    auto const sender = ready_sender(db, m_config, wanted.organization_id);
    if (!sender) return sender.error();
    if (auto const problem = check_outreach(db, m_config, wanted.organization_id, *sender, to_number, Channel::Text, at, counted->segments))
        return *problem;

    Message text;
    text.id = new_id();
    text.organization_id = wanted.organization_id;
    text.phone_number_id = sender->id;
    text.lead_id = reach_lead(db, wanted.organization_id, to_number, text.id, at);
    text.direction = "outbound";
    text.from_number = sender->phone_number;
    text.to_number = to_number;
    text.body = body;
    text.encoding = counted->encoding;
    text.segments = counted->segments;
    text.state = "queued";
    text.sent_at = text.created_at = at;
    insert_outbound_text(db, text, wanted.author_id, key);
    note_text(db, text, true);
    append_audit(db, {text.organization_id, wanted.author_id, "text_sent", text.id, text.to_number}, sha256_hex);
    return *find_text(db, text.id);
}

bool Texts::send_next(std::string const& worker)
{
    auto const due = m_database.read(sql::Scope::platform(), [](sql::Reader& db) { return next_due_text(db); });
    if (!due || *due > now()) return false;
    auto const text = m_database.write(
        sql::Scope::platform(), [&](sql::Writer& db) { return claim_due_text(db, worker, now(), now().plus_seconds(lease_seconds)); });
    if (!text) return false;
    try {
        if (text->posted_at)
            look_for(*text, worker);
        else if (prepare(*text, worker) == Ready::Yes)
            post(*text);
    } catch (std::exception const& failure) {
        spdlog::error("text {}: {}", text->message.id, failure.what()); // the lease runs out, and the next worker goes on
        return true;
    }
    m_database.write(sql::Scope::platform(), [&](sql::Writer& db) { release_text_lease(db, text->message.id, worker); });
    return true;
}

// Everything is asked once more at the last moment, in the transaction that says that the request leaves: nothing that was on disk
// before can be overlooked.
Texts::Ready Texts::prepare(OutgoingText const& text, std::string const& worker)
{
    auto const& message = text.message;
    if (auto const pause = pause_of(m_twilio.provider()); pause.count() > 0 && message.created_at.plus_seconds(stale_seconds) > now()) {
        postpone(text, pause);
        return Ready::Lost;
    }
    return m_database.write(sql::Scope::organization(message.organization_id), [&](sql::Writer& db) {
        if (!renew_text_lease(db, message.id, worker, now().plus_seconds(lease_seconds))) return Ready::Lost;
        auto const refuse = [&](std::string const& words) {
            auto refused_text = message;
            refused_text.state = "failed";
            refused_text.error = words;
            update_text(db, refused_text, true);
            note_text(db, refused_text, false);
            return Ready::Refused;
        };
        if (message.created_at.plus_seconds(stale_seconds) < now())
            return refuse("It could not be handed to Twilio within an hour and was not sent. Send it again if it still matters.");
        auto const sender = ready_sender(db, m_config, message.organization_id);
        if (!sender) return refuse(sender.error().message);
        if (sender->phone_number != message.from_number) return refuse("The number that it was to be sent from is no longer in use.");
        constexpr int counted_already = 0; // its own segments are set aside in the budget
        if (auto const problem
            = check_outreach(db, m_config, message.organization_id, *sender, message.to_number, Channel::Text, now(), counted_already))
            return refuse(problem->message);
        mark_text_posted(db, message.id, now());
        return Ready::Yes;
    });
}

void Texts::post(OutgoingText text)
{
    auto const& message = text.message;
    auto const sent = m_twilio.send_text(message.from_number, message.to_number, message.body, callback_of(message.id));
    text.attempts += 1;
    switch (sent.answer.ending) {
    case Ending::Done:
        return adopt(message.id, sent.value);
    case Ending::Refused:
        return fail(message.id, sent.answer.code, explain_text_error(sent.answer.code, sent.answer.message));
    case Ending::Unauthorized:
        if (text.attempts >= attempt_limit) return fail(message.id, sent.answer.code, quoted("Twilio", sent.answer));
        return postpone(text, back_off(text.attempts)); // not posted: nothing happened
    case Ending::Throttled:
    case Ending::NotSent:
        text.attempts -= 1;
        return postpone(text, std::max(with_jitter(sent.answer.retry_after), back_off(1)));
    case Ending::Unclear:
        text.posted_at = now();
        spdlog::warn("text {}: it is not known whether Twilio has it: {}", message.id, sent.answer.message);
        return postpone(text, back_off(0));
    }
}

// The request left, and its end is not known: Twilio's own list says.
void Texts::look_for(OutgoingText text, std::string const& worker)
{
    auto const& message = text.message;
    if (auto const pause = pause_of(m_twilio.provider()); pause.count() > 0) return postpone(text, pause);
    auto const looked_at = now();
    auto const not_before = text.posted_at.plus_seconds(-clock_slack_seconds);
    std::optional<TwilioText> found; // the oldest that it can be
    auto const answer = m_twilio.texts_between(message.from_number, message.to_number, [&](TwilioText const& candidate) {
        if (candidate.created_at && candidate.created_at < not_before) return false;
        bool const matches = candidate.direction.starts_with("outbound") && trimmed(candidate.body) == message.body
            && candidate.from_number == message.from_number && candidate.to_number == message.to_number;
        bool const is_free
            = matches && m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return !find_text_by_sid(db, candidate.sid); });
        if (is_free) found = candidate;
        return true;
    });
    if (!answer) {
        text.attempts += 1;
        return postpone(text, std::max(back_off(text.attempts), answer.retry_after));
    }
    if (found) return adopt(message.id, *found);
    if (looked_at < text.posted_at.plus_seconds(grace_seconds)) {
        text.attempts += 1;
        return postpone(text, std::min(back_off(text.attempts), milliseconds(5000)));
    }
    m_database.write(sql::Scope::organization(message.organization_id), [&](sql::Writer& db) {
        if (!renew_text_lease(db, message.id, worker, now().plus_seconds(lease_seconds))) return; // its callback came
        auto unclear = message;
        unclear.state = "unclear";
        unclear.error = "Twilio did not answer, and does not list this text. It was probably not sent; it is not sent again by itself.";
        update_text(db, unclear, true);
        note_text(db, unclear, false);
    });
}

void Texts::adopt(std::string const& id, TwilioText const& at_twilio)
{
    auto const state = text_state_of(at_twilio.status);
    m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        auto text = find_text(db, id); // its callback may have been here first
        if (!text->twilio_sid.empty() && text->twilio_sid != at_twilio.sid) {
            spdlog::error("text {}: Twilio knows it as {} and as {}", id, text->twilio_sid, at_twilio.sid);
            return;
        }
        if (at_twilio.segments > 0) {
            text->segments = at_twilio.segments;
            update_text(db, *text, false);
        }
        advance(db, *text, at_twilio.sid, state.empty() ? "queued" : state, at_twilio.error_code);
    });
}

void Texts::fail(std::string const& id, std::string const& code, std::string const& words)
{
    m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        auto text = find_text(db, id);
        if (!text->twilio_sid.empty()) return; // refused, and yet there: the callback knows
        text->state = "failed";
        text->error_code = code;
        text->error = words;
        update_text(db, *text, true);
        if (code == "21610") record_refused_by_customer(db, *text);
        note_text(db, *text, false);
    });
}

void Texts::postpone(OutgoingText const& text, milliseconds delay)
{
    m_database.write(sql::Scope::platform(), [&](sql::Writer& db) { postpone_text(db, text, now().plus_milliseconds(delay.count())); });
}

bool Texts::ask_next()
{
    auto const to_ask = m_database.read(sql::Scope::platform(), [](sql::Reader& db) { return opt_outs_to_ask(db, now(), 1); });
    if (to_ask.empty()) return false;
    auto const& opt_out = to_ask.front();
    auto const found = m_twilio.fetch_text(opt_out.message_sid);
    m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        auto const at = found.value.sent_at ? found.value.sent_at : found.value.created_at;
        if (found.answer && at) return set_opt_out_time(db, opt_out, at);
        auto const delay = found.answer.status == 404 ? absent_text_asked_again_after * 1000
                                                      : std::max(back_off(opt_out.asked), found.answer.retry_after).count();
        ask_opt_out_later(db, opt_out.id, now().plus_milliseconds(delay));
    });
    return true;
}

void Texts::wait_for_work(std::uint64_t& calls_seen, milliseconds longest)
{
    constexpr milliseconds shortest{200}; // what is due may be another worker's, or have to wait for an earlier one
    auto const next = m_database.read(sql::Scope::platform(), [](sql::Reader& db) {
        auto const text = next_due_text(db), opt_out = next_opt_out_to_ask(db);
        return text && opt_out ? std::min(*text, *opt_out) : text ? text : opt_out;
    });
    auto sleep = longest;
    if (next) sleep = std::clamp(milliseconds(next->milliseconds - now().milliseconds), shortest, longest);
    std::unique_lock lock(m_mutex);
    m_called.wait_for(lock, sleep, [&] { return m_calls != calls_seen; });
    calls_seen = m_calls;
}

void Texts::wake()
{
    std::lock_guard const lock(m_mutex);
    ++m_calls;
    m_called.notify_all();
}
