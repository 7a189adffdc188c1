#pragma once

#include "tools/telephony-sim/courier.h"
#include "tools/telephony-sim/faults.h"
#include "tools/telephony-sim/journal.h"
#include "tools/telephony-sim/settings.h"
#include "tools/telephony-sim/state.h"
#include "tools/telephony-sim/telephone.h"
#include "tools/telephony-sim/texting.h"

namespace simulator {

// The simulator's own controls, below /sim/.
class Controls {
public:
    Controls(State& state, Settings& settings, Journal const& journal, Faults& faults, Courier const& courier, Telephone& telephone,
        Texting& texting)
        : m_state(state), m_settings(settings), m_journal(journal), m_faults(faults), m_courier(courier), m_telephone(telephone),
          m_texting(texting)
    {
    }

    Answer handle(Request const& request);

private:
    Answer entries(Request const& request) const;
    Answer webhooks(Request const& request) const;
    Answer workspace();
    Answer reset();
    Answer change_settings(Request const& request);
    Answer limit_inventory(Request const& request);
    Answer armed_faults() const;
    Answer arm(Request const& request);
    Answer change_number(Request const& request);
    Answer call(Request const& request);
    Answer start_call(Request const& request);
    Answer in_call(Request const& request);
    Answer text(Request const& request);
    Answer thread(Request const& request) const;
    Answer change_record(Request const& request);
    static Answer sign(Request const& request);

    State& m_state;
    Settings& m_settings;
    Journal const& m_journal;
    Faults& m_faults;
    Courier const& m_courier;
    Telephone& m_telephone;
    Texting& m_texting;
};

} // namespace simulator
