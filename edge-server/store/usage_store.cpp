#include "edge-server/store/usage_store.h"

namespace {

std::vector<LedgerSum> to_sums(sql::Rows const& rows)
{
    std::vector<LedgerSum> sums;
    sums.reserve(rows.size());
    for (auto const& row : rows)
        sums.push_back({row.text(0), row.text(1), row.integer(2), row.integer(3)});
    return sums;
}

std::vector<ListedEntry> to_entries(sql::Rows const& rows)
{
    std::vector<ListedEntry> list;
    list.reserve(rows.size());
    for (auto const& row : rows)
        list.push_back({{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.integer(6), row.integer(7),
                            row.integer(8), row.integer(9), row.time(10)},
            row.text(11)});
    return list;
}

} // namespace

std::vector<LedgerSum> sums_of_days(sql::Reader& db, LedgerScope const& scope)
{
    if (!scope.organization_id.empty())
        return to_sums(db.run(R"(
            SELECT day, kind, quantity, amount FROM ledger_days WHERE organization_id = $1 AND day BETWEEN $2 || '-01' AND $2 || '-31'
            ORDER BY day, kind)",
            {scope.organization_id, scope.month}));
    return to_sums(db.run(R"(
        SELECT day, kind, sum(quantity), sum(amount) FROM ledger_days
        WHERE day BETWEEN $1 || '-01' AND $1 || '-31'
          AND ($2 = '' OR organization_id IN (SELECT organization_id FROM memberships WHERE user_id = $2))
        GROUP BY day, kind ORDER BY day, kind)",
        {scope.month, scope.member_user_id}));
}

std::vector<ListedEntry> list_entries(sql::Reader& db, LedgerScope const& scope, LedgerPage const& page)
{
    if (!scope.organization_id.empty())
        return to_entries(db.run(R"(
            SELECT l.id, l.organization_id, l.kind, l.reference, l.subject_id, l.what, l.quantity, l.rate_version, l.rate, l.amount, l.at, o.name
            FROM ledger_entries l JOIN organizations o ON o.id = l.organization_id
            WHERE l.organization_id = $1 AND l.month = $2 AND (l.at < $3 OR (l.at = $3 AND l.id < $4))
              AND ($5 = '' OR l.kind = $5 OR l.kind = $6)
            ORDER BY l.at DESC, l.id DESC LIMIT $7)",
            {scope.organization_id, scope.month, page.before, page.before_id, page.first_kind, page.second_kind, page.limit}));
    return to_entries(db.run(R"(
        SELECT l.id, l.organization_id, l.kind, l.reference, l.subject_id, l.what, l.quantity, l.rate_version, l.rate, l.amount, l.at, o.name
        FROM ledger_entries l JOIN organizations o ON o.id = l.organization_id
        WHERE l.month = $1 AND (l.at < $2 OR (l.at = $2 AND l.id < $3)) AND ($4 = '' OR l.kind = $4 OR l.kind = $5)
          AND ($6 = '' OR l.organization_id IN (SELECT organization_id FROM memberships WHERE user_id = $6))
        ORDER BY l.at DESC, l.id DESC LIMIT $7)",
        {scope.month, page.before, page.before_id, page.first_kind, page.second_kind, scope.member_user_id, page.limit}));
}

std::vector<KindCount> count_entries(sql::Reader& db, LedgerScope const& scope)
{
    std::vector<KindCount> counts;
    auto const rows = scope.organization_id.empty() ? db.run(R"(
        SELECT kind, count(*) FROM ledger_entries
        WHERE month = $1 AND ($2 = '' OR organization_id IN (SELECT organization_id FROM memberships WHERE user_id = $2)) GROUP BY kind)",
                          {scope.month, scope.member_user_id})
                                                    : db.run(R"(
        SELECT kind, count(*) FROM ledger_entries WHERE organization_id = $1 AND month = $2 GROUP BY kind)",
                                                        {scope.organization_id, scope.month});
    for (auto const& row : rows)
        counts.push_back({row.text(0), row.integer(1)});
    return counts;
}
