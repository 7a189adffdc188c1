#include "edge-server/http/reply.h"

namespace http {

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

Response json(int status, Json const& body)
{
    return {status, "application/json", body.dump(-1, ' ', false, Json::error_handler_t::replace), {{"Cache-Control", "no-store"}}};
}

Response no_content()
{
    return {204};
}

Response redirect(std::string location)
{
    return {303, {}, {}, {{"Location", std::move(location)}, {"Cache-Control", "no-store"}}};
}

Response refuse(Request const& request, Error const& error)
{
    Response response{status_of(error.kind), "application/json", error_body(error, request.id), {{"Cache-Control", "no-store"}}};
    if (error.retry_after > 0) response.headers.emplace_back("Retry-After", std::to_string(error.retry_after));
    return response;
}

std::string Request::cookie(std::string_view name) const
{
    auto const all = header("Cookie");
    for (std::size_t start = 0; start < all.size();) {
        auto end = all.find(';', start);
        if (end == std::string::npos) end = all.size();
        auto const pair = std::string_view(all).substr(start, end - start);
        auto const equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name) return std::string(pair.substr(equals + 1));
        start = end + 1;
        while (start < all.size() && all[start] == ' ')
            ++start;
    }
    return {};
}

} // namespace http
