#pragma once

#include <cstdint>
#include <string>

namespace console {

std::string grouped(std::int64_t count); // 1,284
std::string in_dollars(std::int64_t micro_dollars, int decimals = 2); // $1,284.60, −$0.0075

} // namespace console
