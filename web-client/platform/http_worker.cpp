#include "web-client/platform/http_worker.h"
#include "web-client/platform/snapshot_transport.h"

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace platform {

static constexpr std::chrono::seconds connect_timeout{5};
static constexpr std::chrono::seconds read_timeout{30};
static constexpr std::chrono::seconds longest_silence{10}; // of the event stream; the server speaks every 5 s
static constexpr std::chrono::seconds longest_pause{15};
static constexpr std::size_t longest_event = 64 * 1024; // bytes

class HttpWorker::Implementation {
public:
    Implementation(std::string server, SnapshotTransport* snapshot, std::function<void()> wake)
        : m_client(server), m_server(std::move(server)), m_snapshot(snapshot), m_wake(std::move(wake))
    {
        m_client.set_connection_timeout(connect_timeout);
        m_client.set_read_timeout(read_timeout);
        m_client.set_keep_alive(true);
        m_thread = std::jthread([this](std::stop_token stop) { work(stop); });
    }

    ~Implementation()
    {
        listen(false);
        m_client.stop();
    }

    void send(Request request, OnReply on_reply)
    {
        std::lock_guard const lock(m_mutex);
        m_queue.push_back({std::move(request), std::move(on_reply), {}});
        m_changed.notify_one();
    }

    void listen(bool on)
    {
        if (m_snapshot) return; // it does not change
        if (on && m_listener.joinable()) {
            std::lock_guard const lock(m_mutex);
            m_hurry = true;
            m_changed.notify_all();
            return;
        }
        if (on) {
            m_listener = std::jthread([this](std::stop_token stop) { follow(stop); });
            return;
        }
        m_listener.request_stop();
        {
            std::lock_guard const lock(m_mutex);
            if (m_stream) m_stream->stop();
        }
        m_changed.notify_all();
        m_listener = {};
    }

    void deliver(std::function<void(std::string const&, std::string const&)> const& on_event)
    {
        std::deque<Job> done;
        std::deque<std::pair<std::string, std::string>> events;
        {
            std::lock_guard const lock(m_mutex);
            done.swap(m_done);
            events.swap(m_events);
        }
        for (auto& job : done)
            job.on_reply(job.reply);
        for (auto const& [name, data] : events)
            on_event(name, data);
    }

private:
    struct Job {
        Request request;
        OnReply on_reply;
        Reply reply;
    };

    void work(std::stop_token stop)
    {
        while (true) {
            std::unique_lock lock(m_mutex);
            if (!m_changed.wait(lock, stop, [&] { return !m_queue.empty(); })) return;
            Job job = std::move(m_queue.front());
            m_queue.pop_front();
            lock.unlock();
            job.reply = m_snapshot ? m_snapshot->ask(job.request) : ask(job.request);
            lock.lock();
            m_done.push_back(std::move(job));
            lock.unlock();
            m_wake();
        }
    }

    Reply ask(Request const& request)
    {
        httplib::Request message;
        message.method = request.method;
        message.path = request.path;
        message.body = request.body;
        message.set_header("Origin", m_server); // the server changes nothing for an origin that is not its own
        if (auto const known = cookie(); !known.empty()) message.set_header("Cookie", known);
        if (!request.body.empty()) message.set_header("Content-Type", "application/json");
        if (!request.key.empty()) message.set_header("Idempotency-Key", request.key);
        auto const result = m_client.send(message);
        if (!result) return {};
        if (auto const set = result->get_header_value("Set-Cookie"); !set.empty()) {
            std::lock_guard const lock(m_mutex);
            m_cookie = set.substr(0, set.find(';'));
        }
        return {result->status, result->body};
    }

    std::string cookie()
    {
        std::lock_guard const lock(m_mutex);
        return m_cookie;
    }

    void tell(std::string name, std::string data)
    {
        {
            std::lock_guard const lock(m_mutex);
            m_events.emplace_back(std::move(name), std::move(data));
        }
        m_wake();
    }

    // One line of text/event-stream; an empty one ends an event.
    void read_line(std::string_view line)
    {
        if (line.empty()) {
            auto name = std::exchange(m_event_name, {}), data = std::exchange(m_event_data, {});
            if (!name.empty() && name != "beat") tell(std::move(name), std::move(data));
            return;
        }
        auto const colon = line.find(':');
        if (colon == 0 || colon == std::string_view::npos) return;
        auto value = line.substr(colon + 1);
        if (value.starts_with(' ')) value.remove_prefix(1);
        if (line.starts_with("event:")) m_event_name = value;
        if (line.starts_with("data:")) m_event_data = value;
        if (line.starts_with("id:")) m_last_event = value;
    }

    void follow(std::stop_token stop)
    {
        std::chrono::seconds pause{1};
        while (!stop.stop_requested()) {
            httplib::Client client(m_server);
            client.set_connection_timeout(connect_timeout);
            client.set_read_timeout(longest_silence);
            {
                std::lock_guard const lock(m_mutex);
                m_stream = &client;
            }
            httplib::Headers headers{{"Cookie", cookie()}};
            if (!m_last_event.empty()) headers.emplace("Last-Event-ID", m_last_event);
            std::string rest;
            client.Get(
                "/api/events", headers,
                [&](httplib::Response const& response) {
                    bool const open = response.status == 200;
                    if (open) tell("open", {}), pause = std::chrono::seconds{1};
                    return open;
                },
                [&](char const* bytes, std::size_t size) {
                    rest.append(bytes, size);
                    for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
                        read_line(std::string_view(rest).substr(0, end));
                        rest.erase(0, end + 1);
                    }
                    return rest.size() <= longest_event && !stop.stop_requested();
                });
            std::unique_lock lock(m_mutex);
            m_stream = nullptr;
            if (stop.stop_requested()) return;
            m_events.emplace_back("lost", "");
            m_wake();
            m_changed.wait_for(lock, stop, pause, [&] { return m_hurry; });
            m_hurry = false;
            pause = std::min(pause * 2, longest_pause);
        }
    }

    httplib::Client m_client;
    std::string m_server;
    SnapshotTransport* m_snapshot;
    std::function<void()> m_wake;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::string m_cookie;
    std::deque<Job> m_queue;
    std::deque<Job> m_done;
    std::deque<std::pair<std::string, std::string>> m_events;
    httplib::Client* m_stream = nullptr; // of the listener, to interrupt it
    bool m_hurry = false; // the server has answered: no pause is needed
    std::string m_event_name, m_event_data, m_last_event;
    std::jthread m_listener;
    std::jthread m_thread; // last: it uses the others
};

HttpWorker::HttpWorker(std::string server, SnapshotTransport* snapshot, std::function<void()> wake)
    : m_implementation(std::make_unique<Implementation>(std::move(server), snapshot, std::move(wake)))
{
}

HttpWorker::~HttpWorker() = default;

void HttpWorker::send(Request request, OnReply on_reply)
{
    m_implementation->send(std::move(request), std::move(on_reply));
}

void HttpWorker::listen(bool on)
{
    m_implementation->listen(on);
}

void HttpWorker::deliver(std::function<void(std::string const& name, std::string const& data)> const& on_event)
{
    m_implementation->deliver(on_event);
}

} // namespace platform
