#include "edge-server/store/call_store.h"

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
    auto const rows = db.run(
        "SELECT id, name, status, first_call_sid FROM leads WHERE organization_id = $1 AND phone_number = $2", {organization_id, e164});
    if (rows.empty()) return {};
    return KnownCaller{rows.front().text(0), rows.front().text(1), rows.front().text(2), rows.front().text(3)};
}

std::string last_summary(sql::Reader& db, std::string const& organization_id, std::string const& lead_id)
{
    auto const rows = db.run(R"(
        SELECT summary FROM conversations WHERE organization_id = $1 AND lead_id = $2 AND summary IS NOT NULL ORDER BY started_at DESC LIMIT 1)",
        {organization_id, lead_id});
    return rows.empty() ? std::string() : rows.front().text(0);
}

void record_inbound_call(sql::Writer& db, InboundCall const& call)
{
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
        INSERT INTO conversations (id, organization_id, phone_number_id, lead_id, call_sid, direction, agent_id, started_at)
        VALUES ($1, $2, $3, $4, $5, 'inbound', $6, $7)
        ON CONFLICT (call_sid) DO NOTHING)",
        {call.id, call.organization_id, call.phone_number_id, lead_id, call.call_sid, call.agent_id, call.started_at});
}
