#pragma once

#include "tools/telephony-sim/faults.h"
#include "tools/telephony-sim/journal.h"
#include "tools/telephony-sim/message.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace simulator {

// Requests that a vendor answers with a failure and carries out later all the same. They wait in the state: a simulator that is stopped
// or killed carries them out after its next start. One is taken out before it is carried out, so none ever happens twice.
class LateEffects {
public:
    LateEffects(State& state, Journal& journal, std::function<Answer(Request const&)> perform);
    ~LateEffects() { stop(); }

    void add(Fault const& fault, std::string const& operation, Request const& request, int ms);
    void start();
    void stop(); // what still waits, waits on

private:
    void run();
    std::optional<int64_t> next_due() const;
    bool carry_out_next(); // false if none is due

    State& m_state;
    Journal& m_journal;
    std::function<Answer(Request const&)> const m_perform;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopped = false;
    bool m_has_news = false;
    std::thread m_thread;
};

} // namespace simulator
