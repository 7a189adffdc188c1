#pragma once

#include <cstdint>
#include <string>

namespace simulator {

// ElevenLabs-Signature: over the time in seconds and the body as it is sent.
std::string elevenlabs_signature(std::string const& secret, int64_t unix_seconds, std::string const& body);

} // namespace simulator
