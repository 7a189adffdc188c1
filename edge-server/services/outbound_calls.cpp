#include "edge-server/services/outbound_calls.h"
#include "edge-server/config.h"
#include "edge-server/services/billing.h"
#include "edge-server/services/initiation.h"
#include "edge-server/services/outreach.h"
#include "edge-server/services/retrying.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/conversation_store.h"
#include "edge-server/store/lead_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/phone_number_store.h"
#include "shared/api/read_records.h"
#include "shared/api/records.h"
#include "shared/base/id.h"
#include "shared/base/text.h"

#include <spdlog/spdlog.h>

#include <algorithm>

using std::chrono::milliseconds;

namespace {

constexpr std::int64_t lease_seconds = 60; // longer than any vendor call
static_assert(lease_seconds > 2 * provider_deadline.count());
constexpr std::int64_t patience_seconds = 60; // who clicked does not expect the call any more afterwards
constexpr std::int64_t grace_seconds = 3 * provider_deadline.count(); // a call that was dialled is known by then
constexpr milliseconds between_looks{2000};
constexpr std::int64_t forgotten_seconds = 24 * 3600;
constexpr int forgotten_at_once = 100;
constexpr std::size_t reason_limit = 300; // characters
constexpr int most_waiting = 32; // requests, each a thread

Error no_such(char const* what)
{
    return {ErrorKind::NotFound, "not_found", std::string("There is no such ") + what + '.'};
}

bool is_decided(CallAttempt const& attempt)
{
    return attempt.state != "waiting" && attempt.state != "posted";
}

// The number that calls: the dealership's own line, live at both vendors.
std::optional<PhoneNumber> calling_number(sql::Reader& db, std::string const& organization_id)
{
    for (auto& number : list_phone_numbers(db, organization_id))
        if (number.is_active && !number.elevenlabs_phone_id.empty()) return number;
    return {};
}

Json as_object(std::string const& variables)
{
    auto object = Json::object();
    for (auto const& [name, value] : named_values_from(Json::parse(variables, nullptr, false)))
        object[name] = value;
    return object;
}

} // namespace

struct OutboundCalls::Work {
    CallAttempt attempt;
    std::string worker;
};

OutboundCalls::OutboundCalls(sql::Database& database, Config const& config, ElevenLabsClient* elevenlabs)
    : m_database(database), m_config(config), m_elevenlabs(elevenlabs)
{
}

// --- the click ---

Result<CallAttempt> OutboundCalls::begin(Order const& order)
{
    if (count_code_points(order.reason) > reason_limit)
        return Error{ErrorKind::Invalid, "too_long", "A reason has 300 characters at most.", "reason"};
    if (!is_printable(order.reason))
        return Error{ErrorKind::Invalid, "invalid_reason", "The reason has characters that cannot be shown.", "reason"};
    if (!m_elevenlabs) return Error{ErrorKind::Unavailable, "no_number", "No voice agent is configured here, so that nobody could speak."};
    auto const begun
        = m_database.write(sql::Scope::organization(order.organization_id), [&](sql::Writer& db) { return insert(db, order); });
    if (begun) announce();
    return begun;
}

Result<CallAttempt> OutboundCalls::insert(sql::Writer& db, Order const& order)
{
    auto const organization = find_organization(db, order.organization_id);
    if (!organization) return no_such("organisation");
    auto const key = order.request_key.empty() ? std::string() : sha256_hex("call:" + order.organization_id + ':' + order.request_key);
    if (auto const known = key.empty() ? std::nullopt : find_attempt_by_key(db, key)) {
        bool const same = known->reason == order.reason
            && (order.lead_id.empty() ? known->to_number == order.to_number : known->lead_id == order.lead_id);
        if (same) return *known;
        return Error{ErrorKind::Conflict, "key_reused", "This Idempotency-Key belongs to another call.", "Idempotency-Key"};
    }
    auto const lead = order.lead_id.empty() ? find_lead_by_number(db, order.organization_id, order.to_number)
                                            : find_lead(db, order.organization_id, order.lead_id);
    if (!order.lead_id.empty() && !lead) return no_such("lead");
    auto const to_number = order.lead_id.empty() ? order.to_number : lead->phone_number;
    auto const from = calling_number(db, order.organization_id);
    if (!from) return Error{ErrorKind::Conflict, "no_number", "The dealership has no live line to call from at present."};
    auto const present = now();
    if (auto const problem = check_outreach(db, m_config, order.organization_id, *from, to_number, Channel::Call, present)) return *problem;
    CallAttempt attempt;
    attempt.id = new_id();
    attempt.organization_id = order.organization_id;
    attempt.phone_number_id = from->id;
    attempt.lead_id = lead ? lead->id : std::string();
    attempt.to_number = to_number;
    attempt.reason = order.reason;
    attempt.variables
        = to_json(outbound_variables(db, order.organization_id, organization->organization.name, attempt.lead_id, order.reason)).dump();
    attempt.state = "waiting";
    attempt.reserved = reserve_of_call(db, present);
    attempt.author_id = order.author_id;
    attempt.due_at = attempt.created_at = present;
    insert_attempt(db, attempt, key);
    append_audit(db, {order.organization_id, order.author_id, "call_begun", attempt.id, to_number}, sha256_hex);
    return attempt;
}

CallAttempt OutboundCalls::await(CallAttempt attempt, std::chrono::steady_clock::time_point deadline)
{
    struct Waiting {
        std::atomic<int>& count;
        bool const has_room = count++ < most_waiting;
        ~Waiting() { --count; }
    } const waiting{m_waiting};
    while (waiting.has_room && !is_decided(attempt) && !m_stopping) {
        std::unique_lock lock(m_mutex);
        auto const seen = m_calls;
        lock.unlock();
        auto const found = m_database.read(sql::Scope::organization(attempt.organization_id),
            [&](sql::Reader& db) { return find_attempt(db, attempt.organization_id, attempt.id); });
        if (found) attempt = *found;
        lock.lock();
        if (is_decided(attempt) || !m_changed.wait_until(lock, deadline, [&] { return m_stopping || m_calls != seen; })) break;
    }
    return attempt;
}

// --- the work ---

bool OutboundCalls::work_on_next(std::string const& worker)
{
    if (m_stopping || !m_elevenlabs) return false;
    auto const due = m_database.read(sql::Scope::platform(), [](sql::Reader& db) { return next_attempt_work(db); });
    if (!due || *due > now()) return false;
    auto const claimed = m_database.write(
        sql::Scope::platform(), [&](sql::Writer& db) { return claim_attempt(db, worker, now(), now().plus_seconds(lease_seconds)); });
    if (!claimed) return false;
    Work work{*claimed, worker};
    try {
        advance(work);
    } catch (Interrupted) {
        spdlog::info("call {}: goes on later", work.attempt.id);
    } catch (std::exception const& failure) {
        // What is on disk says whether anything may have left; the lease keeps others away meanwhile.
        spdlog::error("call {}: {}", work.attempt.id, failure.what());
        announce();
        return true;
    }
    m_database.write(sql::Scope::organization(work.attempt.organization_id),
        [&](sql::Writer& db) { release_attempt_lease(db, work.attempt.id, worker); });
    announce();
    return true;
}

void OutboundCalls::advance(Work& work)
{
    if (work.attempt.state == "posted") return look(work);
    if (now() > work.attempt.created_at.plus_seconds(patience_seconds))
        return finish(
            work, "failed", "It could not be dialled within a minute, so it was let be. Nobody was called. " + work.attempt.cause);
    dial(work);
}

void OutboundCalls::dial(Work& work)
{
    auto& attempt = work.attempt;
    if (m_config.is_live_by_mistake())
        return finish(work, "refused", "This installation uses a vendor's real address, but its public URL cannot be reached from there.");
    struct Ready {
        std::optional<PhoneNumber> from;
        std::optional<Error> problem;
    };
    auto const ready = m_database.read(sql::Scope::organization(attempt.organization_id), [&](sql::Reader& db) {
        Ready found{find_phone_number(db, attempt.phone_number_id), {}};
        if (found.from)
            found.problem = check_contact(db, m_config, attempt.organization_id, *found.from, attempt.to_number, Channel::Call, now());
        return found;
    });
    if (!ready.from || !ready.from->is_active) return finish(work, "refused", "The dealership's line is not live any more.");
    if (ready.problem) return finish(work, "refused", ready.problem->message);

    attempt.state = "posted";
    attempt.posted_at = now();
    attempt.attempts = 0;
    save(work); // durable before the request leaves
    if (m_stopping) throw Interrupted{};
    auto const placed = m_elevenlabs->place_call(ready.from->agent_id.empty() ? m_config.elevenlabs_agent_id : ready.from->agent_id,
        ready.from->elevenlabs_phone_id, attempt.to_number, as_object(attempt.variables), attempt.id);
    switch (placed.answer.ending) {
    case Ending::Done:
        if (placed.value.success) return place(work, placed.value.conversation_id, placed.value.call_sid);
        return finish(work, "refused",
            placed.value.message.empty() ? "ElevenLabs did not place the call and gave no reason."
                                         : "ElevenLabs did not place the call: \"" + placed.value.message + "\".");
    case Ending::Refused:
    case Ending::Unauthorized:
        return finish(work, "refused", quoted("ElevenLabs", placed.answer));
    case Ending::NotSent:
    case Ending::Throttled: // nothing happened
        attempt.state = "waiting";
        attempt.posted_at = {};
        attempt.cause = quoted("ElevenLabs", placed.answer);
        ++attempt.attempts;
        return later(work, std::max(back_off(attempt.attempts), placed.answer.retry_after));
    case Ending::Unclear:
        attempt.cause = "ElevenLabs did not say whether it dialled. It is being asked; nobody is dialled again meanwhile.";
        return later(work, between_looks);
    }
}

// Whatever happened to the request: the conversation of this attempt is there, or it was never dialled.
void OutboundCalls::look(Work& work)
{
    auto& attempt = work.attempt;
    auto const from = m_database.read(
        sql::Scope::organization(attempt.organization_id), [&](sql::Reader& db) { return find_phone_number(db, attempt.phone_number_id); });
    auto const agent_id = from && !from->agent_id.empty() ? from->agent_id : m_config.elevenlabs_agent_id;
    save(work);
    auto const found = m_elevenlabs->find_conversations(agent_id, attempt.id);
    for (auto const& id : found.value) {
        // Asked for itself: a filter that is ignored one day must not hand us somebody else's call.
        save(work);
        auto const conversation = m_elevenlabs->get_conversation(id);
        if (!conversation) return look_later(work, conversation);
        if (text_of(conversation.body, "user_id") == attempt.id)
            return place(work, id, text_of(member_of(member_of(conversation.body, "metadata"), "phone_call"), "call_sid"));
    }
    if (found.answer && now() > attempt.posted_at.plus_seconds(grace_seconds))
        return finish(work, "failed", "ElevenLabs knows of no such call, so nobody seems to have been called. It may be tried again.");
    look_later(work, found.answer);
}

void OutboundCalls::look_later(Work& work, ProviderAnswer const& answer)
{
    ++work.attempt.attempts;
    later(work, answer ? between_looks : std::max({between_looks, back_off(work.attempt.attempts), answer.retry_after}));
}

void OutboundCalls::place(Work& work, std::string const& conversation_id, std::string const& call_sid)
{
    auto& attempt = work.attempt;
    m_database.write(sql::Scope::organization(attempt.organization_id), [&](sql::Writer& db) {
        // The result may have come before this answer.
        auto known = find_conversation_by_attempt(db, attempt.id);
        if (!known && !call_sid.empty()) known = find_conversation_by_call(db, call_sid);
        if (!known && !conversation_id.empty()) known = find_conversation_by_vendor_id(db, conversation_id);
        if (known && known->organization_id != attempt.organization_id) known.reset();
        auto const told = named_values_from(Json::parse(attempt.variables, nullptr, false));
        Conversation conversation;
        if (known) {
            conversation = *known;
            link_attempt(db, conversation, attempt.id);
            if (conversation.conversation_id.empty()) conversation.conversation_id = conversation_id;
            update_conversation(db, conversation);
            set_variables_if_unknown(db, conversation.id, told);
        } else {
            conversation.id = new_id();
            conversation.organization_id = attempt.organization_id;
            conversation.phone_number_id = attempt.phone_number_id;
            // Unique and never empty, also when ElevenLabs named neither.
            conversation.call_sid = !call_sid.empty() ? call_sid : !conversation_id.empty() ? conversation_id : attempt.id;
            conversation.conversation_id = conversation_id;
            conversation.direction = "outbound";
            conversation.status = "in_progress";
            conversation.external_number = attempt.to_number;
            conversation.agent_id = m_config.elevenlabs_agent_id;
            conversation.attempt_id = attempt.id;
            conversation.started_at = attempt.posted_at;
            conversation.lead_id
                = reach_lead(db, attempt.organization_id, attempt.to_number, conversation.call_sid, conversation.started_at);
            insert_conversation(db, conversation, told);
        }
        if (!conversation.lead_id.empty()) refresh_lead(db, attempt.organization_id, conversation.lead_id);
        conversation_changed(db, attempt.organization_id, conversation.id);
        auto placed = attempt;
        placed.state = "placed";
        placed.cause.clear();
        placed.due_at = {};
        placed.lead_id = conversation.lead_id;
        save_attempt(db, placed, work.worker, now().plus_seconds(lease_seconds)); // not when it has ended meanwhile
        bill_conversation(db, conversation, agent_cost_of(db, conversation.id)); // only a result that came first
    });
}

// --- the durable record ---

void OutboundCalls::finish(Work& work, char const* state, std::string cause)
{
    work.attempt.state = state;
    work.attempt.cause = trimmed(cause);
    work.attempt.due_at = {};
    work.attempt.ended_at = now();
    save(work);
    spdlog::info("call {}: {}: {}", work.attempt.id, state, work.attempt.cause);
}

void OutboundCalls::later(Work& work, milliseconds delay)
{
    work.attempt.due_at = now().plus_milliseconds(delay.count());
    save(work);
}

void OutboundCalls::save(Work& work)
{
    bool const ours = m_database.write(sql::Scope::organization(work.attempt.organization_id),
        [&](sql::Writer& db) { return save_attempt(db, work.attempt, work.worker, now().plus_seconds(lease_seconds)); });
    if (!ours) throw Interrupted{};
}

void OutboundCalls::end_forgotten()
{
    m_database.write(sql::Scope::platform(),
        [](sql::Writer& db) { end_forgotten_attempts(db, now().plus_seconds(-forgotten_seconds), forgotten_at_once); });
}

// --- waking ---

void OutboundCalls::announce()
{
    std::lock_guard const lock(m_mutex);
    ++m_calls;
    m_changed.notify_all();
}

void OutboundCalls::wait_for_work(std::uint64_t& calls_seen, milliseconds longest)
{
    auto const due = m_database.read(sql::Scope::platform(), [](sql::Reader& db) { return next_attempt_work(db); });
    auto const sleep = due ? std::clamp(milliseconds(due->milliseconds - now().milliseconds), milliseconds(1), longest) : longest;
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, sleep, [&] { return m_stopping || m_calls != calls_seen; });
    calls_seen = m_calls;
}

void OutboundCalls::stop_working()
{
    std::lock_guard const lock(m_mutex);
    m_stopping = true;
    m_changed.notify_all();
}
