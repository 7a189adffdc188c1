#include "tools/telephony-sim/elevenlabs_signature.h"

#include "tools/telephony-sim/text.h"

namespace simulator {

std::string elevenlabs_signature(std::string const& secret, int64_t unix_seconds, std::string const& body)
{
    auto const time = std::to_string(unix_seconds);
    return "t=" + time + ",v0=" + hex(hmac_sha256(secret, time + "." + body));
}

} // namespace simulator
