#include "tools/telephony-sim/faults.h"

#include "tools/telephony-sim/fault_kinds.h"
#include "tools/telephony-sim/mixing.h"

namespace simulator {

namespace {

constexpr int64_t most_armed = 100;
constexpr int64_t largest_count = 1'000'000;
constexpr int64_t largest_seed = 9'007'199'254'740'991; // what every reader of JSON keeps whole

std::string problem_with(Json const& wanted)
{
    if (!wanted.is_object()) return "the fault must be a JSON object";
    auto const whole = [&](char const* name, int64_t least, int64_t most) {
        if (!wanted.contains(name)) return std::string();
        auto const& value = wanted[name];
        if (value.is_number_integer() && value >= least && value <= most) return std::string();
        return std::string(name) + " must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    };
    bool const random = wanted.contains("share");
    if (random && wanted.contains("nth")) return "nth cannot stand beside share";
    if (!random && wanted.contains("seed")) return "seed is only for share";
    if (auto problem = whole("nth", 1, largest_count); !problem.empty()) return problem;
    if (auto problem = whole("times", 0, largest_count); !problem.empty()) return problem;
    if (auto problem = whole("seed", 0, largest_seed); !problem.empty()) return problem;
    if (random) {
        auto const& share = wanted["share"];
        if (!share.is_number() || share <= 0 || share > 1) return "share must be a number above 0, up to 1";
    }
    auto details = wanted;
    for (auto const* name : {"nth", "times", "share", "seed"})
        details.erase(name);
    return problem_with_kind(details);
}

Json completed(Json const& wanted)
{
    Json fault{{"operation", wanted["operation"]}, {"kind", wanted["kind"]}};
    if (wanted.contains("share")) {
        fault.update({{"share", wanted["share"]}, {"seed", 0}, {"times", 0}});
    } else {
        fault.update({{"nth", 1}, {"times", 1}});
    }
    fault.update(wanted);
    return fault;
}

bool is_drawn(Json const& fault, std::string const& operation, int64_t call)
{
    auto const draw = mixed(std::to_string(fault["seed"].get<int64_t>()) + " " + operation + " " + std::to_string(call));
    constexpr double whole = 18446744073709551616.0;
    return static_cast<double>(draw) / whole < fault["share"].get<double>();
}

int64_t sum(Json const& counts)
{
    int64_t total = 0;
    for (auto const& count : counts)
        total += count.get<int64_t>();
    return total;
}

Json listed(Row const& row)
{
    Json out{{"id", row.number(0)}};
    out.update(Json::parse(row.text(1)));
    out["seen"] = sum(Json::parse(row.text(2)));
    out["struck"] = row.number(3);
    out["left"] = row.is_null(4) ? Json(nullptr) : Json(row.number(4));
    return out;
}

} // namespace

std::variant<Json, std::string> Faults::arm(Json const& wanted)
{
    if (auto problem = problem_with(wanted); !problem.empty()) return problem;
    auto const fault = completed(wanted);
    auto const times = fault["times"].get<int64_t>();
    return m_state.change([&](Database& db) -> std::variant<Json, std::string> {
        auto const armed = db.run("SELECT COUNT(*) FROM faults WHERE remaining IS NULL OR remaining > 0").front().number(0);
        if (armed >= most_armed) return "no more than " + std::to_string(most_armed) + " faults can be armed";
        db.run("DELETE FROM faults WHERE remaining = 0 AND id <= (SELECT MAX(id) FROM faults) - $1", {most_armed});
        auto const rows = db.run(R"(
            INSERT INTO faults (operation, fault, remaining) VALUES ($1, $2, $3) RETURNING id, fault, seen, struck, remaining)",
            {text_at(fault, "operation"), to_text(fault), times > 0 ? Value(times) : Value(nullptr)});
        return listed(rows.front());
    });
}

Json Faults::list() const
{
    return m_state.look([](Database& db) {
        Json faults = Json::array();
        for (auto const& row : db.run("SELECT id, fault, seen, struck, remaining FROM faults ORDER BY id"))
            faults.push_back(listed(row));
        return faults;
    });
}

void Faults::disarm_all()
{
    m_state.change([](Database& db) { db.run("DELETE FROM faults"); });
}

std::optional<Fault> Faults::strike(std::string const& operation)
{
    auto const vendor = operation.substr(0, operation.find('.')) + ".*";
    bool const possible = m_state.look([&](Database& db) {
        return !db.run("SELECT 1 FROM faults WHERE operation IN ($1, $2, '*') AND (remaining IS NULL OR remaining > 0) LIMIT 1",
                      {operation, vendor})
                    .empty();
    });
    if (!possible) return std::nullopt;
    return m_state.note([&](Database& db) {
        std::optional<Fault> striking;
        auto const rows = db.run(R"(
            SELECT id, fault, seen FROM faults
            WHERE operation IN ($1, $2, '*') AND (remaining IS NULL OR remaining > 0) ORDER BY id)",
            {operation, vendor});
        for (auto const& row : rows) {
            auto const fault = Json::parse(row.text(1));
            auto seen = Json::parse(row.text(2));
            auto const call = seen.value(operation, int64_t{0}) + 1;
            seen[operation] = call;
            bool const due = fault.contains("share") ? is_drawn(fault, operation, call) : sum(seen) >= fault["nth"].get<int64_t>();
            bool const strikes = due && !striking;
            db.run("UPDATE faults SET seen = $1, struck = struck + $2, remaining = remaining - $2 WHERE id = $3",
                {to_text(seen), int64_t{strikes}, row.number(0)});
            if (strikes) striking = Fault{row.number(0), text_at(fault, "kind"), fault};
        }
        return striking;
    });
}

} // namespace simulator
