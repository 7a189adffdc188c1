#pragma once

#include "shared/base/bound.h"
#include "shared/base/result.h"

#include <condition_variable>
#include <mutex>
#include <string>

// Hashing takes some 30 ms and 19 MiB, so two run at a time and a few wait; beyond that callers are told to come back.
class PasswordHasher {
public:
    PasswordHasher();

    Result<std::string> hash(std::string const& password);
    // An empty `stored` stands for an unknown account: it costs the same time and is never right.
    Result<bool> verify(std::string const& stored, std::string const& password);
    Bound waiting() const;

private:
    template <typename F>
    auto in_turn(int most_waiting, F&& f) -> Result<decltype(f())>;

    std::string const m_decoy;
    mutable std::mutex m_mutex;
    std::condition_variable m_free;
    int m_running = 0;
    int m_waiting = 0;
};
