#pragma once

#include "tools/telephony-sim/json.h"
#include "tools/telephony-sim/text.h"
#include "tools/telephony-sim/web_client.h"

#include <string>

namespace simulator {

// A request that Twilio makes to an address of its customer. What follows '#' in it tunes the connection (ct, rt, tt, rc, rp)
// and is neither sent nor signed.
struct TwilioWebhook {
    std::string url;
    std::string method = "POST";
    Fields form;
    bool has_wrong_signature = false;
};

struct TwilioFetch {
    WebAnswer answer; // of the last attempt
    Json attempts; // [{url, status, ms, error}]
};

// Signs, sends, and repeats as the address says: by itself once, when nobody can be connected to.
TwilioFetch fetch(TwilioWebhook const& webhook);

} // namespace simulator
