#include "web-client/platform/platform.h"
#include "web-client/platform/snapshot_transport.h"
#include "web-client/platform/window.h"

#include <CLI/CLI.hpp>
#include <SDL.h>
#include <httplib.h>
#include <imgui.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <iostream>
#include <mutex>
#include <optional>
#include <thread>

namespace platform {

static constexpr std::chrono::seconds connect_timeout{5};
static constexpr std::chrono::seconds read_timeout{30};
static constexpr double caret_blink = 0.4; // seconds; a text field with the focus is the only thing that moves by itself

// One thread that asks, because the window must not wait: a server by HTTP, or a snapshot when there is one.
// Keeps the session's cookie in memory.
class HttpWorker {
public:
    HttpWorker(std::string const& server, SnapshotTransport* snapshot, Uint32 woken_by)
        : m_client(server), m_server(server), m_snapshot(snapshot), m_woken_by(woken_by)
    {
        m_client.set_connection_timeout(connect_timeout);
        m_client.set_read_timeout(read_timeout);
        m_client.set_keep_alive(true);
        m_thread = std::jthread([this](std::stop_token stop) { work(stop); });
    }

    void send(Request request, OnReply on_reply)
    {
        std::lock_guard const lock(m_mutex);
        m_queue.push_back({std::move(request), std::move(on_reply), {}});
        m_changed.notify_one();
    }

    // Calls back for what has been answered, on the window's thread.
    void deliver()
    {
        std::deque<Job> done;
        {
            std::lock_guard const lock(m_mutex);
            done.swap(m_done);
        }
        for (auto& job : done)
            job.on_reply(job.reply);
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
            SDL_Event event{};
            event.type = m_woken_by;
            SDL_PushEvent(&event);
        }
    }

    Reply ask(Request const& request)
    {
        httplib::Request message;
        message.method = request.method;
        message.path = request.path;
        message.body = request.body;
        message.set_header("Origin", m_server); // the server changes nothing for an origin that is not its own
        if (!m_cookie.empty()) message.set_header("Cookie", m_cookie);
        if (!request.body.empty()) message.set_header("Content-Type", "application/json");
        auto const result = m_client.send(message);
        if (!result) return {};
        if (auto const cookie = result->get_header_value("Set-Cookie"); !cookie.empty()) m_cookie = cookie.substr(0, cookie.find(';'));
        return {result->status, result->body};
    }

    httplib::Client m_client;
    std::string m_server;
    SnapshotTransport* m_snapshot;
    std::string m_cookie;
    Uint32 m_woken_by;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::deque<Job> m_queue;
    std::deque<Job> m_done;
    std::jthread m_thread; // last: it uses the others
};

struct Options {
    std::string server = "http://127.0.0.1:8080";
    std::string theme = "light";
    std::string snapshot;
};

class Desktop final : public Host {
public:
    Desktop(Options const& options, SnapshotTransport* snapshot, Window& window)
        : m_options(options), m_window(window), m_http(options.server, snapshot, SDL_RegisterEvents(1))
    {
    }

    void send(Request request, OnReply on_reply) override { m_http.send(std::move(request), std::move(on_reply)); }
    bool prefers_dark() const override { return m_options.theme == "dark"; }
    bool prefers_less_motion() const override { return false; }
    bool has_mirror() const override { return false; }
    void show_mirror(std::string const&) override { }
    void add_mirror_font(std::string const&, std::span<unsigned char const>) override { }
    void set_title(std::string const& title) override { m_window.set_title(title); }
    void open_page(std::string const& path) override { SDL_OpenURL((m_options.server + path).c_str()); }

    void deliver() { m_http.deliver(); }

private:
    Options m_options;
    Window& m_window;
    HttpWorker m_http;
};

static double seconds_to_wait(Program const& program)
{
    double const blink = ImGui::GetIO().WantTextInput ? caret_blink : INFINITY;
    return std::min(program.next_change(), blink);
}

int run(Program& program, int count, char** arguments)
{
    Options options;
    CLI::App flags("Dealerline's console on the desktop");
    flags.add_option("--server", options.server, "Address of the edge server")->capture_default_str();
    flags.add_option("--theme", options.theme, "light or dark")->check(CLI::IsMember({"light", "dark"}))->capture_default_str();
    flags.add_option("--snapshot", options.snapshot, "A file to review, without a server");
    CLI11_PARSE(flags, count, arguments);

    std::optional<SnapshotTransport> snapshot;
    try {
        if (!options.snapshot.empty()) snapshot.emplace(options.snapshot);
    } catch (std::exception const& failure) {
        std::cerr << "dealerline-console: " << failure.what() << '\n';
        return 1;
    }

    Window window;
    if (auto const problem = window.open(); !problem.empty()) {
        std::cerr << "dealerline-console: " << problem << '\n';
        return 1;
    }
    Desktop desktop(options, snapshot ? &*snapshot : nullptr, window);
    program.start(desktop);

    for (int frames_left = 2; !window.closed();) {
        if (frames_left == 0 && !window.has_input_left()) {
            double const seconds = seconds_to_wait(program);
            SDL_Event event;
            int const arrived
                = std::isfinite(seconds) ? SDL_WaitEventTimeout(&event, static_cast<int>(seconds * 1000) + 1) : SDL_WaitEvent(&event);
            if (arrived) window.handle(event);
            frames_left = arrived ? 2 : 1; // the second settles what depends on sizes known only after layout
        }
        window.handle_waiting();
        desktop.deliver();
        window.draw(program);
        if (frames_left > 0) --frames_left;
    }
    return 0;
}

} // namespace platform
