#include "web-client/api/reply.h"

#include "shared/base/json.h"

namespace console {

bool is_success(platform::Reply const& reply)
{
    return reply.status >= 200 && reply.status < 300;
}

static ErrorKind kind_of(int status)
{
    switch (status) {
    case 401:
        return ErrorKind::Unauthorized;
    case 403:
        return ErrorKind::Forbidden;
    case 404:
        return ErrorKind::NotFound;
    case 409:
        return ErrorKind::Conflict;
    case 422:
        return ErrorKind::Invalid;
    case 429:
        return ErrorKind::TooMany;
    default:
        return status >= 400 && status < 500 ? ErrorKind::Malformed : ErrorKind::Unavailable;
    }
}

Error refusal_of(platform::Reply const& reply)
{
    if (reply.status == 0) return {ErrorKind::Unavailable, "no_answer", "The server did not answer. Check the connection and try again."};
    Json const answer = Json::parse(reply.body, nullptr, false);
    Json const& error = member_of(answer, "error");
    Error refusal{kind_of(reply.status), text_of(error, "code"), text_of(error, "message"), text_of(error, "field")};
    if (refusal.message.empty())
        refusal.message = "The server answered with status " + std::to_string(reply.status) + " and no explanation. Try again in a minute.";
    return refusal;
}

} // namespace console
