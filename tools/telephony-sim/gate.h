#pragma once

#include "tools/telephony-sim/faults.h"
#include "tools/telephony-sim/journal.h"
#include "tools/telephony-sim/late_effects.h"
#include "tools/telephony-sim/settings.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

namespace simulator {

// The one place every vendor operation passes, in this order: do it, commit it, note it, and only then take the vendor's time to answer.
// A client that gives up while it waits has bought its number all the same. An armed fault strikes here.
class Gate {
public:
    Gate(State& state, Settings const& settings, Journal& journal, Faults& faults, LateEffects& late_effects)
        : m_state(state), m_settings(settings), m_journal(journal), m_faults(faults), m_late_effects(late_effects)
    {
    }

    // `operation` is named vendor.verb, like twilio.buy. `work` may get another request than the one that came.
    Answer pass(std::string const& operation, Request const& request, std::function<Answer(Request const&)> const& work);
    void close(); // nobody waits any more

private:
    void wait(int milliseconds);

    State& m_state;
    Settings const& m_settings;
    Journal& m_journal;
    Faults& m_faults;
    LateEffects& m_late_effects;
    std::mutex m_mutex;
    std::condition_variable m_closing;
    bool m_closed = false;
};

} // namespace simulator
