#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simulator {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string percent_decoded(std::string_view text);
std::string percent_encoded(std::string_view text);

// A query or a form, decoded the way forms are: '+' is a space.
Fields decoded_form(std::string_view text);
std::string encoded_form(Fields const& fields);
// The last value of a repeated name counts.
std::optional<std::string> field(Fields const& fields, std::string_view name);

std::vector<std::string> split(std::string_view text, char separator);
std::string lower(std::string_view text);
std::string trimmed(std::string_view text);
size_t characters(std::string_view utf8);

std::string base64(std::string_view bytes);
std::optional<std::string> base64_decoded(std::string_view text);
std::string hmac_sha1(std::string_view key, std::string_view data);
std::string hmac_sha256(std::string_view key, std::string_view data);
std::string hex(std::string_view bytes); // in lower case

// `prefix` and `length` random characters: hexadecimal as Twilio's SIDs are, or letters and digits as ElevenLabs' ids are.
std::string random_hex(std::string_view prefix, size_t length);
std::string random_id(std::string_view prefix, size_t length);

int64_t now_ms();
std::string rfc2822(int64_t ms);
std::string rfc3339(int64_t ms);
// "2026-11-27T10:00:00Z", "2026-11-27 10:00:00" or "2026-11-27"; nothing if it is none of them.
std::optional<int64_t> parsed_time(std::string const& text);
// Micro-dollars as "0.0075": four decimals at least, none more than it needs.
std::string dollars(int64_t micros);

bool is_e164(std::string_view text);
// "+16045550123" as "(604) 555-0123".
std::string national(std::string_view e164);

} // namespace simulator
