#pragma once

#include "web-client/platform/platform.h"

#include <functional>
#include <memory>
#include <string>

namespace platform {

class SnapshotTransport;

// Speaks HTTP on threads of its own, because the window must not wait: one for requests, in order, one for the server's events.
// A snapshot answers instead when there is one; it outlives the worker. Keeps the session's cookie in memory.
class HttpWorker {
public:
    // `wake` is called on a worker's thread when there is something to deliver.
    HttpWorker(std::string server, SnapshotTransport* snapshot, std::function<void()> wake);
    ~HttpWorker();

    void send(Request request, OnReply on_reply);
    void listen(bool on);
    // Calls back for what has arrived, on the caller's thread.
    void deliver(std::function<void(std::string const& name, std::string const& data)> const& on_event);

private:
    class Implementation;
    std::unique_ptr<Implementation> m_implementation;
};

} // namespace platform
