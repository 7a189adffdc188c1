#include "edge-server/providers/provider_health.h"

#include <algorithm>
#include <vector>

namespace {

constexpr std::size_t remembered_calls = 512; // the 95th percentile is theirs
constexpr std::size_t shown_calls = 24;
constexpr std::int64_t hour_seconds = 3600;
constexpr int failing_after = 3; // failures in a row

std::int64_t minute_of(Time time)
{
    return time.milliseconds / 60'000;
}

std::int64_t to_ms(std::chrono::microseconds duration)
{
    return std::chrono::ceil<std::chrono::milliseconds>(duration).count();
}

Json time_or_null(Time time)
{
    return time ? Json(to_rfc3339(time)) : Json();
}

Json shape(std::string const& name, std::string const& what, char const* state)
{
    return {{"name", name}, {"what", what}, {"state", state}, {"last_success_at", nullptr}, {"last_failure_at", nullptr},
        {"last_failure", nullptr}, {"calls", 0}, {"failures", 0}, {"p95_ms", nullptr}, {"recent_ms", Json::array()}, {"breaker", nullptr},
        {"next_try_at", nullptr}};
}

} // namespace

ProviderHealth::ProviderHealth(std::string name, std::string what, std::chrono::milliseconds slow_above)
    : m_name(std::move(name)), m_what(std::move(what)), m_slow_above(slow_above)
{
}

void ProviderHealth::succeeded(std::chrono::microseconds took, Time at)
{
    std::lock_guard const lock(m_mutex);
    count(at, took, true);
    m_last_success_at = at;
    m_is_refused = false;
    m_failures_in_a_row = 0;
}

void ProviderHealth::failed(std::chrono::microseconds took, std::string sentence, bool refused, Time at)
{
    std::lock_guard const lock(m_mutex);
    count(at, took, false);
    m_last_failure_at = at;
    m_last_failure = std::move(sentence);
    m_is_refused = refused;
    ++m_failures_in_a_row;
}

void ProviderHealth::count(Time at, std::chrono::microseconds took, bool succeeded)
{
    auto const number = minute_of(at);
    auto& minute = m_minutes[static_cast<std::size_t>(number) % m_minutes.size()];
    if (minute.number != number) minute = {number};
    ++minute.calls;
    minute.failures += !succeeded;
    m_recent.push_back({at, took});
    if (m_recent.size() > remembered_calls) m_recent.pop_front();
}

char const* ProviderHealth::state(std::int64_t calls, std::chrono::microseconds p95) const
{
    if (calls == 0) return "unknown";
    if (m_is_refused) return "refusing";
    if (m_failures_in_a_row >= failing_after || m_failures_in_a_row >= calls) return "failing";
    return p95 > m_slow_above ? "slow" : "normal";
}

Json ProviderHealth::to_json(Time present) const
{
    std::lock_guard const lock(m_mutex);
    std::int64_t calls = 0, failures = 0;
    for (auto const& minute : m_minutes)
        if (minute.number > minute_of(present) - static_cast<std::int64_t>(m_minutes.size())) {
            calls += minute.calls;
            failures += minute.failures;
        }
    std::vector<std::chrono::microseconds> durations;
    for (auto const& call : m_recent)
        if (call.at > present.plus_seconds(-hour_seconds)) durations.push_back(call.took);
    auto recent = Json::array();
    for (auto i = durations.size() - std::min(durations.size(), shown_calls); i < durations.size(); ++i)
        recent.push_back(to_ms(durations[i]));
    std::sort(durations.begin(), durations.end());
    auto const p95 = durations.empty() ? std::chrono::microseconds(0) : durations[(durations.size() * 95 + 99) / 100 - 1];

    auto json = shape(m_name, m_what, state(calls, p95));
    json["last_success_at"] = time_or_null(m_last_success_at);
    json["last_failure_at"] = time_or_null(m_last_failure_at);
    if (m_last_failure_at) json["last_failure"] = m_last_failure;
    json["calls"] = calls;
    json["failures"] = failures;
    if (!durations.empty()) json["p95_ms"] = to_ms(p95);
    json["recent_ms"] = std::move(recent);
    return json;
}

Json unused_provider(std::string const& name, std::string const& what)
{
    return shape(name, what, "unused");
}
