#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// Everything that differs between the browser and the desktop. The rest of the console knows only this page.
namespace platform {

struct Request {
    std::string method;
    std::string path; // begins with /api/
    std::string body; // JSON, or empty
    std::string key = {}; // for the header Idempotency-Key, or empty
};

struct Reply {
    int status = 0; // 0: no answer came
    std::string body;
};

using OnReply = std::function<void(Reply const&)>;

// A font of this machine. `scale`: what its em has to be multiplied with to be as large as its box says.
struct SystemFont {
    std::span<unsigned char const> data; // stays
    float scale = 1;
};

// A person did something to a piece of the mirror that lies over the canvas.
struct MirrorEvent {
    enum class Kind { Pressed, Typed, Focused, FocusedByKey, Blurred, Scrolled };
    Kind kind;
    std::string key;
    std::string text; // what the field holds now, for Typed; pixels from the top, for Scrolled
};

class Host {
public:
    virtual ~Host() = default;

    // Never waits: the answer comes between two frames.
    virtual void send(Request request, OnReply on_reply) = 0;
    // What changed on the server, told as Program::on_event until switched off; connects again by itself after a pause, or at once when
    // switched on again.
    virtual void listen(bool on) = 0;

    virtual bool prefers_dark() const = 0;
    virtual bool prefers_less_motion() const = 0;
    virtual bool prefers_more_contrast() const = 0;
    // Kept from one start to the next; empty when nothing was kept.
    virtual std::string stored(std::string const& name) const = 0;
    virtual void store(std::string const& name, std::string const& value) = 0;

    // In the browser real elements lie over the canvas, and a press, a link, a text field or scrolling is theirs.
    virtual bool has_mirror() const = 0;
    virtual void show_mirror(std::string const& changes) = 0;
    virtual void add_mirror_font(std::string const& family, std::span<unsigned char const> font) = 0;
    // How wide an element makes that text, its font and the browser's own together.
    virtual float text_width(std::string_view text, std::string const& family, float size) const = 0;
    // Where elements do not help: a font that has this character; none when the machine has none.
    virtual std::optional<SystemFont> font_for(unsigned character) = 0;

    // Where in the console we are, "#/organizations/…", and a text that the history keeps with that entry.
    virtual std::string address() const = 0;
    virtual std::string memory() const = 0;
    virtual void go(std::string const& address, bool replace) = 0; // Program::on_address follows
    virtual void remember(std::string const& memory) = 0;

    virtual void copy(std::string const& text) = 0;
    virtual void set_title(std::string const& title) = 0;
    virtual void open_page(std::string const& path) = 0; // of the server, or a whole address
    virtual void reload() = 0;
    virtual void tell_other_tabs(std::string const& what) = 0; // their Program::on_event

    virtual std::int64_t now() const = 0; // Unix milliseconds
    // Seconds east of UTC at that moment; an empty zone is the one of this machine.
    virtual int utc_offset(std::int64_t at, std::string const& zone) const = 0;
    // Which build of the console this is, as the server names it; empty when it cannot be out of date.
    virtual std::string build() const = 0;
};

class Program {
public:
    virtual ~Program() = default;

    // Once, with a Dear ImGui context and before the first frame.
    virtual void start(Host& host) = 0;
    // Between ImGui::NewFrame and ImGui::Render.
    virtual void draw() = 0;
    // Behind everything that is drawn, packed as Dear ImGui does.
    virtual unsigned background() const = 0;
    // Seconds until the picture changes by itself; infinity when it does not.
    virtual double next_change() const = 0;
    virtual void on_mirror_event(MirrorEvent event) = 0;
    // The history moved: Host::address and Host::memory are those of another entry.
    virtual void on_address() = 0;
    // A key as the browser names it, with its modifiers: "k", "Ctrl+k", "Shift+Tab", "ArrowDown". True: it is ours, nobody else's.
    virtual bool on_key(std::string const& name, bool in_field) = 0;
    // From the server's stream ("hello", "change", …), about the stream ("open", "lost"), or from another tab.
    virtual void on_event(std::string const& name, std::string const& data) = 0;
};

// Reads the flags, opens the window and runs until it is closed; in the browser it returns at once and the page goes on.
int run(Program& program, int count, char** arguments);

} // namespace platform
