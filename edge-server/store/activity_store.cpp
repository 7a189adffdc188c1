#include "edge-server/store/activity_store.h"
#include "shared/base/text.h"
#include "shared/domain/phone_number.h"

#include <algorithm>

namespace {

constexpr std::size_t preview_limit = 80;

std::string who(std::string const& name, std::string const& number)
{
    if (!name.empty()) return name;
    return number.empty() ? "a withheld number" : national_format(number);
}

std::string lasted(sql::Row const& row, std::size_t column)
{
    auto const seconds = row.is_null(column) ? 0 : row.integer(column);
    if (seconds == 0) return {};
    return seconds < 60 ? ", " + std::to_string(seconds) + " s"
                        : ", " + std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
}

// Whose records: everyone's, one organisation's, or a member's. The parameter is '' or the id.
#define OF_ALL "WHERE $1 = '' "
#define OF_ORGANIZATION(table) "WHERE " table ".organization_id = $1 "
#define OF_MEMBER(table) "WHERE " table ".organization_id IN (SELECT organization_id FROM memberships WHERE user_id = $1) "
#define RUN_FOR(whose, select, table, order)                                                                                               \
    (!organization_id.empty()         ? db.run(select OF_ORGANIZATION(table) order, {whose, limit})                                        \
            : !member_user_id.empty() ? db.run(select OF_MEMBER(table) order, {whose, limit})                                              \
                                      : db.run(select OF_ALL order, {whose, limit}))

} // namespace

std::vector<Activity> list_activity(sql::Reader& db, std::string const& organization_id, std::string const& member_user_id, int limit)
{
    auto const whose = !organization_id.empty() ? organization_id : member_user_id;
    std::vector<Activity> all;
    for (auto const& row : RUN_FOR(whose,
             "SELECT c.id, c.organization_id, o.name, c.direction, c.status, c.external_number, c.duration_seconds, c.started_at, l.name, "
             "c.failure FROM conversations c JOIN organizations o ON o.id = c.organization_id LEFT JOIN leads l ON l.id = c.lead_id ",
             "c", "ORDER BY c.started_at DESC, c.id DESC LIMIT $2")) {
        bool const outbound = row.text(3) == "outbound", failed = row.text(4) == "failed";
        auto const caller = who(row.text(8), row.text(5));
        auto const text = row.text(4) == "in_progress" ? (outbound ? "Jack is calling " : "On the line with ") + caller
            : failed                                   ? (outbound ? caller + " did not answer" : "Missed call from " + caller)
                                                       : (outbound ? "Jack called " : "Call with ") + caller + lasted(row, 6);
        all.push_back({row.text(0),
            failed && !outbound ? "missed_call"
                : outbound      ? "outbound_call"
                                : "call",
            row.text(1), row.text(2), text, "#/organizations/" + row.text(1) + "/conversations/" + row.text(0), row.time(7)});
    }
    for (auto const& row : RUN_FOR(whose,
             "SELECT m.id, m.organization_id, o.name, m.direction, m.from_number, m.to_number, m.body, m.sent_at, l.name, m.lead_id "
             "FROM messages m JOIN organizations o ON o.id = m.organization_id LEFT JOIN leads l ON l.id = m.lead_id ",
             "m", "ORDER BY m.sent_at DESC, m.id DESC LIMIT $2")) {
        bool const inbound = row.text(3) == "inbound";
        all.push_back({row.text(0), inbound ? "text_in" : "text_out", row.text(1), row.text(2),
            (inbound ? "Text from " : "Text to ") + who(row.text(8), row.text(inbound ? 4 : 5)) + ": "
                + bounded_data(row.text(6), preview_limit),
            row.text(9).empty() ? "#/organizations/" + row.text(1) + "/messages"
                                : "#/organizations/" + row.text(1) + "/messages/" + row.text(9),
            row.time(7)});
    }
    std::sort(all.begin(), all.end(), [](Activity const& a, Activity const& b) { return std::tie(b.at, b.id) < std::tie(a.at, a.id); });
    if (all.size() > static_cast<std::size_t>(limit)) all.resize(static_cast<std::size_t>(limit));
    return all;
}

Contacts count_contacts(sql::Reader& db, std::string const& organization_id, std::string const& lead_id)
{
    return {db.run("SELECT count(*) FROM conversations WHERE organization_id = $1 AND lead_id = $2", {organization_id, lead_id})
                .front()
                .integer(0),
        db.run("SELECT count(*) FROM messages WHERE lead_id = $1", {lead_id}).front().integer(0)};
}

TextCounts count_texts(sql::Reader& db, Time since)
{
    auto const rows = db.run(
        "SELECT count(*), sum(CASE WHEN state IN ('failed', 'undelivered') THEN 1 ELSE 0 END) FROM messages WHERE sent_at >= $1", {since});
    return {rows.front().integer(0), rows.front().integer(1)};
}

std::int64_t spent_in(sql::Reader& db, std::string const& month)
{
    auto const rows = db.run("SELECT sum(amount) FROM ledger_days WHERE day >= $1 AND day <= $2", {month + "-01", month + "-31"});
    return rows.front().integer(0);
}
