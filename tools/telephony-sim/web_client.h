#pragma once

#include "tools/telephony-sim/text.h"

#include <chrono>
#include <string>

namespace simulator {

struct WebRequest {
    std::string method = "POST";
    std::string url;
    std::string body;
    std::string content_type;
    Fields headers;
    std::chrono::milliseconds patience{5000}; // for the whole exchange
    std::chrono::milliseconds connect_patience{5000};
    bool is_chunked = false; // the body goes out in pieces, and nobody says how long it is
};

struct WebAnswer {
    int status = 0; // 0: no answer, and `error` says why
    bool is_connected = true;
    std::string body;
    std::string content_type;
    std::string error;
    int64_t took_ms = 0;
};

WebAnswer send(WebRequest const& request);

} // namespace simulator
