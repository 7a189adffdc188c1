#pragma once

#include "tools/telephony-sim/controls.h"
#include "tools/telephony-sim/courier.h"
#include "tools/telephony-sim/elevenlabs_api.h"
#include "tools/telephony-sim/faults.h"
#include "tools/telephony-sim/gate.h"
#include "tools/telephony-sim/inventory.h"
#include "tools/telephony-sim/journal.h"
#include "tools/telephony-sim/late_effects.h"
#include "tools/telephony-sim/recorder.h"
#include "tools/telephony-sim/settings.h"
#include "tools/telephony-sim/state.h"
#include "tools/telephony-sim/telephone.h"
#include "tools/telephony-sim/texting.h"
#include "tools/telephony-sim/twilio_api.h"

#include <cstdint>
#include <optional>
#include <string>

namespace simulator {

struct Options {
    std::string listen = "127.0.0.1:8090";
    std::string state = "telephony-sim.db";
    std::optional<uint64_t> seed; // otherwise the one that the state was begun with
    int latency_ms = 0;
    std::string webhook_secret;
};

// Both vendors, the controls and the page; everything below the wire.
class Simulator {
public:
    explicit Simulator(Options const& options);
    ~Simulator() { close(); }

    Answer handle(Request const& request);
    void close();

private:
    Answer perform(Request const& request);

    State m_state;
    Settings m_settings;
    Journal m_journal;
    Faults m_faults;
    LateEffects m_late_effects;
    Gate m_gate;
    Inventory m_inventory;
    Courier m_courier;
    Recorder m_recorder;
    Texting m_texting;
    TwilioApi m_twilio;
    ElevenLabsApi m_elevenlabs;
    Telephone m_telephone;
    Controls m_controls;
};

// What to say when a request could not be handled at all, in the tongue of the vendor it was meant for.
Answer failure(std::string const& path, int status);

} // namespace simulator
