#pragma once

#include "edge-server/http/message.h"
#include "shared/base/error.h"
#include "shared/base/json.h"
#include "shared/base/result.h"

namespace http {

Response json(int status, Json const& body);
Response no_content();
Response redirect(std::string location); // 303: the next request is a GET
Response refuse(Request const& request, Error const& error);
int status_of(ErrorKind kind);

// The error shape that every refusal has.
std::string error_body(Error const& error, std::string const& request_id);

} // namespace http
