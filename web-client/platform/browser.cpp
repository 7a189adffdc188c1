#include "web-client/platform/platform.h"
#include "web-client/platform/window.h"

#include <emscripten.h>
#include <emscripten/html5.h>

#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>

extern "C" {
// browser.js
void page_start();
void page_fail(char const* sentence);
void page_send(int id, char const* method, char const* path, char const* body);
bool page_prefers_dark();
bool page_prefers_less_motion();
void page_show_mirror(char const* nodes);
void page_add_font(char const* family, unsigned char const* bytes, int size);
void page_open(char const* path);
void page_count_frame();
}

namespace platform {

// The page's half of the console. Draws only after something woke it: an input, an answer, a timer.
class Browser final : public Host {
public:
    explicit Browser(Program& program) : m_program(program) { }

    std::string start()
    {
        if (auto problem = m_window.open(); !problem.empty()) return problem;
        page_start();
        m_program.start(*this);
        wake();
        return {};
    }

    // Two frames: the second settles what depends on sizes known only after layout.
    void wake()
    {
        m_frames_left = 2;
        schedule();
    }

    void send(Request request, OnReply on_reply) override
    {
        int const id = m_next_request++;
        m_waiting.emplace(id, std::move(on_reply));
        page_send(id, request.method.c_str(), request.path.c_str(), request.body.c_str());
    }

    void on_reply(int id, Reply const& reply)
    {
        auto waiting = m_waiting.extract(id);
        if (!waiting.empty()) waiting.mapped()(reply);
        wake();
    }

    void on_mirror_event(MirrorEvent event)
    {
        m_program.on_mirror_event(std::move(event));
        wake();
    }

    void restart_renderer()
    {
        m_window.restart_renderer();
        wake();
    }

    bool prefers_dark() const override { return page_prefers_dark(); }
    bool prefers_less_motion() const override { return page_prefers_less_motion(); }
    bool has_mirror() const override { return true; }
    void set_title(std::string const& title) override { m_window.set_title(title); }
    void open_page(std::string const& path) override { page_open(path.c_str()); }

    void show_mirror(std::string const& nodes) override
    {
        if (nodes == m_shown) return;
        m_shown = nodes;
        page_show_mirror(nodes.c_str());
    }

    void add_mirror_font(std::string const& family, std::span<unsigned char const> font) override
    {
        page_add_font(family.c_str(), font.data(), static_cast<int>(font.size()));
    }

private:
    void schedule()
    {
        if (m_scheduled) return;
        m_scheduled = true;
        emscripten_request_animation_frame([](double, void* self) { return static_cast<Browser*>(self)->frame(); }, this);
    }

    EM_BOOL frame()
    {
        m_scheduled = false;
        m_window.handle_waiting();
        m_window.draw(m_program);
        page_count_frame();
        emscripten_clear_timeout(m_timer);
        if (--m_frames_left > 0 || m_window.has_input_left()) {
            schedule();
        } else if (double const seconds = m_program.next_change(); std::isfinite(seconds)) {
            m_timer = emscripten_set_timeout([](void* self) { static_cast<Browser*>(self)->schedule(); }, seconds * 1000.0, this);
        }
        return EM_FALSE; // asks for no further frame by itself
    }

    Program& m_program;
    Window m_window;
    std::map<int, OnReply> m_waiting;
    int m_next_request = 1;
    std::string m_shown;
    int m_frames_left = 0;
    bool m_scheduled = false;
    long m_timer = 0;
};

static std::optional<Browser> browser; // the page calls plain functions, and there is one page

int run(Program& program, int, char**)
{
    browser.emplace(program);
    if (auto const problem = browser->start(); !problem.empty()) {
        page_fail("The console needs WebGL 2, which this browser does not offer. A current Chrome, Edge, Firefox or Safari does.");
        return 1;
    }
    return 0;
}

static std::string taken(char* text)
{
    std::string copy = text;
    std::free(text);
    return copy;
}

} // namespace platform

extern "C" {

EMSCRIPTEN_KEEPALIVE void console_wake()
{
    if (platform::browser) platform::browser->wake();
}

EMSCRIPTEN_KEEPALIVE void console_reply(int id, int status, char* body)
{
    platform::browser->on_reply(id, {status, platform::taken(body)});
}

EMSCRIPTEN_KEEPALIVE void console_mirror_event(int kind, char* key, char* text)
{
    platform::browser->on_mirror_event({static_cast<platform::MirrorEvent::Kind>(kind), platform::taken(key), platform::taken(text)});
}

EMSCRIPTEN_KEEPALIVE void console_context_restored()
{
    if (platform::browser) platform::browser->restart_renderer();
}
}
