#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

// A request whose whole body is here. Header names are matched without case.
struct Request {
    std::string id; // also in the answer's X-Request-Id
    std::string method;
    std::string path;
    std::string target; // path and query, escaped as they came: what a signature covers
    std::string remote_address; // the client, seen through trusted proxies only; '' for a prompt handler
    std::string body;
    std::function<std::string(char const* name)> header; // "" when absent
    std::function<std::optional<std::string>(char const* name)> query; // decoded
    std::vector<std::pair<std::string_view, std::string>> path_params; // decoded, by the route's {name}

    std::string path_param(std::string_view name) const
    {
        for (auto const& [key, value] : path_params)
            if (key == name) return value;
        return {};
    }
    std::string cookie(std::string_view name) const;
};

struct Response {
    int status = 200;
    std::string content_type = {};
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::shared_ptr<std::string const> shared_body = {}; // instead of `body`, for files kept in memory
    // Instead of a body: takes the connection once the header is out. Not called for a HEAD, or when the client is gone by then.
    std::function<void(int socket)> take_over = {};
};

} // namespace http
