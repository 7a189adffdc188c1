#pragma once

#include "edge-server/http/router.h"
#include "shared/base/bound.h"

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace http {

// Serves the routes of one Router. Connections without a whole request wait in a WaitingRoom; requests run on an elastic pool.
class Server {
public:
    struct Options {
        std::string host;
        int port = 0; // 0: any free one
        std::vector<std::string> trusted_proxies; // addresses whose X-Forwarded-For is believed
        std::function<Error(std::exception const&)> explain; // what is answered when a handler throws
    };

    // Binds at once; throws std::runtime_error when it cannot.
    Server(Router const& router, Options options);
    ~Server(); // stops

    int port() const;
    Bounds bounds() const;
    void start(); // serves on threads of its own
    void stop(); // no new requests; those that run are finished

private:
    class Implementation;
    std::unique_ptr<Implementation> m_implementation;
};

} // namespace http
