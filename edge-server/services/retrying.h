#pragma once

#include "edge-server/providers/provider_client.h"

#include <chrono>
#include <string>

// How what asks a vendor goes on after a failure.

inline constexpr int attempt_limit = 6;
inline constexpr auto goes_on_by_itself = " This goes on by itself.";

// Doubles from half a second to half a minute, with jitter, so that those who wait do not come back together.
std::chrono::milliseconds back_off(int attempts);
// How long a provider that does not answer is left alone yet, with jitter; 0 when it may be asked.
std::chrono::milliseconds pause_of(ProviderClient const& provider);
std::chrono::milliseconds with_jitter(std::chrono::milliseconds pause);

std::string quoted(std::string const& provider, ProviderAnswer const& answer); // Twilio answered "…" (21422).
bool is_elevenlabs_url(std::string const& url);
