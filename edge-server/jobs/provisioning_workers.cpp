#include "edge-server/jobs/provisioning_workers.h"
#include "shared/base/id.h"

#include <spdlog/spdlog.h>

namespace {

constexpr int worker_count = 8; // vendor calls have a limit of their own
constexpr std::chrono::seconds longest_sleep{5};

} // namespace

ProvisioningWorkers::ProvisioningWorkers(Provisioning& provisioning) : m_provisioning(provisioning)
{
    auto const server = new_id(); // leases tell servers apart too
    for (int i = 0; i < worker_count; ++i)
        m_threads.emplace_back([this, name = server + '/' + std::to_string(i)] { loop(name); });
}

ProvisioningWorkers::~ProvisioningWorkers()
{
    m_stopping = true;
    m_provisioning.stop_working();
    for (auto& thread : m_threads)
        thread.join();
}

void ProvisioningWorkers::loop(std::string const& name)
{
    std::uint64_t calls_seen = 0;
    while (!m_stopping) {
        try {
            if (!m_provisioning.work_on_next(name) && !m_stopping) m_provisioning.wait_for_work(calls_seen, longest_sleep);
        } catch (std::exception const& failure) {
            spdlog::error("provisioning: {}", failure.what());
            std::this_thread::sleep_for(std::chrono::seconds(1));
        }
    }
}
