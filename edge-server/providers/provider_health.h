#pragma once

#include "shared/base/json.h"
#include "shared/base/time.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

// How something that we depend on, or answer for, did within the last hour. Bounded in memory and gone with the process.
class ProviderHealth {
public:
    ProviderHealth(std::string name, std::string what, std::chrono::milliseconds slow_above);

    void succeeded(std::chrono::microseconds took, Time at = now());
    // `sentence`: for people, bounded. `refused`: our credentials or our account, not an outage.
    void failed(std::chrono::microseconds took, std::string sentence, bool refused = false, Time at = now());

    Json to_json(Time present = now()) const;

private:
    struct Call {
        Time at;
        std::chrono::microseconds took;
    };
    struct Minute {
        std::int64_t number = 0; // since 1970
        std::int64_t calls = 0;
        std::int64_t failures = 0;
    };

    void count(Time at, std::chrono::microseconds took, bool succeeded);
    char const* state(std::int64_t calls, std::chrono::microseconds p95) const;

    std::string const m_name;
    std::string const m_what;
    std::chrono::milliseconds const m_slow_above;
    mutable std::mutex m_mutex;
    std::array<Minute, 60> m_minutes; // counts of every call
    std::deque<Call> m_recent; // the last ones themselves
    Time m_last_success_at;
    Time m_last_failure_at;
    std::string m_last_failure;
    bool m_is_refused = false; // by the last call
    int m_failures_in_a_row = 0;
};

// A provider that this installation does not have.
Json unused_provider(std::string const& name, std::string const& what);
