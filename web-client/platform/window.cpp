#include "web-client/platform/window.h"

#include <SDL.h>
#include <backends/imgui_impl_sdl2.h>
#include <imgui.h>
#include <imgui_internal.h>

namespace platform {

std::string Window::open()
{
    SDL_SetMainReady();
#ifdef __EMSCRIPTEN__
    // Keys belong to the page: text fields and buttons are real elements over the canvas.
    SDL_SetHint(SDL_HINT_EMSCRIPTEN_KEYBOARD_ELEMENT, "#canvas");
#endif
    if (SDL_Init(SDL_INIT_VIDEO) != 0) return SDL_GetError(); // forgets attributes that were set before
#ifdef __EMSCRIPTEN__
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_ES);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 3);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 0);
#else
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_CORE);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 3);
    SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 3);
#endif
    SDL_GL_SetAttribute(SDL_GL_DEPTH_SIZE, 0);
    SDL_GL_SetAttribute(SDL_GL_STENCIL_SIZE, 0);
    SDL_GL_SetAttribute(SDL_GL_ALPHA_SIZE, 8); // before the first picture the page shows through, not black

    auto const flags = SDL_WINDOW_OPENGL | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;
    m_window = SDL_CreateWindow("Dealerline", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, 1280, 800, flags);
    if (!m_window) return SDL_GetError();
    m_context = SDL_GL_CreateContext(m_window);
    if (!m_context) return SDL_GetError();

    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.LogFilename = nullptr;
    ImGui_ImplSDL2_InitForOpenGL(m_window, m_context);
    if (!m_renderer.start()) return "The graphics driver refused our shader.";
    return {};
}

Window::~Window()
{
    if (ImGui::GetCurrentContext()) {
        ImGui_ImplSDL2_Shutdown();
        for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) { // gone with the GL context
            texture->SetTexID(ImTextureID_Invalid);
            texture->SetStatus(ImTextureStatus_Destroyed);
        }
        ImGui::DestroyContext();
    }
    if (m_context) SDL_GL_DeleteContext(m_context);
    if (m_window) SDL_DestroyWindow(m_window);
    SDL_Quit();
}

void Window::handle(SDL_Event const& event)
{
    ImGui_ImplSDL2_ProcessEvent(&event);
    if (event.type == SDL_WINDOWEVENT) m_renderer.forget_picture(); // it may have been covered
    if (event.type == SDL_QUIT) m_closed = true;
}

void Window::handle_waiting()
{
    SDL_Event event;
    while (SDL_PollEvent(&event))
        handle(event);
}

void Window::set_title(std::string const& title)
{
    SDL_SetWindowTitle(m_window, title.c_str());
}

bool Window::draw(Program& program)
{
    ImGui_ImplSDL2_NewFrame();
    ImGui::NewFrame();
    program.draw();
    ImGui::Render();
    bool const is_new = m_renderer.draw(*ImGui::GetDrawData(), program.background());
    if (is_new) SDL_GL_SwapWindow(m_window);
    return is_new;
}

bool Window::has_input_left() const
{
    return !ImGui::GetCurrentContext()->InputEventsQueue.empty();
}

} // namespace platform
