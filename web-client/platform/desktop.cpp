#include "web-client/platform/http_worker.h"
#include "web-client/platform/platform.h"
#include "web-client/platform/snapshot_transport.h"
#include "web-client/platform/system_fonts.h"
#include "web-client/platform/window.h"

#include <CLI/CLI.hpp>
#include <SDL.h>
#include <imgui.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>

namespace platform {

static constexpr double caret_blink = 0.4; // seconds; a text field with the focus is the only thing that moves by itself

struct Options {
    std::string server = "http://127.0.0.1:8080";
    std::string theme;
    std::string snapshot;
};

// What is kept from one start to the next: a line each, "name value".
class Preferences {
public:
    Preferences()
    {
        auto const* home = std::getenv("XDG_CONFIG_HOME");
        auto const* user = std::getenv("HOME");
        if (!home && !user) return;
        m_file = (home ? std::filesystem::path(home) : std::filesystem::path(user) / ".config") / "dealerline" / "console";
        std::ifstream file(m_file);
        for (std::string name, value; file >> name >> value;)
            m_values[name] = value;
    }

    std::string get(std::string const& name) const
    {
        auto const found = m_values.find(name);
        return found == m_values.end() ? std::string() : found->second;
    }

    void set(std::string const& name, std::string const& value)
    {
        m_values[name] = value;
        if (m_file.empty()) return;
        std::error_code ignored; // a preference that cannot be kept lasts until the window closes
        std::filesystem::create_directories(m_file.parent_path(), ignored);
        std::ofstream file(m_file);
        for (auto const& [key, kept] : m_values)
            if (!kept.empty()) file << key << ' ' << kept << '\n';
    }

private:
    std::filesystem::path m_file;
    std::map<std::string, std::string> m_values;
};

class Desktop final : public Host {
public:
    // Without a snapshot the server is asked.
    Desktop(Options const& options, SnapshotTransport* snapshot, Window& window, Program& program)
        : m_options(options), m_window(window), m_program(program), m_http(options.server, snapshot, [wake = SDL_RegisterEvents(1)] {
              SDL_Event event{};
              event.type = wake;
              SDL_PushEvent(&event);
          })
    {
    }

    void send(Request request, OnReply on_reply) override { m_http.send(std::move(request), std::move(on_reply)); }
    void listen(bool on) override { m_http.listen(on); }
    bool prefers_dark() const override { return m_options.theme == "dark"; }
    bool prefers_less_motion() const override { return false; }
    bool prefers_more_contrast() const override { return false; }
    std::string stored(std::string const& name) const override
    {
        return name == "theme" && !m_options.theme.empty() ? m_options.theme : m_preferences.get(name);
    }
    void store(std::string const& name, std::string const& value) override { m_preferences.set(name, value); }
    bool has_mirror() const override { return false; }
    void show_mirror(std::string const&) override { }
    void add_mirror_font(std::string const&, std::span<unsigned char const>) override { }
    float text_width(std::string_view, std::string const&, float) const override { return 0; } // nobody asks
    std::optional<SystemFont> font_for(unsigned character) override { return m_fonts.find(character); }

    std::string address() const override { return m_history[m_at].address; }
    std::string memory() const override { return m_history[m_at].memory; }
    void go(std::string const& address, bool replace) override
    {
        if (!replace) {
            m_history.resize(++m_at);
            m_history.emplace_back();
            if (m_history.size() > most_entries) m_history.erase(m_history.begin()), --m_at;
        }
        m_history[m_at] = {address, {}};
        m_program.on_address();
    }
    void move(int by)
    {
        auto const to = static_cast<std::ptrdiff_t>(m_at) + by;
        if (to < 0 || to >= static_cast<std::ptrdiff_t>(m_history.size())) return;
        m_at = static_cast<std::size_t>(to);
        m_program.on_address();
    }
    void remember(std::string const& memory) override { m_history[m_at].memory = memory; }

    void copy(std::string const& text) override { SDL_SetClipboardText(text.c_str()); }
    void set_title(std::string const& title) override { m_window.set_title(title); }
    void open_page(std::string const& path) override { SDL_OpenURL((path.starts_with("https:") ? path : m_options.server + path).c_str()); }
    void reload() override { }
    void tell_other_tabs(std::string const&) override { }
    std::int64_t now() const override
    {
        using namespace std::chrono;
        return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    }
    int utc_offset(std::int64_t at, std::string const& zone) const override;
    std::string build() const override { return {}; }

    void deliver()
    {
        m_http.deliver([this](std::string const& name, std::string const& data) { m_program.on_event(name, data); });
    }

private:
    static constexpr std::size_t most_entries = 200;
    struct Entry {
        std::string address, memory;
    };

    Options m_options;
    Window& m_window;
    Program& m_program;
    Preferences m_preferences;
    SystemFonts m_fonts;
    std::vector<Entry> m_history{1};
    std::size_t m_at = 0;
    HttpWorker m_http;
};

// The C library knows zones only through TZ; this is the one thread that asks.
int Desktop::utc_offset(std::int64_t at, std::string const& zone) const
{
    std::optional<std::string> before;
    if (!zone.empty()) {
        if (auto const* set = std::getenv("TZ")) before = set;
        ::setenv("TZ", (':' + zone).c_str(), 1);
        ::tzset();
    }
    std::time_t const seconds = at / 1000;
    std::tm local{};
    ::localtime_r(&seconds, &local);
    if (!zone.empty()) {
        if (before)
            ::setenv("TZ", before->c_str(), 1);
        else
            ::unsetenv("TZ");
        ::tzset();
    }
    return static_cast<int>(local.tm_gmtoff);
}

// As a browser names keys; empty for keys that are text or nobody's.
static std::string key_name(SDL_KeyboardEvent const& event)
{
    auto const key = event.keysym.sym;
    auto const modifiers = event.keysym.mod;
    std::string name;
    static std::map<int, char const*> const named{{SDLK_RETURN, "Enter"}, {SDLK_KP_ENTER, "Enter"}, {SDLK_ESCAPE, "Escape"},
        {SDLK_TAB, "Tab"}, {SDLK_UP, "ArrowUp"}, {SDLK_DOWN, "ArrowDown"}, {SDLK_LEFT, "ArrowLeft"}, {SDLK_RIGHT, "ArrowRight"},
        {SDLK_HOME, "Home"}, {SDLK_END, "End"}, {SDLK_PAGEUP, "PageUp"}, {SDLK_PAGEDOWN, "PageDown"}, {SDLK_SPACE, " "}};
    if (auto const found = named.find(key); found != named.end())
        name = found->second;
    else if (key > 32 && key < 127)
        name = key == '/' && (modifiers & KMOD_SHIFT) ? "?" : std::string(1, static_cast<char>(key));
    if (name.empty()) return {};
    bool const ctrl = modifiers & (KMOD_CTRL | KMOD_GUI);
    bool const shift = (modifiers & KMOD_SHIFT) && (name.size() > 1 || ctrl);
    return std::string(ctrl ? "Ctrl+" : "") + (modifiers & KMOD_ALT ? "Alt+" : "") + (shift ? "Shift+" : "") + name;
}

// True: the console took it, and Dear ImGui must not see it.
static bool take_key(Program& program, Desktop& desktop, SDL_Event const& event)
{
    if (event.type != SDL_KEYDOWN) return false;
    auto const name = key_name(event.key);
    if (name == "Alt+ArrowLeft") return desktop.move(-1), true;
    if (name == "Alt+ArrowRight") return desktop.move(1), true;
    return !name.empty() && program.on_key(name, ImGui::GetIO().WantTextInput);
}

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
    flags.add_option("--theme", options.theme, "light or dark; the last choice when not given")->check(CLI::IsMember({"light", "dark"}));
    flags.add_option("--snapshot", options.snapshot, "A file to review, without a server");
    CLI11_PARSE(flags, count, arguments);

    if (flags.count("--snapshot") > 0 && options.snapshot.empty()) {
        std::cerr << "dealerline-console: --snapshot needs the name of a file.\n";
        return 1;
    }
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
    Desktop desktop(options, snapshot ? &*snapshot : nullptr, window, program);
    program.start(desktop);

    auto const handle = [&](SDL_Event const& event) {
        if (!take_key(program, desktop, event)) window.handle(event);
    };
    for (int frames_left = 2; !window.closed();) {
        if (frames_left == 0 && !window.has_input_left()) {
            double const seconds = seconds_to_wait(program);
            SDL_Event event;
            int const arrived
                = std::isfinite(seconds) ? SDL_WaitEventTimeout(&event, static_cast<int>(seconds * 1000) + 1) : SDL_WaitEvent(&event);
            if (arrived) handle(event);
            frames_left = arrived ? 2 : 1; // the second settles what depends on sizes known only after layout
        }
        SDL_Event event;
        while (SDL_PollEvent(&event))
            handle(event);
        desktop.deliver();
        window.draw(program);
        if (frames_left > 0) --frames_left;
    }
    return 0;
}

} // namespace platform
