#pragma once

#include "shared/base/result.h"
#include "web-client/platform/platform.h"
#include "web-client/state/app_state.h"

#include <functional>
#include <string>

namespace console {

using Send = std::function<void(platform::Request, platform::OnReply)>;

// Signing in and out: /api/session.
class SessionApi {
public:
    explicit SessionApi(Send send) : m_send(std::move(send)) { }

    void current(std::function<void(Result<Session>)> done);
    void sign_in(std::string const& email, std::string const& password, std::function<void(Result<Session>)> done);
    void sign_out(std::function<void(Outcome)> done);

private:
    Send m_send;
};

} // namespace console
