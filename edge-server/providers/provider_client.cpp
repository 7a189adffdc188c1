#include "edge-server/providers/provider_client.h"
#include "shared/base/text.h"

#include <httplib.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <condition_variable>
#include <mutex>

namespace {

constexpr std::size_t concurrent_calls = 4;
constexpr std::chrono::seconds connect_limit{5};
constexpr std::chrono::seconds slow_above{3};
constexpr std::size_t answer_limit = 4 << 20; // bytes
constexpr std::size_t message_limit = 300; // characters
constexpr std::chrono::seconds busy_pause{2};
constexpr std::chrono::seconds longest_retry_after{300};

// Twilio: {"code":21422,"message":…}. ElevenLabs: {"detail":{"code"|"status","message"}}, {"detail":[{"loc","msg"}]} or {"detail":"text"}.
// Only codes, places and messages are read: a 422 can echo our whole request.
void read_error(std::string const& text, ProviderAnswer& answer)
{
    auto const body = Json::parse(text, nullptr, false);
    if (body.is_discarded()) return;
    if (auto const& code = member_of(body, "code"); code.is_number_integer()) answer.code = std::to_string(code.get<long long>());
    answer.message = text_of(body, "message");
    auto const& detail = member_of(body, "detail");
    if (detail.is_string()) {
        answer.message = detail.get<std::string>();
    } else if (detail.is_object()) {
        answer.code = text_of(detail, "code").empty() ? text_of(detail, "status") : text_of(detail, "code");
        answer.message = text_of(detail, "message");
    } else if (detail.is_array()) {
        answer.code = "validation_error";
        for (std::size_t i = 0; i < detail.size() && i < 5; ++i) {
            auto const& places = member_of(detail[i], "loc");
            auto const place = places.is_array() && !places.empty() && places.back().is_string() ? places.back().get<std::string>()
                                                                                                 : std::string("body");
            answer.message += (i > 0 ? "; " : "") + place + ": " + text_of(detail[i], "msg");
        }
    }
}

// Seconds only; a date is not worth the reading.
std::chrono::milliseconds retry_after_in(httplib::Response const& response)
{
    auto const text = response.get_header_value("Retry-After");
    std::chrono::seconds::rep seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return std::clamp(std::chrono::seconds(seconds), std::chrono::seconds(0), longest_retry_after);
}

Ending ending_of(int status)
{
    if (status >= 200 && status < 300) return Ending::Done;
    if (status == 429) return Ending::Throttled;
    if (status >= 401 && status <= 403) return Ending::Unauthorized;
    if (status >= 400 && status < 500 && status != 408) return Ending::Refused;
    return Ending::Unclear;
}

} // namespace

struct ProviderClient::Pool {
    std::string base_url;
    std::vector<std::string> secrets;
    std::mutex mutex;
    std::condition_variable free;
    std::size_t in_use = 0;
    std::vector<std::unique_ptr<httplib::Client>> idle;

    bool enter()
    {
        std::unique_lock lock(mutex);
        if (!free.wait_for(lock, provider_deadline, [&] { return in_use < concurrent_calls; })) return false;
        ++in_use;
        return true;
    }

    // A kept connection, or a new one.
    std::unique_ptr<httplib::Client> client()
    {
        {
            std::lock_guard const lock(mutex);
            if (!idle.empty()) {
                auto kept = std::move(idle.back());
                idle.pop_back();
                return kept;
            }
        }
        auto fresh = std::make_unique<httplib::Client>(base_url);
        fresh->set_connection_timeout(connect_limit);
        fresh->set_read_timeout(provider_deadline);
        fresh->set_write_timeout(provider_deadline);
        fresh->set_max_timeout(provider_deadline);
        fresh->set_keep_alive(true);
        fresh->set_tcp_nodelay(true);
        fresh->set_follow_location(false);
        return fresh;
    }

    void leave(std::unique_ptr<httplib::Client> client)
    {
        std::lock_guard const lock(mutex);
        --in_use;
        if (client) idle.push_back(std::move(client));
        free.notify_one();
    }

    std::string presentable(std::string message) const
    {
        for (auto const& secret : secrets)
            for (std::size_t at = 0; secret.size() >= 4 && (at = message.find(secret, at)) != std::string::npos;)
                message.replace(at, secret.size(), "•••");
        return bounded_data(message, message_limit);
    }
};

ProviderClient::ProviderClient(std::string name, std::string what, std::string base_url, std::vector<std::string> secrets)
    : m_name(std::move(name)), m_pool(std::make_unique<Pool>()), m_health(m_name, std::move(what), slow_above)
{
    m_pool->base_url = std::move(base_url);
    m_pool->secrets = std::move(secrets);
}

ProviderClient::~ProviderClient() = default;

Bound ProviderClient::calls_at_once() const
{
    std::lock_guard const lock(m_pool->mutex);
    return {"calls_to_" + m_name, m_pool->in_use, concurrent_calls};
}

ProviderAnswer ProviderClient::call(ProviderRequest const& request)
{
    if (!m_pool->enter()) return {Ending::NotSent, 0, {}, "Too many calls to " + m_name + " are under way.", {}, {}, busy_pause};
    struct Inside {
        Pool& pool;
        std::unique_ptr<httplib::Client> client = {};
        ~Inside() { pool.leave(std::move(client)); }
    } inside{*m_pool};
    if (auto const wait = m_breaker.enter(now()); wait.count() > 0)
        return {Ending::NotSent, 0, {}, m_name + " does not answer at present.", {}, {}, wait};
    auto& client = inside.client = m_pool->client();

    httplib::Request raw;
    raw.method = request.method;
    raw.path = request.path;
    for (auto const& [name, value] : request.headers)
        raw.set_header(name, value);
    raw.set_header("Accept", "application/json");
    raw.set_header("User-Agent", "dealerline-edge");
    if (!request.content_type.empty()) raw.set_header("Content-Type", request.content_type);
    raw.body = request.body;
    raw.start_time_ = std::chrono::steady_clock::now(); // what the whole call's deadline counts from
    std::string text;
    bool too_large = false;
    raw.content_receiver = [&](char const* data, std::size_t size, std::size_t, std::size_t) {
        too_large = text.size() + size > answer_limit;
        if (!too_large) text.append(data, size);
        return !too_large;
    };

    auto const started = std::chrono::steady_clock::now();
    auto const result = client->send(raw);
    auto const took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started);

    ProviderAnswer answer;
    if (!result) {
        answer.message
            = too_large ? m_name + "'s answer was too large." : m_name + " did not answer: " + httplib::to_string(result.error()) + ".";
        client.reset(); // its connection is in an unknown state
    } else {
        answer.status = result->status;
        answer.ending = ending_of(result->status);
        if (answer.ending == Ending::Done) {
            answer.cookie = result->get_header_value("Set-Cookie");
            answer.cookie.erase(std::min(answer.cookie.find(';'), answer.cookie.size()));
            answer.body = text.empty() ? Json() : Json::parse(text, nullptr, false);
            if (answer.body.is_discarded()) {
                answer.ending = Ending::Unclear;
                answer.body = nullptr;
                answer.message = m_name + "'s answer could not be read.";
            }
        } else {
            read_error(text, answer);
            if (answer.ending == Ending::Throttled) answer.retry_after = retry_after_in(*result);
            if (answer.message.empty()) answer.message = "HTTP " + std::to_string(result->status) + " without an explanation.";
        }
    }
    answer.message = m_pool->presentable(answer.message);
    if (!is_plain_id(answer.code)) answer.code.clear();
    if (answer.ending == Ending::Unclear)
        m_breaker.failed(now());
    else
        m_breaker.succeeded();
    if (answer || answer.ending == Ending::Refused)
        m_credentials = Credentials::Accepted;
    else if (answer.ending == Ending::Unauthorized && !is_about_funds(answer))
        m_credentials = Credentials::Refused;
    if (answer || answer.ending == Ending::Refused) // a clear refusal is an answer too
        m_health.succeeded(took);
    else
        m_health.failed(took, answer.message, answer.ending == Ending::Unauthorized);
    spdlog::log(answer ? spdlog::level::debug : spdlog::level::warn, "{} {} {} -> {} in {} ms {}", m_name, request.method,
        request.path.substr(0, request.path.find('?')), answer.status, took.count() / 1000, answer.message);
    return answer;
}

Json ProviderClient::health() const
{
    auto json = m_health.to_json();
    auto const outage = m_breaker.state();
    if (outage.open) json["state"] = "failing";
    json["breaker"] = outage.open ? "open" : "closed";
    json["next_try_at"] = outage.open ? Json(to_rfc3339(outage.next_try_at)) : Json();
    return json;
}

bool is_about_funds(ProviderAnswer const& answer)
{
    return answer.status == 402 || answer.code == "20005";
}

bool is_plain_id(std::string_view text)
{
    return text.size() <= 128
        && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-' || c == '.'; });
}

std::string percent_encode(std::string_view text)
{
    constexpr char digits[] = "0123456789ABCDEF";
    std::string encoded;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        bool const plain
            = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain)
            encoded += c;
        else
            (encoded += '%').append({digits[byte >> 4], digits[byte & 15]});
    }
    return encoded;
}

std::string encode_form(FormFields const& fields)
{
    std::string form;
    for (auto const& [name, value] : fields) {
        if (!form.empty()) form += '&';
        form += name + '=' + percent_encode(value);
    }
    return form;
}
