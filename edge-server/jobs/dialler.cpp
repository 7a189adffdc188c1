#include "edge-server/jobs/dialler.h"
#include "shared/base/id.h"

#include <spdlog/spdlog.h>

#include <chrono>

namespace {

constexpr int dialler_count = 3; // vendor calls have a limit of their own, and others make them too
constexpr std::chrono::seconds longest_sleep{5};
constexpr std::chrono::minutes between_sweeps{5};

} // namespace

Dialler::Dialler(OutboundCalls& calls) : m_calls(calls)
{
    auto const server = new_id(); // leases tell servers apart too
    for (int i = 0; i < dialler_count; ++i)
        m_threads.emplace_back([this, name = server + '/' + std::to_string(i)] { loop(name); });
}

Dialler::~Dialler()
{
    m_stopping = true;
    m_calls.stop_working();
    for (auto& thread : m_threads)
        thread.join();
}

void Dialler::loop(std::string const& name)
{
    bool const sweeps = name.ends_with("/0");
    auto sweep_at = std::chrono::steady_clock::now();
    std::uint64_t calls_seen = 0;
    while (!m_stopping) {
        try {
            if (sweeps && std::chrono::steady_clock::now() >= sweep_at) {
                sweep_at = std::chrono::steady_clock::now() + between_sweeps;
                m_calls.end_forgotten();
            }
            if (!m_calls.work_on_next(name) && !m_stopping) m_calls.wait_for_work(calls_seen, longest_sleep);
        } catch (std::exception const& failure) {
            spdlog::error("calls: {}", failure.what());
            std::this_thread::sleep_for(std::chrono::seconds(1));
        }
    }
}
