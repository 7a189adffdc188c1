#pragma once

#include "tools/telephony-sim/message.h"

#include <functional>
#include <memory>
#include <string>

namespace simulator {

// The wire: HTTP in, `handle`, HTTP out.
class Server {
public:
    using Handler = std::function<Answer(Request const&)>;

    explicit Server(Handler handle);
    ~Server();

    int bind(std::string const& host, int port); // the port, chosen if 0 was asked for; -1 if it cannot be had
    void run(); // until stop()
    void stop();

private:
    struct Wire;
    std::unique_ptr<Wire> m_wire;
};

} // namespace simulator
