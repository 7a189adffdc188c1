#include "edge-server/store/outreach_store.h"

bool has_called_or_texted(sql::Reader& db, std::string const& organization_id, std::string const& customer_number)
{
    return !db.run(R"(
        SELECT 1 FROM leads l
        WHERE l.organization_id = $1 AND l.phone_number = $2
          AND (EXISTS (SELECT 1 FROM conversations c WHERE c.organization_id = l.organization_id AND c.lead_id = l.id AND c.direction = 'inbound')
               OR EXISTS (SELECT 1 FROM messages m WHERE m.lead_id = l.id AND m.direction = 'inbound')))",
                  {organization_id, customer_number})
                .empty();
}

bool has_texted_since(
    sql::Reader& db, std::string const& organization_id, std::string const& customer_number, std::string const& our_number, Time since)
{
    return !db.run(R"(
        SELECT 1 FROM leads l JOIN messages m ON m.lead_id = l.id
        WHERE l.organization_id = $1 AND l.phone_number = $2 AND m.direction = 'inbound' AND m.to_number = $3 AND m.sent_at >= $4
        LIMIT 1)",
                  {organization_id, customer_number, our_number, since})
                .empty();
}

bool may_reach_strangers(sql::Reader& db, std::string const& organization_id)
{
    auto const rows = db.run("SELECT outbound_allowed FROM organizations WHERE id = $1", {organization_id});
    return !rows.empty() && rows.front().flag(0);
}
