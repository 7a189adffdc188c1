#include "tools/telephony-sim/settings.h"

namespace simulator {

namespace {

constexpr int longest_latency_ms = 600'000;

std::string problem_with(Json const& patch)
{
    if (!patch.is_object()) return "the settings must be a JSON object";
    for (auto const& [key, value] : patch.items()) {
        if (key == "latency_ms") {
            if (!value.is_object()) return "latency_ms must be an object of operation names and milliseconds";
            for (auto const& [operation, latency] : value.items()) {
                bool const removes = latency.is_null() && operation != "default";
                if (removes) continue;
                if (!latency.is_number_integer() || latency < 0 || latency > longest_latency_ms)
                    return "latency_ms." + operation + " must be whole milliseconds up to " + std::to_string(longest_latency_ms);
            }
        } else if (key == "second_import") {
            if (value != "conflict" && value != "second_id") return "second_import must be conflict or second_id";
        } else if (key == "repeated_buy") {
            if (value != "refused" && value != "updated") return "repeated_buy must be refused or updated";
        } else if (key == "failed_initiation") {
            if (value != "drop" && value != "placeholders") return "failed_initiation must be drop or placeholders";
        } else {
            return "unknown setting \"" + key + "\"";
        }
    }
    return "";
}

} // namespace

Settings::Settings(State& state, int default_latency_ms)
    : m_state(state), m_initial{{"latency_ms", {{"default", default_latency_ms}}}, {"second_import", "conflict"},
                          {"repeated_buy", "refused"}, {"failed_initiation", "drop"}},
      m_settings(m_initial)
{
    auto const kept = m_state.look([](Database& db) { return remembered(db, "settings"); });
    if (kept) merge_into(m_settings, Json::parse(*kept));
    if (default_latency_ms > 0) m_settings["latency_ms"]["default"] = default_latency_ms;
}

Json Settings::all() const
{
    std::lock_guard const lock(m_mutex);
    return m_settings;
}

int Settings::latency_ms(std::string const& operation) const
{
    std::lock_guard const lock(m_mutex);
    auto const& latencies = m_settings["latency_ms"];
    return latencies.value(operation, latencies["default"].get<int>());
}

bool Settings::second_import_conflicts() const
{
    std::lock_guard const lock(m_mutex);
    return m_settings["second_import"] == "conflict";
}

bool Settings::repeated_buy_updates() const
{
    std::lock_guard const lock(m_mutex);
    return m_settings["repeated_buy"] == "updated";
}

bool Settings::failed_initiation_drops_call() const
{
    std::lock_guard const lock(m_mutex);
    return m_settings["failed_initiation"] == "drop";
}

std::string Settings::change(Json const& patch)
{
    if (auto problem = problem_with(patch); !problem.empty()) return problem;
    std::lock_guard const lock(m_mutex);
    merge_into(m_settings, patch);
    auto const latencies = patch.value("latency_ms", Json::object());
    for (auto const& [operation, latency] : latencies.items()) {
        if (latency.is_null()) m_settings["latency_ms"].erase(operation);
    }
    m_state.note([&](Database& db) { remember(db, "settings", to_text(m_settings)); });
    return "";
}

void Settings::forget()
{
    std::lock_guard const lock(m_mutex);
    m_settings = m_initial;
}

} // namespace simulator
