#include "edge-server/store/drift_store.h"
#include "edge-server/store/event_store.h"

#include <map>

namespace {

std::map<std::string, Time> known_findings(sql::Reader& db)
{
    std::map<std::string, Time> known;
    for (auto const& row : db.run("SELECT id, found_at FROM drift"))
        known[row.text(0)] = row.time(1);
    return known;
}

void insert_findings(sql::Writer& db, std::vector<DriftFinding> const& findings, std::map<std::string, Time> const& known, Time looked_at)
{
    for (auto const& finding : findings) {
        auto const before = known.find(finding.id());
        auto const organization = finding.organization_id.empty() ? std::optional<std::string>() : finding.organization_id;
        db.run(R"(
            INSERT INTO drift (id, kind, subject, phone_number, organization_id, message, repair, next_step, found_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING)",
            {finding.id(), finding.kind, finding.subject, finding.phone_number, organization, finding.message, finding.repair,
                finding.next_step, before == known.end() ? looked_at : before->second});
    }
}

} // namespace

void replace_drift(sql::Writer& db, std::vector<DriftFinding> const& findings, DriftLook const& look)
{
    auto const known = known_findings(db);
    db.run("DELETE FROM drift WHERE kind NOT IN ('bill_missing', 'bill_differs')"); // those have looks of their own
    insert_findings(db, findings, known, look.looked_at);
    db.run(R"(
        INSERT INTO drift_looks (id, looked_at, failure, at_twilio, at_elevenlabs, not_ours) VALUES (1, $1, $2, $3, $4, $5)
        ON CONFLICT (id) DO UPDATE SET looked_at = excluded.looked_at, failure = excluded.failure, at_twilio = excluded.at_twilio,
            at_elevenlabs = excluded.at_elevenlabs, not_ours = excluded.not_ours)",
        {look.looked_at, look.failure, look.at_twilio, look.at_elevenlabs, look.not_ours});
    append_event(db, {}, "drift", "drift");
}

void replace_bill_drift(sql::Writer& db, std::vector<DriftFinding> const& findings, Time looked_at)
{
    auto const known = known_findings(db);
    db.run("DELETE FROM drift WHERE kind IN ('bill_missing', 'bill_differs')");
    insert_findings(db, findings, known, looked_at);
    append_event(db, {}, "drift", "drift");
}

void note_failed_look(sql::Writer& db, Time at, std::string const& failure)
{
    db.run(R"(
        INSERT INTO drift_looks (id, looked_at, failure, at_twilio, at_elevenlabs, not_ours) VALUES (1, $1, $2, 0, 0, 0)
        ON CONFLICT (id) DO UPDATE SET looked_at = excluded.looked_at, failure = excluded.failure)",
        {at, failure});
    append_event(db, {}, "drift", "drift");
}

std::vector<DriftFinding> list_drift(sql::Reader& db, int limit)
{
    std::vector<DriftFinding> list;
    for (auto const& row : db.run(R"(
        SELECT d.kind, d.subject, d.phone_number, d.organization_id, d.message, d.repair, d.next_step, o.name, d.found_at
        FROM drift d LEFT JOIN organizations o ON o.id = d.organization_id ORDER BY d.found_at, d.id LIMIT $1)",
             {limit}))
        list.push_back(
            {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7), row.time(8)});
    return list;
}

Counts count_drift(sql::Reader& db)
{
    Counts counts;
    for (auto const& row : db.run("SELECT kind, count(*) FROM drift GROUP BY kind"))
        counts[row.text(0)] = row.integer(1);
    return counts;
}

std::optional<DriftLook> last_drift_look(sql::Reader& db)
{
    auto const rows = db.run("SELECT looked_at, failure, at_twilio, at_elevenlabs, not_ours FROM drift_looks WHERE id = 1");
    if (rows.empty()) return {};
    auto const& row = rows.front();
    return DriftLook{row.time(0), row.text(1), row.integer(2), row.integer(3), row.integer(4)};
}
