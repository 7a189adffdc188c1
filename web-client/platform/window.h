#pragma once

#include "web-client/platform/platform.h"
#include "web-client/platform/renderer.h"

#include <string>

struct SDL_Window;
union SDL_Event;

namespace platform {

// SDL's window with an OpenGL context, and Dear ImGui in it.
class Window {
public:
    Window() = default;
    ~Window();
    Window(Window const&) = delete;
    Window& operator=(Window const&) = delete;

    // Empty, or why it did not work.
    std::string open();
    void handle(SDL_Event const& event);
    void handle_waiting();
    bool closed() const { return m_closed; }
    void set_title(std::string const& title);
    bool draw(Program& program); // whether the picture is a new one
    // Dear ImGui spreads a quick press and release over several frames.
    bool has_input_left() const;
    void forget_picture() { m_renderer.forget_picture(); }
    void restart_renderer() { m_renderer.start(); }

private:
    SDL_Window* m_window = nullptr;
    void* m_context = nullptr;
    Renderer m_renderer;
    bool m_closed = false;
};

} // namespace platform
