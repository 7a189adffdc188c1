#pragma once

namespace simulator {

// Where an imported number's calls, call results and texts go.
constexpr char const* inbound_call_url = "https://api.us.elevenlabs.io/twilio/inbound_call";
constexpr char const* status_callback_url = "https://api.elevenlabs.io/twilio/status-callback";
constexpr char const* inbound_sms_url = "https://api.us.elevenlabs.io/twilio/inbound_sms";

} // namespace simulator
