#include "tools/telephony-sim/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <ctime>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdexcept>

namespace simulator {

namespace {

int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decoded(std::string_view text, bool plus_is_space)
{
    std::string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            out += ' ';
        } else if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string random_from(std::string_view alphabet, std::string_view prefix, size_t length)
{
    std::string bytes(length, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(length)) != 1)
        throw std::runtime_error("no randomness");
    std::string out(prefix);
    for (unsigned char const byte : bytes)
        out += alphabet[byte % alphabet.size()];
    return out;
}

std::tm utc(int64_t ms)
{
    auto const seconds = static_cast<std::time_t>(ms / 1000);
    std::tm out{};
    gmtime_r(&seconds, &out);
    return out;
}

std::string hmac(EVP_MD const* digest, std::string_view key, std::string_view data)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned int size = 0;
    HMAC(digest, key.data(), static_cast<int>(key.size()), reinterpret_cast<unsigned char const*>(data.data()), data.size(), out.data(),
        &size);
    return {reinterpret_cast<char const*>(out.data()), size};
}

std::string formatted(int64_t ms, char const* format)
{
    auto const time = utc(ms);
    std::array<char, 64> buffer{};
    auto const size = std::strftime(buffer.data(), buffer.size(), format, &time);
    return {buffer.data(), size};
}

} // namespace

std::string percent_decoded(std::string_view text)
{
    return decoded(text, false);
}

std::string percent_encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (unsigned char const c : text) {
        if (std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '~') {
            out += static_cast<char>(c);
        } else {
            out += '%';
            out += digits[c >> 4];
            out += digits[c & 15];
        }
    }
    return out;
}

Fields decoded_form(std::string_view text)
{
    Fields fields;
    for (auto const& part : split(text, '&')) {
        if (part.empty()) continue;
        auto const equals = part.find('=');
        auto const name = std::string_view(part).substr(0, equals);
        auto const value = equals == std::string::npos ? std::string_view() : std::string_view(part).substr(equals + 1);
        fields.emplace_back(decoded(name, true), decoded(value, true));
    }
    return fields;
}

std::string encoded_form(Fields const& fields)
{
    std::string out;
    for (auto const& [name, value] : fields) {
        if (!out.empty()) out += '&';
        out += percent_encoded(name) + "=" + percent_encoded(value);
    }
    return out;
}

std::optional<std::string> field(Fields const& fields, std::string_view name)
{
    auto const found = std::find_if(fields.rbegin(), fields.rend(), [&](auto const& each) { return each.first == name; });
    if (found == fields.rend()) return std::nullopt;
    return found->second;
}

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    while (true) {
        auto const end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string lower(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::string trimmed(std::string_view text)
{
    auto const is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    return std::string(text);
}

size_t characters(std::string_view utf8)
{
    return static_cast<size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string base64(std::string_view bytes)
{
    std::string out(4 * ((bytes.size() + 2) / 3), '\0');
    EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<unsigned char const*>(bytes.data()), static_cast<int>(bytes.size()));
    return out;
}

std::optional<std::string> base64_decoded(std::string_view text)
{
    if (text.size() % 4 != 0) return std::nullopt;
    std::string out(text.size() / 4 * 3, '\0');
    auto const size = EVP_DecodeBlock(
        reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<unsigned char const*>(text.data()), static_cast<int>(text.size()));
    if (size < 0) return std::nullopt;
    auto const padding = text.ends_with("==") ? 2u : text.ends_with("=") ? 1u : 0u;
    out.resize(static_cast<size_t>(size) - padding);
    return out;
}

std::string hmac_sha1(std::string_view key, std::string_view data)
{
    return hmac(EVP_sha1(), key, data);
}

std::string hmac_sha256(std::string_view key, std::string_view data)
{
    return hmac(EVP_sha256(), key, data);
}

std::string hex(std::string_view bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (unsigned char const byte : bytes) {
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

std::string random_hex(std::string_view prefix, size_t length)
{
    return random_from("0123456789abcdef", prefix, length);
}

std::string random_id(std::string_view prefix, size_t length)
{
    return random_from("0123456789abcdefghijklmnopqrstuv", prefix, length);
}

int64_t now_ms()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string rfc2822(int64_t ms)
{
    return formatted(ms, "%a, %d %b %Y %H:%M:%S +0000");
}

std::string rfc3339(int64_t ms)
{
    auto const fraction = std::to_string(1000 + ms % 1000).substr(1);
    return formatted(ms, "%Y-%m-%dT%H:%M:%S.") + fraction + "Z";
}

std::optional<int64_t> parsed_time(std::string const& text)
{
    for (auto const* format : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"}) {
        std::tm time{};
        auto const* rest = strptime(text.c_str(), format, &time);
        if (!rest) continue;
        int64_t ms = timegm(&time) * int64_t{1000};
        std::string_view after = rest;
        if (after.starts_with('.')) {
            auto const end = after.find_first_not_of("0123456789", 1);
            ms += std::stoll((std::string(after.substr(1, end == std::string_view::npos ? end : end - 1)) + "000").substr(0, 3));
            after = end == std::string_view::npos ? "" : after.substr(end);
        }
        if (after.empty() || after == "Z" || after == "+00:00") return ms;
    }
    return std::nullopt;
}

std::string dollars(int64_t micros)
{
    auto fraction = std::to_string(1'000'000 + micros % 1'000'000).substr(1);
    while (fraction.size() > 4 && fraction.ends_with('0'))
        fraction.pop_back();
    return std::to_string(micros / 1'000'000) + "." + fraction;
}

bool is_e164(std::string_view text)
{
    if (text.size() < 8 || text.size() > 16 || text[0] != '+' || text[1] == '0') return false;
    return std::all_of(text.begin() + 1, text.end(), [](unsigned char c) { return std::isdigit(c); });
}

std::string national(std::string_view e164)
{
    if (e164.size() != 12 || !e164.starts_with("+1")) return std::string(e164);
    return "(" + std::string(e164.substr(2, 3)) + ") " + std::string(e164.substr(5, 3)) + "-" + std::string(e164.substr(8));
}

} // namespace simulator
