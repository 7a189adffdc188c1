#pragma once

#include <string>

// How a refusal is answered; each kind is one HTTP status.
enum class ErrorKind {
    Malformed, // 400: cannot be understood
    Unauthorized, // 401: sign in first
    Forbidden, // 403
    NotFound, // 404: also another tenant's record
    MethodNotAllowed, // 405
    Conflict, // 409
    TooLarge, // 413
    UnsupportedMediaType, // 415
    Invalid, // 422: understood, but a rule is broken
    TooMany, // 429
    Internal, // 500
    Unavailable, // 503
};

// An expected refusal. Broken machinery throws instead.
struct Error {
    ErrorKind kind = ErrorKind::Internal;
    std::string code; // stable, snake_case, for programs
    std::string message; // a sentence for people: what happened and what to do next
    std::string field = {}; // the request's member that is wrong, if one is
    int retry_after = 0; // seconds; 429 and 503 only
};
