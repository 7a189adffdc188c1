#pragma once

#include "shared/base/error.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

// Why nothing may be sent to this number, whoever asks: only a person's geographic number of one of these countries (CA, US) is called,
// texted or forwarded to. Whether it is one of ours only the database knows.
std::optional<Error> check_destination(std::string_view e164, std::span<std::string const> countries);
