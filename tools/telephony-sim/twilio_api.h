#pragma once

#include "tools/telephony-sim/gate.h"
#include "tools/telephony-sim/inventory.h"
#include "tools/telephony-sim/state.h"
#include "tools/telephony-sim/texting.h"

#include <functional>
#include <string>
#include <vector>

namespace simulator {

// Everything below /2010-04-01.
class TwilioApi {
public:
    TwilioApi(State& state, Settings const& settings, Inventory const& inventory, Gate& gate, Texting& texting)
        : m_state(state), m_settings(settings), m_inventory(inventory), m_gate(gate), m_texting(texting)
    {
    }

    Answer handle(Request const& request);
    Answer perform(Request const& request); // past the gate: neither noted nor struck

private:
    // What a request asks for: its name for journal and latencies, the parameters it knows, and the work itself.
    struct Operation {
        std::string name;
        std::function<bool(std::string const&)> knows;
        std::function<Answer()> work;
    };

    Operation find(Request const& request);
    Operation account_operation(Request const& request, std::string const& leaf);
    Operation search_operation(Request const& request, std::vector<std::string> const& segments);
    Operation numbers_operation(Request const& request, std::string const& type);
    Operation number_operation(Request const& request, std::string const& sid);

    Answer account(Request const& request, bool in_list);
    Answer balance();
    Answer countries(Request const& request, std::string const& only);
    Answer search(Request const& request, std::string const& country);
    Answer buy(Request const& request, std::string const& type);
    Answer buy_magic(std::string const& phone_number, Fields const& form);
    Answer list(Request const& request, std::string const& type);
    Answer fetch(Request const& request, std::string const& sid);
    Answer update(Request const& request, std::string const& sid);
    Answer release(Request const& request, std::string const& sid);

    // twilio_records.cpp
    Operation messages_operation(Request const& request, std::vector<std::string> const& segments, std::string const& sid);
    Operation calls_operation(Request const& request, std::string const& sid);
    Operation usage_operation(Request const& request, std::string const& kind);
    Answer create_message(Request const& request);
    Answer update_message(Request const& request, std::string const& sid);
    Answer remove_message(Request const& request, std::string const& sid);
    Answer list_media(Request const& request, std::string const& sid);
    Answer usage(Request const& request, std::string const& kind);

    State& m_state;
    Settings const& m_settings;
    Inventory const& m_inventory;
    Gate& m_gate;
    Texting& m_texting;
};

} // namespace simulator
