#pragma once

#include <string>
#include <string_view>
#include <vector>

// Randomness, hashes and comparisons, by libsodium.

void require_sodium(); // before its functions are used; throws std::runtime_error when it cannot start
std::string random_hex(std::size_t bytes);
std::string sha256_hex(std::string_view text);
bool equal_in_constant_time(std::string_view a, std::string_view b);

// Whether `given` is one of a secret's present values. Secrets take two values, separated by a comma, while they rotate.
bool matches_secret(std::string_view given, std::string_view configured);
// Whether `given` is the lower-case hex HMAC-SHA256 of prefix and body, with one of a secret's present values.
bool matches_hmac_sha256(std::string_view given, std::string_view prefix, std::string_view body, std::string_view configured);
std::string current_secret(std::string_view configured); // the first: the one that we send
