#include "tools/telephony-sim/twilio_signature.h"

#include <set>

namespace simulator {

std::string twilio_signature(std::string const& token, std::string const& url, Fields const& form)
{
    std::set<std::pair<std::string, std::string>> const sorted(form.begin(), form.end()); // a repeated value counts once
    auto data = url;
    for (auto const& [name, value] : sorted)
        data += name + value;
    return base64(hmac_sha1(token, data));
}

} // namespace simulator
