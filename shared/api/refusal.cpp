#include "shared/api/refusal.h"
#include "shared/base/json.h"

int status_of(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Malformed:
        return 400;
    case ErrorKind::Unauthorized:
        return 401;
    case ErrorKind::Forbidden:
        return 403;
    case ErrorKind::NotFound:
        return 404;
    case ErrorKind::MethodNotAllowed:
        return 405;
    case ErrorKind::Conflict:
        return 409;
    case ErrorKind::TooLarge:
        return 413;
    case ErrorKind::UnsupportedMediaType:
        return 415;
    case ErrorKind::Invalid:
        return 422;
    case ErrorKind::TooMany:
        return 429;
    case ErrorKind::Internal:
        return 500;
    case ErrorKind::Unavailable:
        return 503;
    }
    return 500;
}

std::string error_body(Error const& error, std::string const& request_id)
{
    Json details{{"code", error.code}, {"message", error.message}, {"request_id", request_id}};
    if (!error.field.empty()) details["field"] = error.field;
    return Json{{"error", details}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}
