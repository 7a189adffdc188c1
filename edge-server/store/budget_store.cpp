#include "edge-server/store/budget_store.h"
#include "edge-server/store/ledger_store.h"
#include "edge-server/store/notification_store.h"
#include "edge-server/store/organization_store.h"
#include "shared/base/id.h"
#include "shared/base/text.h"

namespace {

std::string subject_of(std::string const& organization_id)
{
    return "budget:" + organization_id;
}

std::int64_t spent_in(sql::Reader& db, std::string const& organization_id, std::string const& month)
{
    return db
        .run("SELECT sum(amount) FROM ledger_days WHERE organization_id = $1 AND day BETWEEN $2 || '-01' AND $2 || '-31'",
            {organization_id, month})
        .front()
        .integer(0);
}

std::int64_t reserved_for(sql::Reader& db, std::string const& organization_id, Time at)
{
    auto const calls = db.run("SELECT sum(reserved) FROM call_attempts WHERE organization_id = $1 AND ended_at IS NULL", {organization_id});
    auto const texts
        = db.run("SELECT sum(segments) FROM messages WHERE organization_id = $1 AND state IN ('queued', 'sending')", {organization_id});
    auto const segments = texts.front().integer(0);
    return calls.front().integer(0) + (segments > 0 ? segments * rate_at(db, "sms_segment", at).micro_dollars : 0);
}

} // namespace

Budget find_budget(sql::Reader& db, std::string const& organization_id, Time at)
{
    auto const monthly = db.run("SELECT monthly FROM budgets WHERE organization_id = $1", {organization_id});
    return {monthly.empty() ? default_budget : monthly.front().integer(0), spent_in(db, organization_id, month_of(at)),
        reserved_for(db, organization_id, at)};
}

void set_budget(sql::Writer& db, std::string const& organization_id, std::int64_t monthly)
{
    db.run(R"(
        INSERT INTO budgets (organization_id, monthly, changed_at) VALUES ($1, $2, $3)
        ON CONFLICT (organization_id) DO UPDATE SET monthly = excluded.monthly, warned = '', changed_at = excluded.changed_at)",
        {organization_id, monthly, now()});
    resolve_notifications_about(db, subject_of(organization_id));
    warn_of_budget(db, organization_id, now());
}

void warn_of_budget(sql::Writer& db, std::string const& organization_id, Time at)
{
    auto const month = month_of(at);
    auto const known = db.run("SELECT monthly, warned FROM budgets WHERE organization_id = $1", {organization_id});
    if (month != month_of(now()) || (!known.empty() && known.front().text(1) == month)) return;
    auto const monthly = known.empty() ? default_budget : known.front().integer(0);
    auto const spent = spent_in(db, organization_id, month);
    if (spent * 100 < monthly * warning_percent || spent == 0) return;
    db.run(R"(
        INSERT INTO budgets (organization_id, monthly, warned, changed_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (organization_id) DO UPDATE SET warned = excluded.warned)",
        {organization_id, monthly, month, now()});
    put_notification(db,
        {new_id(), "budget_warning", subject_of(organization_id), organization_id, {}, {},
            std::to_string(warning_percent) + " % of this month's budget is spent",
            dollars(spent) + " of " + dollars(monthly) + " were spent in " + month + " when this was written.",
            "Raise the budget, or let outbound calls and texts stop before it is exceeded. Whoever calls or writes is served in any case.",
            "pending", now(), {}});
}
