#include "edge-server/providers/breaker.h"

#include <algorithm>

using std::chrono::milliseconds;

namespace {

constexpr int opens_after = 5; // failures in a row
constexpr milliseconds first_pause{5'000};
constexpr milliseconds longest_pause{60'000};
constexpr milliseconds longest_try{20'000}; // a try that never told its outcome

} // namespace

milliseconds Breaker::enter(Time at)
{
    std::lock_guard const lock(m_mutex);
    if (!is_open()) return milliseconds(0);
    auto const wait = m_next_try_at.milliseconds - at.milliseconds;
    if (wait > 0) return milliseconds(std::min<std::int64_t>(wait, longest_pause.count()));
    m_next_try_at = at.plus_milliseconds(longest_try.count()); // the others wait for what this call hears
    return milliseconds(0);
}

void Breaker::succeeded()
{
    std::lock_guard const lock(m_mutex);
    m_failures = 0;
    m_pause = milliseconds(0);
}

void Breaker::failed(Time at)
{
    std::lock_guard const lock(m_mutex);
    if (m_failures++ == 0) m_since = at;
    if (!is_open()) return;
    m_pause = std::clamp(2 * m_pause, first_pause, longest_pause);
    m_next_try_at = at.plus_milliseconds(m_pause.count());
}

Breaker::State Breaker::state() const
{
    std::lock_guard const lock(m_mutex);
    if (!is_open()) return {};
    return {true, m_since, m_next_try_at};
}

bool Breaker::is_open() const
{
    return m_failures >= opens_after;
}
