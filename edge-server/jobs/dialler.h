#pragma once

#include "edge-server/services/outbound_calls.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

// The threads that dial what was clicked, outside any request and any transaction.
class Dialler {
public:
    explicit Dialler(OutboundCalls& calls);
    ~Dialler(); // waits for the vendor calls at hand

    Dialler(Dialler const&) = delete;
    Dialler& operator=(Dialler const&) = delete;

private:
    void loop(std::string const& name);

    OutboundCalls& m_calls;
    std::atomic<bool> m_stopping{false};
    std::vector<std::thread> m_threads;
};
