#include "tools/telephony-sim/talk.h"

#include <algorithm>
#include <set>

namespace simulator {

namespace {

constexpr int64_t seconds_of_a_turn = 4;
constexpr int64_t longest_call = 86'400;
constexpr int64_t most_turns = 100'000;

std::string problem_with(Json const& json)
{
    static std::set<std::string> const known{"turns", "more_turns", "duration_seconds", "title", "summary", "call_successful", "collected",
        "cost_fiat", "started_at", "termination_reason", "status", "analysis"};
    if (!json.is_object()) return "conversation must be a JSON object";
    for (auto const& [name, value] : json.items()) {
        if (!known.contains(name)) return "conversation." + name + " is nothing that a conversation has";
    }
    auto const whole = [&](char const* name, int64_t most) {
        return !json.contains(name) || (json[name].is_number_integer() && json[name] >= 0 && json[name] <= most);
    };
    if (!whole("duration_seconds", longest_call)) return "conversation.duration_seconds must be whole seconds";
    if (!whole("more_turns", most_turns)) return "conversation.more_turns must be a whole number";
    if (!whole("started_at", 100'000'000'000)) return "conversation.started_at must be Unix seconds";
    if (json.contains("cost_fiat") && (!json["cost_fiat"].is_number() || json["cost_fiat"] < 0))
        return "conversation.cost_fiat must be dollars";
    if (json.contains("collected") && !json["collected"].is_object()) return "conversation.collected must be an object of names and values";
    if (json.contains("analysis") && !json["analysis"].is_null()) return "conversation.analysis can only be null";
    for (auto const* name : {"title", "summary", "termination_reason"}) {
        if (json.contains(name) && !json[name].is_string()) return "conversation." + std::string(name) + " must be a text";
    }
    auto const outcome = json.value("call_successful", Json("success"));
    if (outcome != "success" && outcome != "failure" && outcome != "unknown")
        return "conversation.call_successful must be success, failure or unknown";
    auto const status = json.value("status", Json("done"));
    if (status != "done" && status != "failed") return "conversation.status must be done or failed";
    auto const turns = json.value("turns", Json::array());
    if (!turns.is_array()) return "conversation.turns must be a list";
    for (auto const& turn : turns) {
        auto const role = text_at(turn, "role");
        bool const is_turn = (role == "user" || role == "agent") && turn.contains("message")
            && (turn["message"].is_string() || turn["message"].is_null()) && (!turn.contains("at") || turn["at"].is_number());
        if (!is_turn) return "each of conversation.turns must be {role: user or agent, message, at: seconds}";
    }
    return "";
}

} // namespace

std::variant<Talk, std::string> read_talk(Json const& json)
{
    if (auto problem = problem_with(json); !problem.empty()) return problem;
    Talk talk;
    int64_t at = 0;
    for (auto const& turn : json.value("turns", Json::array())) {
        at = turn.contains("at") ? static_cast<int64_t>(turn["at"].get<double>()) : at + (talk.turns.empty() ? 0 : seconds_of_a_turn);
        talk.turns.push_back({text_at(turn, "role"), text_at(turn, "message"), at});
    }
    auto const more = json.value("more_turns", int64_t{0}); // of a conversation that does not end
    for (int64_t i = 0; i < more; ++i) {
        at += seconds_of_a_turn;
        talk.turns.push_back({i % 2 == 0 ? "user" : "agent", "And another thing, number " + std::to_string(i + 1) + ".", at});
    }
    talk.duration = json.value("duration_seconds", std::min(talk.turns.empty() ? 0 : at + seconds_of_a_turn, longest_call));
    if (json.contains("started_at")) talk.started_at = json["started_at"].get<int64_t>();
    talk.status = json.value("status", talk.status);
    talk.title = text_at(json, "title");
    talk.summary = text_at(json, "summary");
    talk.call_successful = json.value("call_successful", talk.call_successful);
    talk.termination_reason = json.value("termination_reason", talk.termination_reason);
    talk.collected = json.value("collected", Json::object());
    if (json.contains("cost_fiat")) talk.cost = json["cost_fiat"].get<double>();
    talk.is_analysed = !json.contains("analysis");
    return talk;
}

} // namespace simulator
