#include "edge-server/http/reply.h"

namespace http {

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

Response reply(Request const& request, Result<Json> const& answer)
{
    return answer ? json(200, *answer) : refuse(request, answer.error());
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
