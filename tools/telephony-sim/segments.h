#pragma once

#include <cstdint>
#include <string_view>

namespace simulator {

// How many segments a text is charged as: 160 characters of GSM-7 (153 each when it is split), else 70 UTF-16 units (67).
int64_t segments_of(std::string_view utf8);

} // namespace simulator
