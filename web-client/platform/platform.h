#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

// Everything that differs between the browser and the desktop. The rest of the console knows only this page.
namespace platform {

struct Request {
    std::string method;
    std::string path; // begins with /api/
    std::string body; // JSON, or empty
};

struct Reply {
    int status = 0; // 0: no answer came
    std::string body;
};

using OnReply = std::function<void(Reply const&)>;

// A person did something to a piece of the mirror that lies over the canvas.
struct MirrorEvent {
    enum class Kind { Pressed, Typed, Focused, FocusedByKey, Blurred };
    Kind kind;
    std::string key;
    std::string text; // what the field holds now, for Typed
};

class Host {
public:
    virtual ~Host() = default;

    // Never waits: the answer comes between two frames.
    virtual void send(Request request, OnReply on_reply) = 0;
    virtual bool prefers_dark() const = 0;
    virtual bool prefers_less_motion() const = 0;

    // In the browser real elements lie over the canvas, and a press, a link or a text field is theirs.
    virtual bool has_mirror() const = 0;
    virtual void show_mirror(std::string const& nodes) = 0;
    virtual void add_mirror_font(std::string const& family, std::span<unsigned char const> font) = 0;

    virtual void set_title(std::string const& title) = 0;
    virtual void open_page(std::string const& path) = 0;
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
};

// Reads the flags, opens the window and runs until it is closed; in the browser it returns at once and the page goes on.
int run(Program& program, int count, char** arguments);

} // namespace platform
