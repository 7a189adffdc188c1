#include "edge-server/store/bill_store.h"

namespace {

std::vector<BilledContact> to_contacts(sql::Rows const& rows)
{
    std::vector<BilledContact> list;
    list.reserve(rows.size());
    for (auto const& row : rows)
        list.push_back({row.text(0), row.text(1), row.text(2), row.integer(3), row.integer(4), row.integer(5), row.time(6)});
    return list;
}

} // namespace

std::vector<BilledContact> billed_texts(sql::Reader& db, Time since)
{
    return to_contacts(db.run(R"(
        SELECT m.twilio_sid, m.organization_id, CASE WHEN m.direction = 'inbound' THEN m.to_number ELSE m.from_number END, l.quantity, l.amount,
               0, m.sent_at
        FROM messages m LEFT JOIN ledger_entries l
            ON l.reference = CASE WHEN m.direction = 'inbound' THEN 'sms_in:' ELSE 'sms_out:' END || m.id
        WHERE m.sent_at >= $1 AND m.twilio_sid IS NOT NULL)",
        {since}));
}

std::vector<BilledContact> billed_calls(sql::Reader& db, Time since)
{
    return to_contacts(db.run(R"(
        SELECT c.call_sid, c.organization_id, n.phone_number, l.quantity, l.amount, c.duration_seconds, c.started_at
        FROM conversations c JOIN phone_numbers n ON n.id = c.phone_number_id LEFT JOIN ledger_entries l ON l.reference = 'voice:' || c.id
        WHERE c.started_at >= $1)",
        {since}));
}
