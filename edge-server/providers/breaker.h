#pragma once

#include "shared/base/time.h"

#include <chrono>
#include <mutex>

// Keeps calls away from a provider that does not answer: after five failures in a row for five seconds, then for twice as long each time,
// up to a minute. When the time is over one call asks whether it is back.
class Breaker {
public:
    // How long no call may go yet. 0: this one goes, and its outcome must be told.
    std::chrono::milliseconds enter(Time at);
    void succeeded();
    void failed(Time at);

    struct State {
        bool open = false;
        Time since; // it has not answered
        Time next_try_at;
    };
    State state() const;

private:
    bool is_open() const;

    mutable std::mutex m_mutex;
    int m_failures = 0; // in a row
    Time m_since;
    Time m_next_try_at;
    std::chrono::milliseconds m_pause{0};
};
