#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// UTF-8 text. Functions that count or cut do so in code points.
bool is_valid_utf8(std::string_view text);
// The code point at `position`, which moves behind it; nothing when the bytes there are not UTF-8.
std::optional<char32_t> next_code_point(std::string_view text, std::size_t& position);
std::size_t count_code_points(std::string_view text);
std::string trimmed(std::string_view text);
std::string lower_case_ascii(std::string_view text);

// No control, bidirectional-override, zero-width or line-separator characters.
bool is_printable(std::string_view text);

// Text from outside as data for the agent: valid, printable, without "{{", at most `limit` code points.
std::string bounded_data(std::string_view text, std::size_t limit);

// $1.00, $0.0125: at least two decimals, no more than needed.
std::string dollars(std::int64_t micro_dollars);
// Of "50.00" or "0.0125": not negative, at most six decimals, a billion at most. Nothing for other text.
std::optional<std::int64_t> micro_dollars_of(std::string_view text);
