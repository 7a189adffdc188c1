#include "edge-server/store/budget_store.h"
#include "edge-server/store/ledger_store.h"
#include "edge-server/store/organization_store.h"

namespace {

std::int64_t reserved_for(sql::Reader& db, std::string const& organization_id, Time at)
{
    auto const calls = db.run("SELECT sum(reserved) FROM call_attempts WHERE organization_id = $1 AND ended_at IS NULL", {organization_id});
    auto const texts = db.run("SELECT sum(segments) FROM messages WHERE organization_id = $1 AND due_at IS NOT NULL", {organization_id});
    auto const segments = texts.front().integer(0);
    return calls.front().integer(0) + (segments > 0 ? segments * rate_at(db, "sms_segment", at).micro_dollars : 0);
}

} // namespace

Budget find_budget(sql::Reader& db, std::string const& organization_id, Time at)
{
    auto const monthly = db.run("SELECT monthly FROM budgets WHERE organization_id = $1", {organization_id});
    auto const spent = db.run("SELECT sum(amount) FROM ledger_days WHERE organization_id = $1 AND day BETWEEN $2 || '-01' AND $2 || '-31'",
        {organization_id, month_of(at)});
    return {monthly.empty() ? default_budget : monthly.front().integer(0), spent.front().integer(0), reserved_for(db, organization_id, at)};
}

void set_budget(sql::Writer& db, std::string const& organization_id, std::int64_t monthly)
{
    db.run(R"(
        INSERT INTO budgets (organization_id, monthly, changed_at) VALUES ($1, $2, $3)
        ON CONFLICT (organization_id) DO UPDATE SET monthly = excluded.monthly, warned = '', changed_at = excluded.changed_at)",
        {organization_id, monthly, now()});
}
