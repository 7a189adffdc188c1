#pragma once

#include "edge-server/providers/breaker.h"
#include "edge-server/providers/provider_health.h"
#include "shared/base/bound.h"
#include "shared/base/json.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// The longest that any vendor call takes, from connecting to the answer's last byte.
constexpr std::chrono::seconds provider_deadline{15};

// How a vendor call ended, as far as the next step depends on it.
enum class Ending {
    Done, // 2xx
    Refused, // a clear 4xx: nothing happened
    Unauthorized, // 401, 402, 403: credentials, permission or funds; nothing happened
    Throttled, // 429: never processed
    NotSent, // the provider does not answer at present, or too many calls are under way: nothing left us
    Unclear, // time-out, reset, 5xx, an answer that cannot be read: it may have happened
};

struct ProviderAnswer {
    Ending ending = Ending::Unclear;
    int status = 0; // 0 without an answer
    std::string code; // the vendor's own: "21422", "phone_number_not_found"; '' when it gave none
    std::string message; // for people, bounded, every configured secret blotted out
    Json body; // of a 2xx only
    std::string cookie; // set by a 2xx, without its attributes
    std::chrono::milliseconds retry_after{0}; // not sent: how long to wait; throttled: what the vendor asked for, bounded

    explicit operator bool() const { return ending == Ending::Done; }
};

struct ProviderRequest {
    std::string method;
    std::string path; // with query
    std::vector<std::pair<std::string, std::string>> headers;
    std::string content_type = {};
    std::string body = {};
};

// HTTP to one vendor: bounded in time, size and number of calls at once, and silent while it does not answer; follows no redirect and
// does not retry.
class ProviderClient {
public:
    // `what`: we use it for, in the list of providers.
    ProviderClient(std::string name, std::string what, std::string base_url, std::vector<std::string> secrets);
    ~ProviderClient();

    ProviderAnswer call(ProviderRequest const& request);
    std::string const& name() const { return m_name; }
    Breaker::State outage() const { return m_breaker.state(); }
    // What the last call that says anything about them said.
    enum class Credentials { Unknown, Accepted, Refused };
    Credentials credentials() const { return m_credentials; }
    Bound calls_at_once() const;
    Json health() const; // of the last hour, with the breaker's state

private:
    struct Pool;
    std::string m_name;
    std::unique_ptr<Pool> m_pool;
    Breaker m_breaker;
    ProviderHealth m_health;
    std::atomic<Credentials> m_credentials = Credentials::Unknown;
};

// The account is suspended or out of funds: the credentials may be right.
bool is_about_funds(ProviderAnswer const& answer);

// What a vendor calls an id or a code is kept only when it looks like one: letters, digits, _ - and ., 128 at most.
bool is_plain_id(std::string_view text);

std::string percent_encode(std::string_view text); // everything but unreserved characters

using FormFields = std::vector<std::pair<std::string, std::string>>;
std::string encode_form(FormFields const& fields);
