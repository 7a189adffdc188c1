#include "edge-server/services/secrets.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace {

std::string hex(unsigned char const* bytes, std::size_t size)
{
    std::string text(size * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes, size);
    text.pop_back();
    return text;
}

} // namespace

void require_sodium()
{
    static int const ready = sodium_init();
    if (ready < 0) throw std::runtime_error("libsodium cannot start");
}

std::string random_hex(std::size_t bytes)
{
    require_sodium();
    std::string raw(bytes, '\0');
    randombytes_buf(raw.data(), raw.size());
    return hex(reinterpret_cast<unsigned char const*>(raw.data()), raw.size());
}

std::string sha256_hex(std::string_view text)
{
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest;
    crypto_hash_sha256(digest.data(), reinterpret_cast<unsigned char const*>(text.data()), text.size());
    return hex(digest.data(), digest.size());
}

bool equal_in_constant_time(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool matches_secret(std::string_view given, std::string_view configured)
{
    bool matched = false;
    while (!configured.empty()) {
        auto const comma = std::min(configured.find(','), configured.size());
        auto const value = configured.substr(0, comma);
        matched |= !value.empty() && equal_in_constant_time(given, value);
        configured.remove_prefix(std::min(comma + 1, configured.size()));
    }
    return matched;
}

bool matches_hmac_sha256(std::string_view given, std::string_view prefix, std::string_view body, std::string_view configured)
{
    auto const bytes = [](std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); };
    bool matched = false;
    while (!configured.empty()) {
        auto const comma = std::min(configured.find(','), configured.size());
        auto const value = configured.substr(0, comma);
        configured.remove_prefix(std::min(comma + 1, configured.size()));
        if (value.empty()) continue;
        crypto_auth_hmacsha256_state state;
        std::array<unsigned char, crypto_auth_hmacsha256_BYTES> digest;
        crypto_auth_hmacsha256_init(&state, bytes(value), value.size());
        crypto_auth_hmacsha256_update(&state, bytes(prefix), prefix.size());
        crypto_auth_hmacsha256_update(&state, bytes(body), body.size());
        crypto_auth_hmacsha256_final(&state, digest.data());
        matched |= equal_in_constant_time(given, hex(digest.data(), digest.size()));
    }
    return matched;
}

std::string current_secret(std::string_view configured)
{
    return std::string(configured.substr(0, configured.find(',')));
}
