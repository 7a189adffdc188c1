#include "tools/telephony-sim/ledger.h"

#include "tools/telephony-sim/call_book.h"
#include "tools/telephony-sim/message_book.h"
#include "tools/telephony-sim/number_book.h"
#include "tools/telephony-sim/text.h"

#include <set>

namespace simulator {

namespace {

constexpr int64_t largest_change = 1'000'000'000;

void add_numbers(Database& db, Json& out)
{
    int64_t owned = 0;
    auto const rows = db.run(R"(
        SELECT s.sequence, s.sid, s.phone_number, COALESCE(n.friendly_name, s.friendly_name), s.account_sid, s.sold_at, s.released_at, s.monthly_price
        FROM sales s LEFT JOIN numbers n ON n.sid = s.sid ORDER BY s.sequence)");
    out = {{"numbers", Json::array()}, {"sales", Json::array()}};
    for (auto const& row : rows) {
        bool const released = !row.is_null(6);
        Json const sale{{"sequence", row.number(0)}, {"sid", row.text(1)}, {"phone_number", row.text(2)}, {"friendly_name", row.text(3)},
            {"account_sid", row.text(4)}, {"sold_at", rfc3339(row.number(5))},
            {"released_at", released ? Json(rfc3339(row.number(6))) : Json(nullptr)}, {"monthly_price", row.text(7)}};
        if (!released) {
            out["numbers"].push_back(sale);
            ++owned;
        }
        out["sales"].push_back(sale);
    }
    out["owned"] = owned;
    out["sold"] = rows.size();
    auto const cents = owned * monthly_cents;
    out["monthly_total"] = std::to_string(cents / 100) + "." + std::to_string(100 + cents % 100).substr(1);
}

void add_calls(Database& db, Json& out, int64_t now)
{
    int64_t total = 0;
    out["calls"] = Json::array();
    for (auto const& row : db.run(R"(
        SELECT l.sid, l.direction, l.caller, l.called, l.started_at, l.ended_at, l.outcome, l.duration, l.price,
            c.conversation_id, json_extract(c.body, '$.metadata.cost_fiat')
        FROM calls l LEFT JOIN conversations c ON c.call_sid = l.sid ORDER BY l.sequence)")) {
        bool const is_over = !row.is_null(5) && row.number(5) <= now;
        total += is_over ? row.number(8) : 0;
        out["calls"].push_back({{"sid", row.text(0)}, {"direction", row.text(1)}, {"from", row.text(2)}, {"to", row.text(3)},
            {"started_at", rfc3339(row.number(4))}, {"status", is_over ? row.text(6) : "in-progress"}, {"duration", row.number(7)},
            {"price", dollars(is_over ? row.number(8) : 0)}, {"conversation_id", row.is_null(9) ? Json(nullptr) : Json(row.text(9))},
            {"agent_cost", row.is_null(10) ? Json(nullptr) : Json(row.text(10))}});
    }
    out["calls_total"] = dollars(total);
}

void add_messages(Database& db, Json& out, int64_t now)
{
    int64_t total = 0;
    out["messages"] = Json::array();
    for (auto const& row : db.run(R"(
        SELECT sid, direction, sender, recipient, body, segments, media, created_at, sent_at, ended_at, outcome, error_code, price
        FROM messages ORDER BY sequence)")) {
        auto const message = message_of(row);
        total += message.price;
        out["messages"].push_back({{"sid", message.sid}, {"direction", message.direction}, {"from", message.from}, {"to", message.to},
            {"body", message.body}, {"segments", message.segments}, {"at", rfc3339(message.sent_at.value_or(message.created_at))},
            {"status", status_of(message, now)}, {"error_code", message.error_code == 0 ? Json(nullptr) : Json(message.error_code)},
            {"price", dollars(message.price)}});
    }
    out["messages_total"] = dollars(total);
}

} // namespace

Json ledger(Database& db, int64_t now, bool has_traffic)
{
    Json out;
    add_numbers(db, out);
    if (!has_traffic) return out;
    add_calls(db, out, now);
    add_messages(db, out, now);
    return out;
}

std::string change_record(Database& db, std::string const& sid, Json const& change)
{
    static std::set<std::string> const known{"price", "segments", "duration"};
    if (!change.is_object() || change.empty()) return "price, segments, duration or removed is needed";
    auto call = find_call(db, sid);
    auto message = find_message(db, sid);
    if (!call && !message) return "No such call or text";
    if (change == Json{{"removed", true}}) {
        db.run("DELETE FROM calls WHERE sid = $1", {sid});
        db.run("DELETE FROM messages WHERE sid = $1", {sid});
        return "";
    }
    for (auto const& [name, value] : change.items()) {
        bool const fits = known.contains(name) && value.is_number_integer() && value >= 0 && value <= largest_change;
        if (!fits) return name + " must be price (micro-dollars), segments or duration, and whole";
    }
    if (call) {
        call->price = change.value("price", call->price);
        call->duration = change.value("duration", call->duration);
        save_call(db, *call);
    } else {
        message->price = change.value("price", message->price);
        message->segments = change.value("segments", message->segments);
        save_message(db, *message);
    }
    return "";
}

} // namespace simulator
