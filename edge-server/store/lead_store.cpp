#include "edge-server/store/lead_store.h"
#include "edge-server/store/event_store.h"
#include "shared/base/id.h"
#include "shared/base/json.h"
#include "shared/base/text.h"

#include <array>

namespace {

constexpr std::size_t preview_limit = 120; // characters of a thread's last text
constexpr std::size_t detail_limit = 200;
constexpr int remembered_calls = 50; // whose details make the lead's

// What Jack may find out in a call, by the names that an agent's data collection gives it, and where it is kept.
struct Detail {
    char const* column;
    std::array<char const*, 4> names;
};
constexpr std::array<Detail, 4> details{Detail{"name", {"customer_name", "name", "full_name", ""}},
    Detail{"interest", {"interest", "vehicle_interest", "vehicle", "wants"}}, Detail{"trade_in", {"trade_in", "trade", "", ""}},
    Detail{"appointment", {"appointment", "appointment_time", "appointment_at", ""}}};

Lead to_lead(sql::Row const& row)
{
    Lead lead;
    lead.id = row.text(0);
    lead.organization_id = row.text(1);
    lead.phone_number = row.text(2);
    lead.name = row.text(3);
    lead.status = row.text(4);
    lead.stage = row.text(5);
    lead.interest = row.text(6);
    lead.trade_in = row.text(7);
    lead.appointment = row.text(8);
    lead.wants_person = row.flag(9);
    lead.first_call_sid = row.text(10);
    lead.created_at = row.time(11);
    lead.last_contact_at = row.time(12);
    lead.last_contact_kind = row.text(13);
    lead.last_message_at = row.time(14);
    lead.last_message = row.text(15);
    lead.last_direction = row.text(16);
    lead.unread = static_cast<int>(row.integer(17));
    lead.opted_out = row.flag(18);
    return lead;
}

std::optional<Lead> first_of(sql::Rows const& rows)
{
    return rows.empty() ? std::nullopt : std::optional(to_lead(rows.front()));
}

bool names(std::string const& list, std::string_view word)
{
    return (' ' + list + ' ').find(' ' + std::string(word) + ' ') != std::string::npos;
}

std::string collected_value(Json const& collected, Detail const& detail)
{
    for (auto const* name : detail.names)
        for (auto const& item : collected)
            if (*name && text_of(item, "name") == name && !text_of(item, "value").empty())
                return bounded_data(text_of(item, "value"), detail_limit);
    return {};
}

bool says_yes(std::string const& value)
{
    auto const word = lower_case_ascii(value);
    return word == "true" || word == "yes" || word == "1";
}

// What the calls say, the latest word on each thing counting.
struct Said {
    std::array<std::string, details.size()> values;
    Time wants_person_at;
};

Said said_in_calls(sql::Reader& db, std::string const& organization_id, std::string const& lead_id)
{
    Said said;
    for (auto const& row : db.run(R"(
        SELECT collected, started_at FROM conversations WHERE organization_id = $1 AND lead_id = $2 AND collected <> ''
        ORDER BY started_at DESC, id DESC LIMIT $3)",
             {organization_id, lead_id, remembered_calls})) {
        auto const collected = Json::parse(row.text(0), nullptr, false);
        if (!collected.is_array()) continue;
        for (std::size_t i = 0; i < details.size(); ++i)
            if (said.values[i].empty()) said.values[i] = collected_value(collected, details[i]);
        if (!said.wants_person_at && says_yes(collected_value(collected, {"", {"wants_person", "callback_requested", "wants_human", ""}})))
            said.wants_person_at = row.time(1);
    }
    return said;
}

struct Contact {
    std::string sid;
    Time at;
    std::string kind;
};

std::optional<Contact> earlier_of(std::optional<Contact> const& a, std::optional<Contact> const& b)
{
    if (!a) return b;
    return b && b->at < a->at ? b : a;
}

std::optional<Contact> contact_in(sql::Rows const& rows, char const* kind)
{
    return rows.empty() ? std::nullopt : std::optional(Contact{rows.front().text(0), rows.front().time(1), kind});
}

} // namespace

std::string reach_lead(
    sql::Writer& db, std::string const& organization_id, std::string const& e164, std::string const& contact_sid, Time at)
{
    return db
        .run(R"(
        INSERT INTO leads (id, organization_id, phone_number, first_call_sid, created_at, last_contact_at)
        VALUES ($1, $2, $3, $4, $5, $5)
        ON CONFLICT (organization_id, phone_number) DO UPDATE SET phone_number = excluded.phone_number
        RETURNING id)",
            {new_id(), organization_id, e164, contact_sid, at})
        .front()
        .text(0);
}

void refresh_lead(sql::Writer& db, std::string const& organization_id, std::string const& lead_id)
{
    auto const kept = db.run(
        "SELECT status, by_person, attended_at, name, interest, trade_in, appointment, first_call_sid FROM leads WHERE id = $1", {lead_id});
    if (kept.empty()) return;
    auto const& row = kept.front();

    auto const first_call = contact_in(db.run(R"(
        SELECT call_sid, started_at FROM conversations WHERE organization_id = $1 AND lead_id = $2 ORDER BY started_at, id LIMIT 1)",
                                           {organization_id, lead_id}),
        "call");
    auto const last_call = contact_in(db.run(R"(
        SELECT call_sid, started_at FROM conversations WHERE organization_id = $1 AND lead_id = $2 ORDER BY started_at DESC, id DESC LIMIT 1)",
                                          {organization_id, lead_id}),
        "call");
    auto const first_text = contact_in(
        db.run("SELECT COALESCE(twilio_sid, id), sent_at FROM messages WHERE lead_id = $1 ORDER BY sent_at, id LIMIT 1", {lead_id}),
        "text");
    auto const last_text = contact_in(
        db.run(
            "SELECT COALESCE(twilio_sid, id), sent_at FROM messages WHERE lead_id = $1 ORDER BY sent_at DESC, id DESC LIMIT 1", {lead_id}),
        "text");
    auto const first = earlier_of(first_call, first_text);
    if (!first) return;
    auto const last = !last_call || (last_text && last_text->at > last_call->at) ? *last_text : *last_call;
    bool const came_back = last.sid != first->sid || (first_call && first_text);
    auto const status = row.text(0);
    auto const stage = !status.empty() ? status : came_back ? "Returning Customer" : "New Inquiry";

    auto const said = said_in_calls(db, organization_id, lead_id);
    std::array<std::string, details.size()> values;
    for (std::size_t i = 0; i < details.size(); ++i)
        values[i] = names(row.text(1), details[i].column) || said.values[i].empty() ? row.text(3 + i) : said.values[i];
    auto const reached = db.run(R"(
        SELECT max(at) FROM (
            SELECT max(sent_at) AS at FROM messages WHERE lead_id = $1 AND direction = 'outbound' AND state NOT IN ('failed', 'undelivered')
            UNION ALL
            SELECT max(started_at) FROM conversations WHERE organization_id = $2 AND lead_id = $1 AND direction = 'outbound' AND status = 'done')
        AS contacts)",
        {lead_id, organization_id});
    bool const wants_person = said.wants_person_at && said.wants_person_at > row.time(2) && said.wants_person_at > reached.front().time(0);

    db.run(R"(
        UPDATE leads SET stage = $1, first_call_sid = $2, last_contact_at = $3, last_contact_kind = $4, name = $5, interest = $6,
                         trade_in = $7, appointment = $8, wants_person = $9, created_at = $10
        WHERE id = $11)",
        {stage, first->sid, last.at, last.kind, values[0], values[1], values[2], values[3], wants_person, first->at, lead_id});
    append_event(db, organization_id, "lead", lead_id);
}

void note_text(sql::Writer& db, Message const& message, bool is_new)
{
    if (message.lead_id.empty()) return;
    bool const unread = is_new && message.direction == "inbound";
    db.run("UPDATE leads SET unread = unread + $1 WHERE id = $2", {unread, message.lead_id});
    db.run(R"(
        UPDATE leads SET last_message_at = $1, last_message = $2, last_direction = $3
        WHERE id = $4 AND (last_message_at IS NULL OR last_message_at <= $1))",
        {message.sent_at, bounded_data(message.body, preview_limit), message.direction, message.lead_id});
    refresh_lead(db, message.organization_id, message.lead_id);
}

void set_opted_out(sql::Writer& db, std::string const& lead_id, bool opted_out)
{
    auto const changed
        = db.run("UPDATE leads SET opted_out = $1 WHERE id = $2 AND opted_out <> $1 RETURNING organization_id", {opted_out, lead_id});
    if (!changed.empty()) append_event(db, changed.front().text(0), "lead", lead_id);
}

std::optional<Lead> find_lead(sql::Reader& db, std::string const& organization_id, std::string const& lead_id)
{
    return first_of(db.run(R"(
        SELECT id, organization_id, phone_number, name, status, stage, interest, trade_in, appointment, wants_person, first_call_sid,
               created_at, last_contact_at, last_contact_kind, last_message_at, last_message, last_direction, unread, opted_out
        FROM leads WHERE organization_id = $1 AND id = $2)",
        {organization_id, lead_id}));
}

std::optional<Lead> find_lead_by_number(sql::Reader& db, std::string const& organization_id, std::string const& e164)
{
    return first_of(db.run(R"(
        SELECT id, organization_id, phone_number, name, status, stage, interest, trade_in, appointment, wants_person, first_call_sid,
               created_at, last_contact_at, last_contact_kind, last_message_at, last_message, last_direction, unread, opted_out
        FROM leads WHERE organization_id = $1 AND phone_number = $2)",
        {organization_id, e164}));
}

void change_lead(sql::Writer& db, Lead const& lead, LeadChange const& change)
{
    auto by_person = db.run("SELECT by_person FROM leads WHERE id = $1", {lead.id}).front().text(0);
    auto const set = [&](std::optional<std::string> const& value, std::string const& present, char const* column) {
        if (value && !names(by_person, column)) by_person += (by_person.empty() ? "" : " ") + std::string(column);
        return value.value_or(present);
    };
    auto const name = set(change.name, lead.name, "name");
    auto const interest = set(change.interest, lead.interest, "interest");
    auto const trade_in = set(change.trade_in, lead.trade_in, "trade_in");
    auto const appointment = set(change.appointment, lead.appointment, "appointment");
    db.run(R"(
        UPDATE leads SET name = $1, interest = $2, trade_in = $3, appointment = $4, status = $5, by_person = $6,
                         attended_at = CASE WHEN $7 = 1 THEN $8 ELSE attended_at END
        WHERE id = $9)",
        {name, interest, trade_in, appointment, change.status.value_or(lead.status), by_person, change.wants_person == false, now(),
            lead.id});
    refresh_lead(db, lead.organization_id, lead.id);
}

void mark_read(sql::Writer& db, std::string const& organization_id, std::string const& lead_id)
{
    db.run("UPDATE leads SET unread = 0 WHERE organization_id = $1 AND id = $2 AND unread > 0", {organization_id, lead_id});
    if (db.changes() > 0) append_event(db, organization_id, "lead", lead_id);
}

void insert_note(
    sql::Writer& db, std::string const& organization_id, std::string const& lead_id, std::string const& author_id, std::string const& text)
{
    db.run("INSERT INTO notes (id, organization_id, lead_id, author_id, text, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        {new_id(), organization_id, lead_id, author_id, text, now()});
    append_event(db, organization_id, "lead", lead_id);
}

std::vector<Note> list_notes(sql::Reader& db, std::string const& lead_id, int limit)
{
    std::vector<Note> notes;
    for (auto const& row : db.run(R"(
        SELECT n.id, u.email, n.text, n.created_at FROM notes n JOIN users u ON u.id = n.author_id
        WHERE n.lead_id = $1 ORDER BY n.id DESC LIMIT $2)",
             {lead_id, limit}))
        notes.push_back({row.text(0), row.text(1), row.text(2), row.time(3)});
    return notes;
}

#define LISTED_LEAD                                                                                                                        \
    "SELECT l.id, l.organization_id, l.phone_number, l.name, l.status, l.stage, l.interest, l.trade_in, l.appointment, l.wants_person, "   \
    "l.first_call_sid, l.created_at, l.last_contact_at, l.last_contact_kind, l.last_message_at, l.last_message, l.last_direction, "        \
    "l.unread, l.opted_out, o.name FROM leads l JOIN organizations o ON o.id = l.organization_id "
#define MATCHES_LEAD                                                                                                                       \
    "($2 = '' OR l.stage = $2) AND ($3 = '' OR replace(lower(l.name), $3, '') <> lower(l.name) "                                           \
    "OR replace(lower(l.interest), $3, '') <> lower(l.interest) OR ($4 <> '' AND replace(l.phone_number, $4, '') <> l.phone_number)) "
#define AFTER_LEAD "AND (l.last_contact_at, l.id) < ($5, $6) ORDER BY l.last_contact_at DESC, l.id DESC LIMIT $7"

std::vector<ListedLead> list_leads(sql::Reader& db, LeadFilter const& filter)
{
    auto const whose = !filter.organization_id.empty() ? filter.organization_id : filter.member_user_id;
    std::initializer_list<sql::Param> const params{
        whose, filter.stage, filter.search, filter.digits, filter.before, filter.before_id, filter.limit};
    auto const rows = !filter.organization_id.empty()
        ? db.run(LISTED_LEAD "WHERE l.organization_id = $1 AND " MATCHES_LEAD AFTER_LEAD, params)
        : !filter.member_user_id.empty() ? db.run(LISTED_LEAD
              "WHERE l.organization_id IN (SELECT organization_id FROM memberships WHERE user_id = $1) AND " MATCHES_LEAD AFTER_LEAD,
              params)
                                         : db.run(LISTED_LEAD "WHERE $1 = '' AND " MATCHES_LEAD AFTER_LEAD, params);
    std::vector<ListedLead> leads;
    leads.reserve(rows.size());
    for (auto const& row : rows)
        leads.push_back({to_lead(row), row.text(19)});
    return leads;
}

#define COUNTED_LEADS "SELECT l.stage, count(*), sum(l.wants_person) FROM leads l WHERE "
#define MATCHES_COUNTED                                                                                                                    \
    "($2 = '' OR replace(lower(l.name), $2, '') <> lower(l.name) OR replace(lower(l.interest), $2, '') <> lower(l.interest) "              \
    "OR ($3 <> '' AND replace(l.phone_number, $3, '') <> l.phone_number)) GROUP BY l.stage"

Counts count_leads(sql::Reader& db, LeadFilter const& filter)
{
    auto const whose = !filter.organization_id.empty() ? filter.organization_id : filter.member_user_id;
    std::initializer_list<sql::Param> const params{whose, filter.search, filter.digits};
    auto const rows = !filter.organization_id.empty() ? db.run(COUNTED_LEADS "l.organization_id = $1 AND " MATCHES_COUNTED, params)
        : !filter.member_user_id.empty()
        ? db.run(
            COUNTED_LEADS "l.organization_id IN (SELECT organization_id FROM memberships WHERE user_id = $1) AND " MATCHES_COUNTED, params)
        : db.run(COUNTED_LEADS "$1 = '' AND " MATCHES_COUNTED, params);
    Counts counts;
    for (auto const& row : rows) {
        counts[row.text(0)] = row.integer(1);
        counts["wants_person"] += row.integer(2);
    }
    return counts;
}

#define MATCHES_THREAD                                                                                                                     \
    "l.last_message_at IS NOT NULL AND ($2 = '' OR replace(lower(l.name), $2, '') <> lower(l.name) "                                       \
    "OR replace(lower(l.last_message), $2, '') <> lower(l.last_message) OR ($3 <> '' AND replace(l.phone_number, $3, '') <> "              \
    "l.phone_number)) "
#define AFTER_THREAD                                                                                                                       \
    "AND ($4 = '' OR ($4 = 'unread' AND l.unread > 0) OR ($4 = 'opted_out' AND l.opted_out = 1)) "                                         \
    "AND (l.last_message_at, l.id) < ($5, $6) ORDER BY l.last_message_at DESC, l.id DESC LIMIT $7"

std::vector<ListedLead> list_threads(sql::Reader& db, ThreadFilter const& filter)
{
    auto const whose = !filter.organization_id.empty() ? filter.organization_id : filter.member_user_id;
    std::initializer_list<sql::Param> const params{
        whose, filter.search, filter.digits, filter.kind, filter.before, filter.before_id, filter.limit};
    auto const rows = !filter.organization_id.empty()
        ? db.run(LISTED_LEAD "WHERE l.organization_id = $1 AND " MATCHES_THREAD AFTER_THREAD, params)
        : !filter.member_user_id.empty() ? db.run(LISTED_LEAD
              "WHERE l.organization_id IN (SELECT organization_id FROM memberships WHERE user_id = $1) AND " MATCHES_THREAD AFTER_THREAD,
              params)
                                         : db.run(LISTED_LEAD "WHERE $1 = '' AND " MATCHES_THREAD AFTER_THREAD, params);
    std::vector<ListedLead> threads;
    threads.reserve(rows.size());
    for (auto const& row : rows)
        threads.push_back({to_lead(row), row.text(19)});
    return threads;
}

#define COUNTED_THREADS                                                                                                                    \
    "SELECT count(*), sum(CASE WHEN l.unread > 0 THEN 1 ELSE 0 END), sum(CASE WHEN l.opted_out = 1 THEN 1 ELSE 0 END) FROM leads l WHERE "

Counts count_threads(sql::Reader& db, ThreadFilter const& filter)
{
    auto const whose = !filter.organization_id.empty() ? filter.organization_id : filter.member_user_id;
    std::initializer_list<sql::Param> const params{whose, filter.search, filter.digits};
    auto const rows = !filter.organization_id.empty() ? db.run(COUNTED_THREADS "l.organization_id = $1 AND " MATCHES_THREAD, params)
        : !filter.member_user_id.empty()
        ? db.run(
            COUNTED_THREADS "l.organization_id IN (SELECT organization_id FROM memberships WHERE user_id = $1) AND " MATCHES_THREAD, params)
        : db.run(COUNTED_THREADS "$1 = '' AND " MATCHES_THREAD, params);
    auto const& row = rows.front();
    return {{"all", row.integer(0)}, {"unread", row.integer(1)}, {"opted_out", row.integer(2)}};
}
