#pragma once

#include "edge-server/http/message.h"
#include "shared/api/refusal.h"
#include "shared/base/error.h"
#include "shared/base/json.h"
#include "shared/base/result.h"

namespace http {

Response json(int status, Json const& body);
Response no_content();
Response redirect(std::string location); // 303: the next request is a GET
Response refuse(Request const& request, Error const& error);
Response reply(Request const& request, Result<Json> const& answer); // 200, or the refusal

} // namespace http
