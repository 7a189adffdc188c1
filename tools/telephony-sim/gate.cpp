#include "tools/telephony-sim/gate.h"

#include "tools/telephony-sim/fault_kinds.h"

#include <chrono>

namespace simulator {

Answer Gate::pass(std::string const& operation, Request const& request, std::function<Answer(Request const&)> const& work)
{
    auto const arrived = now_ms();
    auto const fault = m_faults.strike(operation);
    auto outcome = fault ? suffer({*fault, operation, request, work, m_state, m_late_effects}) : Outcome{work(request)};
    Json note;
    if (fault) note = {{"id", fault->id}, {"kind", fault->kind}, {"effect", outcome.effect ? Json(*outcome.effect) : Json(nullptr)}};
    auto const latency = m_settings.latency_ms(operation) + outcome.delay_ms;
    m_journal.write(
        operation.substr(0, operation.find('.')), operation, request, outcome.answer, arrived, now_ms() - arrived + latency, note);
    wait(latency);
    return outcome.answer;
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
