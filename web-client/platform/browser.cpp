#include "web-client/platform/platform.h"
#include "web-client/platform/window.h"

#include <emscripten.h>
#include <emscripten/html5.h>

#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>

extern "C" {
// browser.js; a returned text is allocated for us
void page_start();
void page_fail(char const* sentence);
void page_send(int id, char const* method, char const* path, char const* body, char const* key);
void page_listen(bool on);
bool page_prefers(char const* what);
char* page_stored(char const* name);
void page_store(char const* name, char const* value);
void page_show_mirror(char const* changes);
void page_add_font(char const* family, unsigned char const* bytes, int size);
double page_text_width(char const* text, int length, char const* family, double size);
char* page_address();
char* page_memory();
void page_go(char const* address, bool replace);
void page_remember(char const* memory);
void page_copy(char const* text);
void page_open(char const* path);
void page_reload();
void page_tell_other_tabs(char const* what);
double page_now();
int page_utc_offset(double at, char const* zone);
char* page_build();
void page_count_frame(double milliseconds, bool is_new);
}

namespace platform {

static std::string taken(char* text)
{
    std::string copy = text;
    std::free(text);
    return copy;
}

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
        m_window.forget_picture(); // the canvas may have been cleared by a new size
        m_frames_left = 2;
        schedule();
    }

    void send(Request request, OnReply on_reply) override
    {
        int const id = m_next_request++;
        m_waiting.emplace(id, std::move(on_reply));
        page_send(id, request.method.c_str(), request.path.c_str(), request.body.c_str(), request.key.c_str());
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

    void on_address()
    {
        m_program.on_address();
        wake();
    }

    bool on_key(std::string const& name, bool in_field)
    {
        bool const ours = m_program.on_key(name, in_field);
        if (ours) wake();
        return ours;
    }

    void on_event(std::string const& name, std::string const& data)
    {
        m_program.on_event(name, data);
        wake();
    }

    void listen(bool on) override { page_listen(on); }
    bool prefers_dark() const override { return page_prefers("dark"); }
    bool prefers_less_motion() const override { return page_prefers("less motion"); }
    bool prefers_more_contrast() const override { return page_prefers("more contrast"); }
    std::string stored(std::string const& name) const override { return taken(page_stored(name.c_str())); }
    void store(std::string const& name, std::string const& value) override { page_store(name.c_str(), value.c_str()); }
    bool has_mirror() const override { return true; }
    void show_mirror(std::string const& changes) override { page_show_mirror(changes.c_str()); }
    std::string address() const override { return taken(page_address()); }
    std::string memory() const override { return taken(page_memory()); }
    void go(std::string const& address, bool replace) override { page_go(address.c_str(), replace); }
    void remember(std::string const& memory) override { page_remember(memory.c_str()); }
    void copy(std::string const& text) override { page_copy(text.c_str()); }
    void set_title(std::string const& title) override { m_window.set_title(title); }
    void open_page(std::string const& path) override { page_open(path.c_str()); }
    void reload() override { page_reload(); }
    void tell_other_tabs(std::string const& what) override { page_tell_other_tabs(what.c_str()); }
    std::int64_t now() const override { return static_cast<std::int64_t>(page_now()); }
    int utc_offset(std::int64_t at, std::string const& zone) const override
    {
        return page_utc_offset(static_cast<double>(at), zone.c_str());
    }
    std::string build() const override { return taken(page_build()); }

    float text_width(std::string_view text, std::string const& family, float size) const override
    {
        return static_cast<float>(page_text_width(text.data(), static_cast<int>(text.size()), family.c_str(), size));
    }
    std::optional<SystemFont> font_for(unsigned) override { return {}; }

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
        double const began = emscripten_get_now();
        bool const is_new = m_window.draw(m_program);
        page_count_frame(emscripten_get_now() - began, is_new);
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

} // namespace platform

extern "C" {

// SDL asks by name for what it could do without. Emscripten's own answer brings all of WebGL 2 along, name by name.
void* eglGetProcAddress(char const*)
{
    return nullptr;
}

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

EMSCRIPTEN_KEEPALIVE void console_address()
{
    if (platform::browser) platform::browser->on_address();
}

EMSCRIPTEN_KEEPALIVE bool console_key(char* name, bool in_field)
{
    auto const key = platform::taken(name);
    return platform::browser && platform::browser->on_key(key, in_field);
}

EMSCRIPTEN_KEEPALIVE void console_event(char* name, char* data)
{
    auto const event = platform::taken(name);
    auto const content = platform::taken(data);
    if (platform::browser) platform::browser->on_event(event, content);
}

EMSCRIPTEN_KEEPALIVE void console_context_restored()
{
    if (platform::browser) platform::browser->restart_renderer();
}
}
