#pragma once

#include <string_view>

namespace simulator {

// A file that was compiled in, by its path beside the code; empty if there is none.
std::string_view embedded(std::string_view name);

} // namespace simulator
