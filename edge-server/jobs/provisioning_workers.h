#pragma once

#include "edge-server/services/provisioning.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

// The threads that carry runs forward, outside any request and any transaction.
class ProvisioningWorkers {
public:
    explicit ProvisioningWorkers(Provisioning& provisioning);
    ~ProvisioningWorkers(); // each finishes the run it works on, or leaves it resumable

    ProvisioningWorkers(ProvisioningWorkers const&) = delete;
    ProvisioningWorkers& operator=(ProvisioningWorkers const&) = delete;

private:
    void loop(std::string const& name);

    Provisioning& m_provisioning;
    std::atomic<bool> m_stopping{false};
    std::vector<std::thread> m_threads;
};
