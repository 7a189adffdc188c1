#include "tools/telephony-sim/gate.h"

#include <chrono>

namespace simulator {

Answer Gate::pass(std::string const& operation, Request const& request, std::function<Answer()> const& work)
{
    auto const arrived = now_ms();
    auto answer = work();
    auto const latency = m_settings.latency_ms(operation);
    m_journal.write(operation.substr(0, operation.find('.')), operation, request, answer, arrived, now_ms() - arrived + latency);
    wait(latency);
    return answer;
}

void Gate::wait(int milliseconds)
{
    if (milliseconds == 0) return;
    std::unique_lock lock(m_mutex);
    m_closing.wait_for(lock, std::chrono::milliseconds(milliseconds), [&] { return m_closed; });
}

void Gate::close()
{
    std::lock_guard const lock(m_mutex);
    m_closed = true;
    m_closing.notify_all();
}

} // namespace simulator
