#include "edge-server/services/twilio_signature.h"
#include "edge-server/services/secrets.h"
#include "shared/base/base64.h"
#include "shared/base/text.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <set>

namespace {

int digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> decoded(std::string_view text)
{
    std::string value;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            value += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        int const high = i + 2 < text.size() ? digit_of(text[i + 1]) : -1, low = high < 0 ? -1 : digit_of(text[i + 2]);
        if (low < 0) return {};
        value += static_cast<char>(high << 4 | low);
        i += 2;
    }
    if (!is_valid_utf8(value) || value.find('\0') != std::string::npos) return {};
    return value;
}

std::string hmac_sha1(std::string_view key, std::string_view data)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    ::HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), reinterpret_cast<unsigned char const*>(data.data()), data.size(),
        digest.data(), &size);
    return {reinterpret_cast<char const*>(digest.data()), size};
}

// As it was called, and with the scheme's own port added or any port taken away: a proxy may hide it.
std::vector<std::string> addresses_of(std::string const& url)
{
    std::vector<std::string> addresses{url.substr(0, url.find('#'))}; // what is behind # is for Twilio alone
    auto const& whole = addresses.front();
    auto const host = whole.find("://") + 3;
    auto const path = std::min(whole.find_first_of("/?", host), whole.size());
    auto const bracket = whole.rfind(']', path);
    auto const colon = whole.find(':', bracket != std::string::npos && bracket > host ? bracket : host);
    if (colon < path)
        addresses.push_back(whole.substr(0, colon) + whole.substr(path));
    else
        addresses.push_back(whole.substr(0, path) + (whole.starts_with("https") ? ":443" : ":80") + whole.substr(path));
    return addresses;
}

std::string hash_in(std::string_view url)
{
    constexpr std::string_view name = "bodySHA256=";
    auto const at = url.find(name);
    if (at == std::string_view::npos || (url[at - 1] != '?' && url[at - 1] != '&')) return {};
    auto const value = url.substr(at + name.size());
    return std::string(value.substr(0, value.find_first_of("&#")));
}

} // namespace

std::optional<TwilioForm> decode_form(std::string_view body)
{
    TwilioForm form;
    while (!body.empty()) {
        auto const end = std::min(body.find('&'), body.size());
        auto const pair = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (pair.empty()) continue;
        auto const equals = std::min(pair.find('='), pair.size());
        auto const name = decoded(pair.substr(0, equals)), value = decoded(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value) return {};
        form.emplace_back(*name, *value);
    }
    return form;
}

std::string value_in(TwilioForm const& form, std::string_view name)
{
    for (auto const& [key, value] : form)
        if (key == name) return value;
    return {};
}

std::string twilio_signature(std::string const& token, std::string_view url, TwilioForm const& form)
{
    std::set<std::pair<std::string, std::string>> const sorted(form.begin(), form.end()); // a repeated value counts once
    std::string data(url);
    for (auto const& [name, value] : sorted)
        data += name + value;
    return base64(hmac_sha1(token, data));
}

std::optional<TwilioForm> proved_form(TwilioRequest const& request, std::string_view tokens)
{
    auto const hash = hash_in(request.url); // a body that is no form is proved by its hash in the address
    if (!hash.empty() && !equal_in_constant_time(hash, sha256_hex(request.body))) return {};
    auto const form = hash.empty() ? decode_form(request.body) : TwilioForm();
    if (!form || request.signature.empty()) return {};
    bool proved = false;
    for (auto const& address : addresses_of(request.url))
        for (auto rest = tokens; !rest.empty();) {
            auto const comma = std::min(rest.find(','), rest.size());
            std::string const token(rest.substr(0, comma));
            rest.remove_prefix(std::min(comma + 1, rest.size()));
            if (!token.empty()) proved |= equal_in_constant_time(twilio_signature(token, address, *form), request.signature);
        }
    return proved ? form : std::nullopt;
}
