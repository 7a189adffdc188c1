#pragma once

#include "tools/telephony-sim/message.h"

#include <optional>

namespace simulator {

// The telephone in the browser, if `path` is one of its files.
std::optional<Answer> page_file(std::string const& path);

} // namespace simulator
