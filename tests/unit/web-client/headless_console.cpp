#include "tests/unit/web-client/headless_console.h"

using console::Role;

HeadlessConsole::HeadlessConsole(Place place, ImVec2 size) : m_place(place)
{
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = size;
    io.DeltaTime = 1.0f / 60.0f;
    io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures;
    app.start(*this);
}

HeadlessConsole::~HeadlessConsole()
{
    for (ImTextureData* texture : ImGui::GetPlatformIO().Textures)
        texture->SetStatus(ImTextureStatus_Destroyed);
    ImGui::DestroyContext();
}

void HeadlessConsole::frames(int count)
{
    for (; count > 0; --count) {
        ImGui::NewFrame();
        app.draw();
        ImGui::Render();
        for (ImTextureData* texture : *ImGui::GetDrawData()->Textures) {
            if (texture->Status == ImTextureStatus_WantDestroy) {
                texture->SetStatus(ImTextureStatus_Destroyed);
            } else if (texture->Status != ImTextureStatus_OK) {
                texture->SetTexID(1);
                texture->SetStatus(ImTextureStatus_OK);
            }
        }
    }
}

void HeadlessConsole::answer(int status, std::string body)
{
    auto const oldest = sent.front();
    sent.pop_front();
    oldest.on_reply({status, std::move(body)});
    frames();
}

void HeadlessConsole::begin_signed_out()
{
    answer(401, R"({"error":{"code":"unauthorized","message":"Sign in first."}})");
}

console::MirrorNode const* HeadlessConsole::find(Role role, std::string const& text)
{
    std::string field;
    for (auto const& node : app.mirror().nodes()) {
        if (node.role == role && node.text == text) return &node;
        if (node.role == Role::Label && node.text == text) field = node.target;
        if (role == Role::Textbox && !field.empty() && node.key == field) return &node;
    }
    return nullptr;
}

bool HeadlessConsole::says(std::string const& text)
{
    for (auto const& node : app.mirror().nodes())
        if (node.text == text) return true;
    return false;
}

void HeadlessConsole::type(std::string const& label, std::string text)
{
    app.on_mirror_event({platform::MirrorEvent::Kind::Typed, find(Role::Textbox, label)->key, std::move(text)});
    frames();
}

void HeadlessConsole::press(std::string const& name)
{
    app.on_mirror_event({platform::MirrorEvent::Kind::Pressed, find(Role::Button, name)->key, {}});
    frames();
}

void HeadlessConsole::keys(char const* text)
{
    ImGui::GetIO().AddInputCharactersUTF8(text);
    frames();
}

void HeadlessConsole::tap(ImGuiKey key)
{
    ImGui::GetIO().AddKeyEvent(key, true);
    ImGui::GetIO().AddKeyEvent(key, false);
    frames(4);
}

void HeadlessConsole::click(float x, float y)
{
    ImGui::GetIO().AddMousePosEvent(x, y);
    ImGui::GetIO().AddMouseButtonEvent(0, true);
    ImGui::GetIO().AddMouseButtonEvent(0, false);
    frames(5);
}
