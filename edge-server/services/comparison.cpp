#include "edge-server/services/comparison.h"
#include "edge-server/services/retrying.h"
#include "edge-server/store/bill_store.h"
#include "edge-server/store/conversation_store.h"
#include "edge-server/store/drift_store.h"
#include "edge-server/store/notification_store.h"
#include "shared/base/id.h"
#include "shared/base/text.h"

#include <algorithm>
#include <cstdlib>
#include <unordered_map>

namespace {

constexpr std::int64_t compared_seconds = 3 * 24 * 3600; // a night that was missed is made up for
constexpr std::int64_t settled_seconds = 3600; // what is younger may not be told yet
constexpr std::int64_t margin_seconds = 24 * 3600; // the two sides date a fact differently
constexpr std::int64_t second_tolerance = 5; // Twilio counts a call from its answer, ElevenLabs from its first word
constexpr std::size_t most_findings = 500;
constexpr auto subject = "bills";

// What Twilio charges for, of either kind.
struct Charge {
    std::string sid;
    std::string our_number; // if one of the two is ours
    std::string what; // in words
    std::int64_t quantity = 0;
    std::int64_t seconds = 0;
    std::int64_t price = -1;
    Time at;
};

std::int64_t started_minutes(std::int64_t seconds)
{
    return (seconds + 59) / 60;
}

class Comparison {
public:
    Comparison(sql::Database& database, Time present)
        : m_since(present.plus_seconds(-compared_seconds)), m_until(present.plus_seconds(-settled_seconds)), m_database(database)
    {
    }

    Time since() const { return m_since; }
    std::vector<DriftFinding> const& findings() const { return m_findings; }

    void compare(std::vector<Charge> const& charges, std::vector<BilledContact> const& contacts, std::string_view unit)
    {
        std::unordered_map<std::string_view, BilledContact const*> ours;
        for (auto const& contact : contacts)
            ours.emplace(contact.sid, &contact);
        std::unordered_map<std::string_view, Charge const*> theirs;
        for (auto const& charge : charges) {
            theirs.emplace(charge.sid, &charge);
            if (charge.at < m_since || charge.at > m_until) continue;
            auto const found = ours.find(charge.sid);
            compare(charge, found == ours.end() ? nullptr : found->second, unit);
        }
        for (auto const& contact : contacts)
            if (contact.quantity > 0 && contact.at >= m_since && contact.at <= m_until && contact.sid.size() == 34
                && !theirs.contains(contact.sid))
                add({"bill_missing", contact.sid, contact.our_number, contact.organization_id,
                    "Our ledger bills " + std::to_string(contact.quantity) + ' ' + std::string(unit) + " for " + contact.sid
                        + ", which Twilio does not know.",
                    {}, "Look it up in Twilio's console, and take the line back with an adjustment."});
    }

private:
    void compare(Charge const& charge, BilledContact const* contact, std::string_view unit)
    {
        if (!contact || contact->quantity == 0) {
            auto const owner = contact ? contact->organization_id : owner_of(charge);
            if (owner.empty()) return; // no number of ours
            return add({"bill_missing", charge.sid, contact ? contact->our_number : charge.our_number, owner,
                "Twilio charges for " + charge.what + " (" + charge.sid + "), which nobody was billed for.", {},
                "Look for it in the webhook inbox and replay it there."});
        }
        bool const close = charge.seconds > 0 && std::abs(charge.seconds - contact->seconds) <= second_tolerance
            && contact->quantity == started_minutes(contact->seconds);
        if (contact->quantity != charge.quantity && !close)
            return add({"bill_differs", charge.sid, contact->our_number, contact->organization_id,
                "Twilio says " + std::to_string(charge.quantity) + ' ' + std::string(unit) + " for " + charge.what + ", our ledger "
                    + std::to_string(contact->quantity) + '.',
                {}, "Correct the ledger with an adjustment."});
        if (charge.price > contact->amount)
            add({"bill_differs", charge.sid, contact->our_number, contact->organization_id,
                "Twilio takes " + dollars(charge.price) + " for " + charge.what + ", which is billed at " + dollars(contact->amount) + '.',
                {}, "Add a rate that covers what Twilio takes."});
    }

    std::string owner_of(Charge const& charge)
    {
        auto const owner
            = m_database.read(sql::Scope::routing(), [&](sql::Reader& db) { return find_owner_at(db, charge.our_number, charge.at); });
        return owner ? owner->organization_id : std::string();
    }

    void add(DriftFinding finding)
    {
        if (m_findings.size() < most_findings) m_findings.push_back(std::move(finding));
    }

    Time const m_since;
    Time const m_until;
    sql::Database& m_database;
    std::vector<DriftFinding> m_findings;
};

bool is_inbound(TwilioText const& text)
{
    return text.direction == "inbound";
}

// Twilio's own confirmations of STOP are replies too, and ours are never.
bool is_charged(TwilioText const& text)
{
    return (is_inbound(text) || text.direction == "outbound-api")
        && (text.status == "received" || text.status == "sent" || text.status == "delivered" || text.status == "undelivered");
}

Error unread(ProviderAnswer const& answer)
{
    return {ErrorKind::Unavailable, "twilio_unread", quoted("Twilio", answer)};
}

} // namespace

Outcome compare_bills(sql::Database& database, TwilioClient& twilio, Time present)
{
    Comparison comparison(database, present);
    auto const from = comparison.since().plus_seconds(-margin_seconds);
    std::vector<Charge> texts, calls;
    auto const read_texts = twilio.texts_since(from, [&](TwilioText const& text) {
        if (is_charged(text))
            texts.push_back({text.sid, is_inbound(text) ? text.to_number : text.from_number,
                (is_inbound(text) ? "a text from " + text.from_number : "a text to " + text.to_number), std::max(1, text.segments), 0,
                text.price, text.sent_at ? text.sent_at : text.created_at});
        return true;
    });
    if (!read_texts) return unread(read_texts);
    auto const is_ours = [&](std::string const& number, Time at) {
        return database.read(sql::Scope::routing(), [&](sql::Reader& db) { return find_owner_at(db, number, at).has_value(); });
    };
    auto const read_calls = twilio.calls_since(from, [&](TwilioCall const& call) {
        if (call.seconds > 0)
            calls.push_back({call.sid, is_ours(call.to_number, call.started_at) ? call.to_number : call.from_number,
                "a call from " + call.from_number + " to " + call.to_number, started_minutes(call.seconds), call.seconds, call.price,
                call.started_at});
        return true;
    });
    if (!read_calls) return unread(read_calls);
    auto const our_texts = database.read(sql::Scope::platform(), [&](sql::Reader& db) { return billed_texts(db, from); });
    auto const our_calls = database.read(sql::Scope::platform(), [&](sql::Reader& db) { return billed_calls(db, from); });
    comparison.compare(texts, our_texts, "segments");
    comparison.compare(calls, our_calls, "minutes");

    auto const& findings = comparison.findings();
    database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        replace_bill_drift(db, findings, present);
        if (findings.empty()) return resolve_notifications_about(db, subject);
        put_notification(db,
            {new_id(), "drift_found", subject, {}, {}, {}, "Twilio's bill and our ledger differ",
                std::to_string(findings.size()) + " calls or texts of the last three days are not billed as Twilio counts them.",
                "Open Drift and look at what differs.", "pending", now(), {}});
    });
    return Nothing{};
}
