#pragma once

#include "shared/base/error.h"
#include "web-client/platform/platform.h"

namespace console {

bool is_success(platform::Reply const& reply);

// The server's own sentence when it sent one; else a sentence about what happened on the way.
Error refusal_of(platform::Reply const& reply);

} // namespace console
