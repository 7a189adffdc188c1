#pragma once

#include "edge-server/store/snapshot.h"
#include "web-client/platform/platform.h"

#include <string>

namespace platform {

// Answers requests from a snapshot file, in process: no server and no network. Native only.
class SnapshotTransport {
public:
    // Throws with one clear sentence when the file is not a snapshot that can be shown.
    explicit SnapshotTransport(std::string const& path) : m_snapshot(path) { }

    Reply ask(Request const& request); // by one thread at a time

private:
    Snapshot m_snapshot;
};

} // namespace platform
