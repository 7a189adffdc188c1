#pragma once

#include "tools/telephony-sim/journal.h"
#include "tools/telephony-sim/settings.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

namespace simulator {

// The one place every vendor operation passes, in this order: do it, commit it, note it, and only then take the vendor's time to answer.
// A client that gives up while it waits has bought its number all the same.
class Gate {
public:
    Gate(Settings const& settings, Journal& journal) : m_settings(settings), m_journal(journal) { }

    // `operation` is named vendor.verb, like twilio.buy.
    Answer pass(std::string const& operation, Request const& request, std::function<Answer()> const& work);
    void close(); // nobody waits any more

private:
    void wait(int milliseconds);

    Settings const& m_settings;
    Journal& m_journal;
    std::mutex m_mutex;
    std::condition_variable m_closing;
    bool m_closed = false;
};

} // namespace simulator
