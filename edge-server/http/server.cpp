#include "edge-server/http/server.h"
#include "edge-server/http/plain_request.h"
#include "edge-server/http/reply.h"
#include "edge-server/http/thread_pool.h"
#include "edge-server/http/waiting_room.h"
#include "shared/base/priority.h"

#include <httplib.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <limits>
#include <poll.h>
#include <random>
#include <thread>

namespace http {

namespace {

constexpr std::size_t thread_floor = 8;
constexpr std::size_t webhook_threads = 256;
constexpr std::size_t ordinary_threads = 800; // some of them to refuse what is beyond the limit
constexpr std::size_t queue_limit = 4096;
constexpr int ordinary_limit = 768; // requests at once, more than signups may wait
constexpr int slow_reader_limit = 96; // threads that wait for a client to send or to read, at a time
constexpr int slow_writer_limit = 96;
constexpr std::chrono::seconds body_limit{30}; // from the header to the body's last byte
constexpr std::chrono::seconds write_limit{30};
constexpr std::chrono::milliseconds linger{20}; // a busy client's next request is waited for in the thread
constexpr std::chrono::seconds goodbye{1}; // how long an unwanted body is let run out, so that the refusal is read
constexpr std::size_t largest_body = 1 << 20;
constexpr std::size_t requests_per_connection = 100'000;

using Clock = std::chrono::steady_clock;

// Counts who is inside; a failed try leaves no trace.
class Slot {
public:
    Slot(std::atomic<int>& count, int limit) : m_count(count), m_inside(++count <= limit) { }
    ~Slot() { --m_count; }
    Slot(Slot const&) = delete;
    Slot& operator=(Slot const&) = delete;
    explicit operator bool() const { return m_inside; }

private:
    std::atomic<int>& m_count;
    bool m_inside;
};

std::atomic<int> slow_readers{0};
std::atomic<int> slow_writers{0};

// A socket whose reads and writes end by a deadline that covers the whole request, however slowly bytes come.
// Answers are collected and sent at once.
class DeadlineStream final : public httplib::Stream {
public:
    explicit DeadlineStream(int socket) : m_socket(socket) { }

    // `size`: of the request, when it is known; what lies behind it stays in the socket for the next one.
    void begin_request(std::size_t size)
    {
        m_read_deadline = Clock::now() + body_limit;
        m_expected = size == 0 ? std::numeric_limits<std::size_t>::max() : size;
    }
    bool has_unread() const { return m_position < m_filled; }

    bool is_readable() const override { return has_unread(); }
    bool wait_readable() const override { return has_unread() || wait(POLLIN, m_read_deadline); }
    bool wait_writable() const override { return wait(POLLOUT, Clock::now() + write_limit); }

    ssize_t read(char* target, std::size_t size) override
    {
        if (!has_unread()) {
            auto const most = std::min(m_buffer.size(), m_expected);
            if (most == 0) return 0;
            auto received = ::recv(m_socket, m_buffer.data(), most, MSG_DONTWAIT);
            if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
                if (!flush() || !wait(POLLIN, m_read_deadline)) return -1; // a "100 Continue" must be out before the wait
                received = ::recv(m_socket, m_buffer.data(), most, MSG_DONTWAIT);
            }
            if (received <= 0) return received;
            m_expected -= static_cast<std::size_t>(received);
            m_position = 0;
            m_filled = static_cast<std::size_t>(received);
        }
        auto const count = std::min(size, m_filled - m_position);
        std::copy_n(m_buffer.data() + m_position, count, target);
        m_position += count;
        return static_cast<ssize_t>(count);
    }

    // Small pieces are collected and sent at once; a large one goes out from where it lies.
    ssize_t write(char const* source, std::size_t size) override
    {
        bool const is_large = size > 16 * 1024;
        if (!is_large) m_unsent.append(source, size);
        if (!is_large && m_unsent.size() < 64 * 1024) return static_cast<ssize_t>(size);
        return flush() && (!is_large || send_all({source, size})) ? static_cast<ssize_t>(size) : -1;
    }

    bool flush()
    {
        bool const all = send_all(m_unsent);
        m_unsent.clear();
        return all;
    }

    // Ends the connection so that the client can read the last answer even if it is still sending: closing on unread bytes
    // would reset it.
    void say_goodbye()
    {
        ::shutdown(m_socket, SHUT_WR);
        auto const deadline = Clock::now() + goodbye;
        while (wait(POLLIN, deadline) && ::recv(m_socket, m_buffer.data(), m_buffer.size(), MSG_DONTWAIT) > 0)
            ;
        ::close(m_socket);
    }

    void get_remote_ip_and_port(std::string& ip, int& port) const override { httplib::detail::get_remote_ip_and_port(m_socket, ip, port); }
    void get_local_ip_and_port(std::string& ip, int& port) const override { httplib::detail::get_local_ip_and_port(m_socket, ip, port); }
    socket_t socket() const override { return m_socket; }
    time_t duration() const override { return 0; }

private:
    bool send_all(std::string_view rest) const
    {
        auto const deadline = Clock::now() + write_limit;
        while (!rest.empty()) {
            auto const sent = ::send(m_socket, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent > 0)
                rest.remove_prefix(static_cast<std::size_t>(sent));
            else if ((errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) || !wait(POLLOUT, deadline))
                return false;
        }
        return true;
    }

    // False: too late, or too many threads wait for slow clients already.
    bool wait(short events, Clock::time_point deadline) const
    {
        Slot const slot = events == POLLIN ? Slot(slow_readers, slow_reader_limit) : Slot(slow_writers, slow_writer_limit);
        if (!slot) return false;
        auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        pollfd watched{m_socket, events, 0};
        return left > 0 && ::poll(&watched, 1, static_cast<int>(left)) > 0;
    }

    int m_socket;
    Clock::time_point m_read_deadline;
    std::array<char, 16 * 1024> m_buffer;
    std::size_t m_position = 0;
    std::size_t m_filled = 0;
    std::size_t m_expected = 0; // bytes of this request that are still in the socket, or to come
    std::string m_unsent;
};

// What the request that this thread serves needs beyond httplib's own hands.
struct Current {
    DeadlineStream* stream = nullptr;
    bool close = false; // after this answer
    bool is_sending = true; // the client, something that nobody reads
    std::function<void(int)> take_over = {}; // the connection is no longer ours after this answer
};
thread_local Current current;

std::string new_request_id()
{
    thread_local std::mt19937_64 random(std::random_device{}() * 0x9E3779B97F4A7C15u ^ std::random_device{}());
    char text[24];
    std::snprintf(text, sizeof text, "req_%016llx", static_cast<unsigned long long>(random()));
    return text;
}

bool has_media_type(std::string const& content_type, std::string_view wanted)
{
    auto const end = std::min(content_type.find(';'), content_type.size());
    auto const type = std::string_view(content_type).substr(0, end);
    auto const last = type.find_last_not_of(" \t");
    return last != std::string_view::npos && last + 1 == wanted.size()
        && std::equal(wanted.begin(), wanted.end(), type.begin(), [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
}

} // namespace

class Server::Implementation final : public httplib::Server {
public:
    Implementation(Router const& router, http::Server::Options options)
        : m_router(router), m_options(std::move(options)), m_webhook_pool(thread_floor, webhook_threads, queue_limit, [] {}),
          m_ordinary_pool(thread_floor, ordinary_threads, queue_limit, run_behind_calls),
          m_room([this](int socket, std::string_view request) { return take(socket, request); },
              [this](int socket, WaitingRoom::Arrival arrival) { hand_over(socket, arrival); }, late_answer)
    {
        set_tcp_nodelay(true);
        // httplib's default would let a second server share the port unnoticed.
        set_socket_options([](socket_t socket) { httplib::set_socket_opt(socket, SOL_SOCKET, SO_REUSEADDR, 1); });
        set_payload_max_length(largest_body);
        set_keep_alive_max_count(requests_per_connection);
        set_keep_alive_timeout(60);
        set_pre_routing_handler([this](httplib::Request const& request, httplib::Response& response) {
            dispatch(const_cast<httplib::Request&>(request), response);
            return HandlerResponse::Handled;
        });
        set_error_handler([](httplib::Request const&, httplib::Response& response) { complete_refusal(response); });
        new_task_queue = [] { return new InlineQueue; };
        m_port = m_options.port == 0                       ? bind_to_any_port(m_options.host)
            : bind_to_port(m_options.host, m_options.port) ? m_options.port
                                                           : -1;
        if (m_port < 0)
            throw std::runtime_error("cannot listen on " + m_options.host + ":" + std::to_string(m_options.port) + " (is it in use?)");
    }

    ~Implementation() override { finish(); }

    int port() const { return m_port; }

    Bounds bounds() const
    {
        auto const count = [](std::atomic<int> const& taken) { return static_cast<std::size_t>(std::max(0, taken.load())); };
        return {{"connections_waiting", m_room.size(), m_room.limit()}, {"webhook_threads", m_webhook_pool.threads(), webhook_threads},
            {"webhooks_queued", m_webhook_pool.queued(), queue_limit}, {"request_threads", m_ordinary_pool.threads(), ordinary_threads},
            {"requests_queued", m_ordinary_pool.queued(), queue_limit}, {"ordinary_requests", count(m_ordinary), ordinary_limit},
            {"slow_readers", count(slow_readers), slow_reader_limit}, {"slow_writers", count(slow_writers), slow_writer_limit}};
    }

    void begin()
    {
        m_acceptor = std::thread([this] { listen_after_bind(); });
        wait_until_ready();
    }

    void finish()
    {
        if (m_stopping.exchange(true)) return;
        stop();
        if (m_acceptor.joinable()) m_acceptor.join();
        m_room.close(); // who has sent nothing is let go
        m_webhook_pool.finish(); // who has, is answered
        m_ordinary_pool.finish();
    }

private:
    // Accepting never blocks: a new connection goes straight to the waiting room.
    struct InlineQueue final : httplib::TaskQueue {
        bool enqueue(std::function<void()> work) override
        {
            work();
            return true;
        }
        void shutdown() override { }
    };

    bool process_and_close_socket(socket_t socket) override
    {
        m_room.add(socket);
        return true;
    }

    static std::string late_answer()
    {
        auto const id = new_request_id();
        auto const body = error_body({ErrorKind::Malformed, "request_timeout", "The request did not arrive within 5 seconds."}, id);
        return "HTTP/1.1 408 Request Timeout\r\nContent-Type: application/json\r\nX-Request-Id: " + id
            + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
    }

    // What a prompt route can answer is read here and answered later, without a thread of its own.
    bool take(int socket, std::string_view bytes)
    {
        auto const plain = read_plain(bytes);
        auto const prompt = plain ? m_router.prompt_at(plain->path) : std::nullopt;
        if (!prompt || plain->method != prompt->route.method || plain->body.size() > prompt->route.body_limit) return false;
        Request request;
        request.id = new_request_id();
        request.method = plain->method;
        request.path = request.target = plain->path;
        request.body = plain->body;
        request.header = [&plain](char const* name) { return std::string(plain->header(name)); };
        request.query = [](char const*) { return std::nullopt; };
        auto const answer = [this, socket, id = request.id](std::function<Response()> make) {
            m_room.answer(socket, [this, id, make = std::move(make)] { return outgoing(id, make); });
        };
        try {
            prompt->handler(request, answer);
        } catch (std::exception const& failure) {
            spdlog::error("{} {} {}: {}", request.id, request.method, request.path, failure.what());
            answer([refusal = refuse(request, m_options.explain(failure))] { return refusal; });
        }
        return true;
    }

    WaitingRoom::Outgoing outgoing(std::string const& id, std::function<Response()> const& make) const
    {
        Response response;
        try {
            response = make();
        } catch (std::exception const& failure) {
            spdlog::error("{}: {}", id, failure.what());
            Request request;
            request.id = id;
            response = refuse(request, m_options.explain(failure));
        }
        bool const closes = response.status >= 400;
        auto bytes = "HTTP/1.1 " + std::to_string(response.status) + ' ' + httplib::status_message(response.status) + "\r\nX-Request-Id: "
            + id + "\r\nX-Content-Type-Options: nosniff\r\nContent-Type: " + response.content_type + "\r\nContent-Length: "
            + std::to_string(response.body.size()) + (closes ? "\r\nConnection: close" : "\r\nKeep-Alive: timeout=60") + "\r\n";
        for (auto const& [name, value] : response.headers)
            bytes.append(name).append(": ").append(value).append("\r\n");
        bytes.append("\r\n").append(response.body);
        return {std::move(bytes), closes};
    }

    ThreadPool& pool_for(WaitingRoom::Arrival const& arrival)
    {
        return m_router.is_urgent(arrival.path) ? m_webhook_pool : m_ordinary_pool;
    }

    void hand_over(int socket, WaitingRoom::Arrival const& arrival)
    {
        auto& pool = pool_for(arrival);
        if (!pool.submit([this, socket, size = arrival.size, &pool] { serve(socket, size, pool); })) {
            constexpr std::string_view busy
                = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            (void)!::send(socket, busy.data(), busy.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
            ::close(socket);
        }
    }

    void serve(int socket, std::size_t size, ThreadPool& pool)
    {
        DeadlineStream stream(socket);
        std::string remote_address, local_address;
        int remote_port = 0, local_port = 0;
        stream.get_remote_ip_and_port(remote_address, remote_port);
        for (;;) {
            current = {&stream, m_stopping};
            stream.begin_request(size);
            bool closed = false;
            bool const went_well
                = process_request(stream, remote_address, remote_port, local_address, local_port, m_stopping, closed, nullptr);
            bool const sent = stream.flush();
            // Bytes of a next request behind a chunked body cannot be put back.
            bool const close = !went_well || !sent || closed || current.close || m_stopping || stream.has_unread();
            bool const is_sending = current.is_sending;
            auto const take_over = std::move(current.take_over);
            current = {};
            if (take_over && went_well && sent) return take_over(socket);
            if (close) {
                if (is_sending)
                    stream.say_goodbye();
                else
                    ::close(socket);
                return;
            }
            auto const next = next_request(socket, pool);
            // Not handed over from here: a new thread of the other pool would inherit this one's niceness.
            if (next.state != WaitingRoom::State::Ready || &pool_for(next) != &pool || m_router.prompt_at(next.path))
                return m_room.add(socket);
            size = next.size;
        }
    }

    // Waits a moment for a busy client, unless others wait for this thread.
    static WaitingRoom::Arrival next_request(int socket, ThreadPool const& pool)
    {
        if (pool.is_pressed()) return {};
        pollfd watched{socket, POLLIN, 0};
        return ::poll(&watched, 1, static_cast<int>(linger.count())) > 0 ? WaitingRoom::examine(socket) : WaitingRoom::Arrival{};
    }

    void dispatch(httplib::Request& raw, httplib::Response& raw_response)
    {
        Request request;
        request.id = new_request_id();
        request.method = raw.method;
        request.path = raw.path;
        request.target = raw.target;
        request.remote_address = client_of(raw);
        request.header = [&raw](char const* name) { return raw.get_header_value(name); };
        request.query = [&raw](char const* name) { return raw.has_param(name) ? std::optional(raw.get_param_value(name)) : std::nullopt; };

        bool const has_body = raw.has_header("Transfer-Encoding") || raw.get_header_value_u64("Content-Length") > 0;
        raw.body_consumed_ = true; // httplib would read on for a body without a length, or for one that nobody wants
        current.is_sending = current.close = has_body; // until it has been read whole
        auto response = answer(raw, request, has_body);
        raw_response.status = response.status;
        raw_response.set_header("X-Request-Id", request.id);
        raw_response.set_header("X-Content-Type-Options", "nosniff");
        for (auto& [name, value] : response.headers)
            raw_response.set_header(name, value);
        if (response.shared_body)
            raw_response.set_content_provider(response.shared_body->size(), response.content_type,
                [body = response.shared_body](
                    std::size_t offset, std::size_t length, httplib::DataSink& sink) { return sink.write(body->data() + offset, length); });
        else if (response.take_over) {
            // No length: the body ends with the connection.
            if (raw.get_header_value("Connection") != "close") raw_response.set_header("Connection", "close");
            raw_response.set_content_provider(response.content_type, [](std::size_t, httplib::DataSink& sink) {
                sink.done();
                return true;
            });
            if (raw.method != "HEAD") current.take_over = std::move(response.take_over);
        } else if (!response.body.empty())
            raw_response.set_content(std::move(response.body), response.content_type);
        if (response.status >= 400) current.close = true; // httplib says so in its Connection header
        raw.ranges.clear(); // partial answers are not offered
    }

    Response answer(httplib::Request& raw, Request& request, bool has_body)
    {
        auto match = m_router.find(raw.method, raw.path);
        if (!match.route) {
            if (match.allowed.empty()) return refuse(request, {ErrorKind::NotFound, "not_found", "There is nothing at this address."});
            auto response = refuse(
                request, {ErrorKind::MethodNotAllowed, "method_not_allowed", "This address answers to " + match.allowed + " only."});
            response.headers.emplace_back("Allow", match.allowed);
            return response;
        }
        auto const& route = *match.route;
        request.path_params = std::move(match.params);

        std::optional<Slot> slot;
        if (route.lane == Lane::Ordinary && !slot.emplace(m_ordinary, ordinary_limit))
            return refuse(request, {ErrorKind::Unavailable, "busy", "Too much is going on at once. Try again in a moment.", {}, 1});
        if (has_body)
            if (auto refusal = read_body(raw, request, route)) return refuse(request, *refusal);
        try {
            return (*match.handler)(request);
        } catch (std::exception const& failure) {
            spdlog::error("{} {} {}: {}", request.id, request.method, route.path, failure.what());
            return refuse(request, m_options.explain(failure));
        }
    }

    std::optional<Error> read_body(httplib::Request& raw, Request& request, Route const& route)
    {
        if (route.body == Body::None) return {}; // not read
        Error const too_large{
            ErrorKind::TooLarge, "too_large", "The request body is larger than " + std::to_string(route.body_limit / 1024) + " KiB."};
        bool const webhook = route.lane == Lane::Webhook; // decides itself what a missing body means, once the caller has proved who it is
        if (!webhook && raw.get_header_value_u64("Content-Length") > route.body_limit) return too_large;
        auto const content_type = raw.get_header_value("Content-Type");
        if ((route.body == Body::Json && !has_media_type(content_type, "application/json"))
            || (route.body == Body::Form && !has_media_type(content_type, "application/x-www-form-urlencoded")))
            return Error{ErrorKind::UnsupportedMediaType, "unsupported_media_type",
                route.body == Body::Json ? "Send the body as application/json." : "Send the body as application/x-www-form-urlencoded."};
        if (raw.has_header("Content-Encoding"))
            return Error{ErrorKind::UnsupportedMediaType, "unsupported_encoding", "Send the body without Content-Encoding."};

        int status = 200;
        auto const keep = [&](char const* data, std::size_t size, std::size_t, std::size_t) {
            request.body.append(data, size);
            return true;
        };
        if (httplib::detail::read_content(*current.stream, raw, route.body_limit, status, nullptr, keep, false)) {
            current.is_sending = current.close = false;
            return {};
        }
        request.body.clear();
        if (webhook) return {};
        if (status == 413) return too_large;
        return Error{ErrorKind::Malformed, "incomplete_body", "The request body did not arrive whole."};
    }

    std::string client_of(httplib::Request const& raw) const
    {
        auto const& trusted = m_options.trusted_proxies;
        auto const is_trusted
            = [&](std::string const& address) { return std::find(trusted.begin(), trusted.end(), address) != trusted.end(); };
        auto client = raw.remote_addr;
        if (trusted.empty() || !is_trusted(client)) return client;
        auto forwarded = raw.get_header_value("X-Forwarded-For");
        while (!forwarded.empty() && is_trusted(client)) {
            auto const comma = forwarded.rfind(',');
            auto const start = comma == std::string::npos ? 0 : comma + 1;
            client = forwarded.substr(start);
            client.erase(0, client.find_first_not_of(' '));
            forwarded.resize(comma == std::string::npos ? 0 : comma);
        }
        return client;
    }

    // A refusal by httplib itself (a request line or header that it cannot read) has no body yet.
    static void complete_refusal(httplib::Response& response)
    {
        current.close = true;
        if (!response.body.empty()) return;
        auto const id = new_request_id();
        response.set_header("X-Request-Id", id);
        response.set_content(
            error_body({ErrorKind::Malformed, "malformed_request", "The request could not be read."}, id), "application/json");
    }

    Router const& m_router;
    http::Server::Options m_options;
    int m_port = -1;
    std::atomic<bool> m_stopping{false};
    std::atomic<int> m_ordinary{0};
    ThreadPool m_webhook_pool;
    ThreadPool m_ordinary_pool;
    WaitingRoom m_room;
    std::thread m_acceptor;
};

Server::Server(Router const& router, Options options) : m_implementation(std::make_unique<Implementation>(router, std::move(options))) { }

Server::~Server() = default;
int Server::port() const
{
    return m_implementation->port();
}
Bounds Server::bounds() const
{
    return m_implementation->bounds();
}
void Server::start()
{
    m_implementation->begin();
}
void Server::stop()
{
    m_implementation->finish();
}

} // namespace http
