#pragma once

#include "tools/telephony-sim/message.h"
#include "tools/telephony-sim/state.h"

#include <cstdint>
#include <string>

namespace simulator {

// Every request that a vendor got, without its secrets.
class Journal {
public:
    explicit Journal(State& state) : m_state(state) { }

    // `fault`: {id, kind, effect} of the one that struck, or null. The status of an unanswered request is 0.
    void write(std::string const& vendor, std::string const& operation, Request const& request, Answer const& answer, int64_t arrived_ms,
        int64_t took_ms, Json const& fault);
    // Entries after that sequence number, oldest first, and the number to ask with next.
    Json entries_after(int64_t sequence, int64_t limit) const;

private:
    State& m_state;
};

} // namespace simulator
