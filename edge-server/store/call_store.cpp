#include "edge-server/store/call_store.h"
#include "edge-server/store/conversation_store.h"

namespace {

#define KNOWN_CALLER "id, name, status, first_call_sid, interest, appointment, last_message_at"

std::optional<KnownCaller> known_caller(sql::Rows const& rows)
{
    if (rows.empty()) return {};
    auto const& row = rows.front();
    return KnownCaller{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), !row.is_null(6)};
}

std::vector<Memory::Contact> contacts_in(sql::Rows const& rows)
{
    std::vector<Memory::Contact> contacts;
    for (auto const& row : rows)
        contacts.push_back({row.time(0), row.text(1), row.text(2)});
    return contacts;
}

// Mostly that of one of the calls that were read already.
std::string last_summary(
    sql::Reader& db, std::string const& organization_id, std::string const& lead_id, std::vector<Memory::Contact> const& calls, int most)
{
    for (auto const& call : calls)
        if (!call.words.empty()) return call.words;
    if (calls.size() < static_cast<std::size_t>(most)) return {};
    auto const rows = db.run(R"(
        SELECT summary FROM conversations WHERE organization_id = $1 AND lead_id = $2 AND summary <> '' AND status <> 'failed'
        ORDER BY started_at DESC LIMIT 1)",
        {organization_id, lead_id});
    return rows.empty() ? std::string() : rows.front().text(0);
}

} // namespace

std::optional<CalledNumber> find_called_number(sql::Reader& db, std::string const& e164)
{
    auto const rows = db.run(R"(
        SELECT n.id, n.organization_id, o.name FROM phone_numbers n JOIN organizations o ON o.id = n.organization_id
        WHERE n.phone_number = $1 AND n.released_at IS NULL)",
        {e164});
    if (rows.empty()) return {};
    return CalledNumber{rows.front().text(0), rows.front().text(1), rows.front().text(2)};
}

std::optional<KnownCaller> find_caller(sql::Reader& db, std::string const& organization_id, std::string const& e164)
{
    return known_caller(
        db.run("SELECT " KNOWN_CALLER " FROM leads WHERE organization_id = $1 AND phone_number = $2", {organization_id, e164}));
}

std::optional<KnownCaller> find_known_lead(sql::Reader& db, std::string const& organization_id, std::string const& lead_id)
{
    return known_caller(db.run("SELECT " KNOWN_CALLER " FROM leads WHERE organization_id = $1 AND id = $2", {organization_id, lead_id}));
}

Memory memory_of(sql::Reader& db, std::string const& organization_id, KnownCaller const& lead, std::string const& call_sid, int most)
{
    Memory memory;
    memory.calls = contacts_in(db.run(R"(
        SELECT started_at, direction, summary FROM conversations
        WHERE organization_id = $1 AND lead_id = $2 AND call_sid <> $3 AND status <> 'failed' ORDER BY started_at DESC LIMIT $4)",
        {organization_id, lead.lead_id, call_sid, most}));
    memory.last_summary = last_summary(db, organization_id, lead.lead_id, memory.calls, most);
    if (lead.has_texts)
        memory.texts = contacts_in(
            db.run("SELECT sent_at, direction, body FROM messages WHERE lead_id = $1 AND state <> 'failed' ORDER BY sent_at DESC LIMIT $2",
                {lead.lead_id, most}));
    for (auto const& row : db.run("SELECT text FROM notes WHERE lead_id = $1 ORDER BY id DESC LIMIT $2", {lead.lead_id, most}))
        memory.notes.push_back(row.text(0));
    return memory;
}

void record_inbound_call(sql::Writer& db, InboundCall const& call)
{
    file_call(db, call.call_sid); // it may have been put aside when it was asked about first, perhaps by another dealership's number
    std::optional<std::string> lead_id;
    if (!call.known_lead_id.empty())
        lead_id = call.known_lead_id; // a lead that is there already is not written: its page would have to reach the disk too
    else if (!call.caller.empty())
        lead_id = db.run(R"(
            INSERT INTO leads (id, organization_id, phone_number, first_call_sid, created_at, last_contact_at)
            VALUES ($1, $2, $3, $4, $5, $5)
            ON CONFLICT (organization_id, phone_number) DO UPDATE SET last_contact_at = excluded.last_contact_at
            RETURNING id)",
                        {call.new_lead_id, call.organization_id, call.caller, call.call_sid, call.started_at})
                      .front()
                      .text(0);
    db.run(R"(
        INSERT INTO conversations (id, organization_id, phone_number_id, lead_id, call_sid, direction, agent_id, started_at, external_number, variables)
        VALUES ($1, $2, $3, $4, $5, 'inbound', $6, $7, $8, $9)
        ON CONFLICT (call_sid) DO NOTHING)",
        {call.id, call.organization_id, call.phone_number_id, lead_id, call.call_sid, call.agent_id, call.started_at, call.caller,
            call.variables});
}

bool put_aside(sql::Writer& db, InboundCall const& call)
{
    auto const lead_id = call.known_lead_id.empty() ? std::optional<std::string>() : call.known_lead_id;
    db.run(R"(
        INSERT INTO begun_calls (call_sid, id, organization_id, phone_number_id, lead_id, agent_id, started_at, external_number, variables)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (call_sid) DO NOTHING)",
        {call.call_sid, call.id, call.organization_id, call.phone_number_id, lead_id, call.agent_id, call.started_at, call.caller,
            call.variables});
    return db.changes() == 1;
}

void file_call(sql::Writer& db, std::string const& call_sid)
{
    auto const rows = db.run(R"(
        INSERT INTO conversations (id, organization_id, phone_number_id, lead_id, call_sid, direction, agent_id, started_at, external_number,
                                   variables)
        SELECT id, organization_id, phone_number_id, lead_id, call_sid, 'inbound', agent_id, started_at, external_number, variables
        FROM begun_calls WHERE call_sid = $1
        ON CONFLICT (call_sid) DO NOTHING RETURNING organization_id, id)",
        {call_sid});
    db.run("DELETE FROM begun_calls WHERE call_sid = $1", {call_sid});
    if (!rows.empty()) conversation_changed(db, rows.front().text(0), rows.front().text(1));
}

std::vector<std::string> calls_put_aside(sql::Reader& db, int most)
{
    std::vector<std::string> call_sids;
    for (auto const& row : db.run("SELECT call_sid FROM begun_calls LIMIT $1", {most}))
        call_sids.push_back(row.text(0));
    return call_sids;
}

std::size_t count_calls_put_aside(sql::Reader& db)
{
    return static_cast<std::size_t>(db.run("SELECT count(*) FROM begun_calls").front().integer(0));
}
