#pragma once

#include "shared/base/error.h"

#include <string>

// How a refusal crosses the wire.
int status_of(ErrorKind kind);

// The error shape that every refusal has.
std::string error_body(Error const& error, std::string const& request_id);
