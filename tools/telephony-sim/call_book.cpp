#include "tools/telephony-sim/call_book.h"

#include "tools/telephony-sim/settings.h"
#include "tools/telephony-sim/text.h"

#include <algorithm>
#include <limits>

namespace simulator {

namespace {

constexpr int64_t seconds_in_minute = 60;

Value optional(std::optional<int64_t> const& time)
{
    return time ? Value(*time) : Value(nullptr);
}

CallRecord call_of(Row const& row)
{
    CallRecord call{
        row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.number(5), {}, {}, row.text(8), row.number(9), row.number(10)};
    if (!row.is_null(6)) call.answered_at = row.number(6);
    if (!row.is_null(7)) call.ended_at = row.number(7);
    return call;
}

std::string status_of(CallRecord const& call, int64_t now)
{
    if (call.ended_at && now >= *call.ended_at) return call.outcome;
    return call.answered_at && now >= *call.answered_at ? "in-progress" : "ringing";
}

} // namespace

void save_call(Database& db, CallRecord const& call)
{
    db.run(R"(
        INSERT INTO calls (sid, direction, caller, called, phone_number_sid, started_at, answered_at, ended_at, outcome, duration, price)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (sid) DO UPDATE SET answered_at = excluded.answered_at, ended_at = excluded.ended_at, outcome = excluded.outcome,
            duration = excluded.duration, price = excluded.price)",
        {call.sid, call.direction, call.from, call.to, call.phone_number_sid, call.started_at, optional(call.answered_at),
            optional(call.ended_at), call.outcome, call.duration, call.price});
}

std::optional<CallRecord> find_call(Database& db, std::string const& sid)
{
    auto const rows = db.run(R"(
        SELECT sid, direction, caller, called, phone_number_sid, started_at, answered_at, ended_at, outcome, duration, price
        FROM calls WHERE sid = $1)",
        {sid});
    if (rows.empty()) return std::nullopt;
    return call_of(rows.front());
}

Json described(CallRecord const& call, int64_t now)
{
    auto const uri = std::string("/2010-04-01/Accounts/") + account_sid + "/Calls/" + call.sid;
    auto const status = status_of(call, now);
    bool const is_over = call.ended_at && now >= *call.ended_at;
    bool const was_answered = call.answered_at && now >= *call.answered_at;
    Json const sid = call.phone_number_sid.empty() ? Json(nullptr) : Json(call.phone_number_sid);
    Json const price = is_over && call.price > 0 ? Json("-" + dollars(call.price)) : Json(nullptr);
    return {{"sid", call.sid}, {"date_created", rfc2822(call.started_at)},
        {"date_updated", rfc2822(is_over ? *call.ended_at : call.started_at)}, {"parent_call_sid", nullptr}, {"account_sid", account_sid},
        {"to", call.to}, {"to_formatted", national(call.to)}, {"from", call.from}, {"from_formatted", national(call.from)},
        {"phone_number_sid", sid}, {"status", status},
        {"start_time", was_answered || call.direction == "inbound" ? Json(rfc2822(call.started_at)) : Json(nullptr)},
        {"end_time", is_over ? Json(rfc2822(*call.ended_at)) : Json(nullptr)},
        {"duration", is_over ? Json(std::to_string(call.duration)) : Json(nullptr)}, {"price", price}, {"price_unit", "USD"},
        {"direction", call.direction}, {"answered_by", nullptr}, {"api_version", "2010-04-01"}, {"forwarded_from", nullptr},
        {"group_sid", nullptr}, {"caller_name", nullptr}, {"queue_time", "0"}, {"trunk_sid", nullptr}, {"uri", uri + ".json"},
        {"subresource_uris", {{"recordings", uri + "/Recordings.json"}, {"notifications", uri + "/Notifications.json"}}}};
}

std::optional<PageOf<CallRecord>> list_calls(Database& db, Fields const& query, PageRequest const& page, int64_t now)
{
    bool const newer = page.goes_newer();
    int64_t from = std::numeric_limits<int64_t>::max();
    if (!page.token.empty()) {
        auto const rows = db.run("SELECT sequence FROM calls WHERE sid = $1", {page.from_sid()});
        if (rows.empty()) return std::nullopt;
        from = rows.front().number(0);
    }
    auto const status = field(query, "Status").value_or("");
    auto const start = time_range(query, "StartTime");
    auto const end = time_range(query, "EndTime");
    bool const is_sifted = !status.empty() || end.from > 0 || end.to < std::numeric_limits<int64_t>::max();
    std::vector<Value> const wanted{from, field(query, "From").value_or(""), field(query, "To").value_or(""), start.from, start.to,
        is_sifted ? std::numeric_limits<int64_t>::max() : page.size + 1};
    auto const rows = newer ? db.run(R"(
        SELECT sid, direction, caller, called, phone_number_sid, started_at, answered_at, ended_at, outcome, duration, price
        FROM calls
        WHERE sequence > $1 AND ($2 = '' OR caller = $2) AND ($3 = '' OR called = $3) AND started_at >= $4 AND started_at <= $5
        ORDER BY sequence LIMIT $6)",
                          wanted)
                            : db.run(R"(
        SELECT sid, direction, caller, called, phone_number_sid, started_at, answered_at, ended_at, outcome, duration, price
        FROM calls
        WHERE sequence < $1 AND ($2 = '' OR caller = $2) AND ($3 = '' OR called = $3) AND started_at >= $4 AND started_at <= $5
        ORDER BY sequence DESC LIMIT $6)",
                                wanted);
    PageOf<CallRecord> found;
    bool more = false;
    for (auto const& row : rows) {
        auto const call = call_of(row);
        if (!status.empty() && status != status_of(call, now)) continue;
        if (call.ended_at && !end.holds(*call.ended_at)) continue;
        more = static_cast<int64_t>(found.records.size()) == page.size;
        if (more) break;
        found.records.push_back(call);
    }
    if (newer) std::reverse(found.records.begin(), found.records.end());
    found.has_older = newer || more;
    found.has_newer = newer ? more : !page.token.empty();
    return found;
}

int64_t price_of_call(int64_t seconds, int64_t per_minute)
{
    return (seconds + seconds_in_minute - 1) / seconds_in_minute * per_minute;
}

} // namespace simulator
