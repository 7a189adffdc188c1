#include "edge-server/store/ledger_store.h"
#include "edge-server/store/budget_store.h"
#include "edge-server/store/event_store.h"
#include "shared/base/id.h"

namespace {

std::string rate_kind_of(std::string const& kind)
{
    return kind.starts_with("sms_segment") ? "sms_segment" : kind;
}

bool add_entry(sql::Writer& db, BillableFact const& fact, Rate const& rate, std::int64_t amount)
{
    db.run(R"(
        INSERT INTO ledger_entries (id, organization_id, kind, reference, subject_id, what, quantity, rate_version, rate, amount, month, at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (reference) DO NOTHING)",
        {new_id(), fact.organization_id, fact.kind, fact.reference, fact.subject_id, fact.what, fact.quantity, rate.version,
            rate.micro_dollars, amount, month_of(fact.at), fact.at, now()});
    if (db.changes() == 0) return false;
    db.run(R"(
        INSERT INTO ledger_days (organization_id, day, kind, quantity, amount) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (organization_id, day, kind)
        DO UPDATE SET quantity = ledger_days.quantity + excluded.quantity, amount = ledger_days.amount + excluded.amount)",
        {fact.organization_id, day_of(fact.at), fact.kind, fact.quantity, amount});
    // A month's fee falls due for every line at once: no news, and each would be read anew by every console.
    if (fact.kind != "number_month") append_event(db, fact.organization_id, "usage", fact.subject_id);
    warn_of_budget(db, fact.organization_id, fact.at);
    return true;
}

} // namespace

Rate rate_at(sql::Reader& db, std::string const& kind, Time at)
{
    auto const rows = db.run(
        "SELECT version, micro_dollars FROM rates WHERE kind = $1 AND valid_from <= $2 ORDER BY valid_from DESC, version DESC LIMIT 1",
        {kind, at});
    return rows.empty() ? Rate{} : Rate{rows.front().integer(0), rows.front().integer(1)};
}

bool bill(sql::Writer& db, BillableFact const& fact)
{
    auto const rate = rate_at(db, rate_kind_of(fact.kind), fact.at);
    return add_entry(db, fact, rate, fact.quantity * rate.micro_dollars);
}

bool bill_amount(sql::Writer& db, BillableFact const& fact, std::int64_t amount)
{
    return add_entry(db, fact, {}, amount);
}
