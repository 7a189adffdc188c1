#include "web-client/platform/snapshot_transport.h"

namespace platform {

Reply SnapshotTransport::ask(Request const& request)
{
    auto answer = m_snapshot.answer(request.method, request.path);
    return {answer.status, std::move(answer.body)};
}

} // namespace platform
