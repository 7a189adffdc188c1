#include "web-client/widgets/theme.h"

#include "build/generated/embedded_fonts.h"

#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>

namespace console {

static constexpr unsigned neutral_box = 0x25A1; // for a character that no font has
static constexpr std::array text_faces{Face::Regular, Face::Medium, Face::SemiBold, Face::Display, Face::Mono};

void Fonts::load()
{
    auto const add = [this](Face face, std::span<unsigned char const> data) {
        ImFontConfig config;
        config.FontDataOwnedByAtlas = false;
        config.OversampleH = 2; // spacing that stays right at every density
        config.PixelSnapH = false;
        m_fonts[static_cast<std::size_t>(face)] = ImGui::GetIO().Fonts->AddFontFromMemoryTTF(
            const_cast<unsigned char*>(data.data()), static_cast<int>(data.size()), 13.0f, &config);
    };
    add(Face::Regular, embedded_fonts::inter_regular);
    add(Face::Medium, embedded_fonts::inter_medium);
    add(Face::SemiBold, embedded_fonts::inter_semibold);
    add(Face::Display, embedded_fonts::inter_display_semibold);
    add(Face::Mono, embedded_fonts::jetbrains_mono);
    add(Face::Icons, embedded_fonts::icons);
    add(Face::Bullets, embedded_fonts::bullet);
    for (auto const face : text_faces)
        (*this)[face]->FallbackChar = neutral_box;
}

void Fonts::add_fallback(std::span<unsigned char const> data, float scale)
{
    auto* const atlas = ImGui::GetIO().Fonts;
    for (auto const face : text_faces) {
        auto* const font = (*this)[face];
        // Dear ImGui merges into the last font only.
        auto const at = std::find(atlas->Fonts.begin(), atlas->Fonts.end(), font);
        std::swap(*at, atlas->Fonts.back());
        ImFontConfig config;
        config.MergeMode = true;
        config.FontDataOwnedByAtlas = false;
        config.OversampleH = 2;
        config.PixelSnapH = false;
        config.SizePixels = font->LegacySize * scale;
        atlas->AddFontFromMemoryTTF(const_cast<unsigned char*>(data.data()), static_cast<int>(data.size()), config.SizePixels, &config);
        std::swap(*at, atlas->Fonts.back());
        ImFontAtlasFontDiscardBakes(atlas, font, 0); // they remember what was missing
    }
}

char const* css_family(Face face)
{
    switch (face) {
    case Face::Regular:
        return "Console Regular";
    case Face::Medium:
        return "Console Medium";
    case Face::SemiBold:
        return "Console SemiBold";
    case Face::Display:
        return "Console Display";
    case Face::Mono:
        return "Console Mono";
    case Face::Icons:
    case Face::Bullets:
        break; // never text in the mirror
    }
    return "Console Regular";
}

void apply_style(theme::Tokens const& colours)
{
    ImGuiStyle& style = ImGui::GetStyle();
    style = ImGuiStyle();
    style.FontSizeBase = 13.0f;
    style.WindowPadding = {0.0f, 0.0f};
    style.WindowBorderSize = 0.0f;
    style.ChildBorderSize = 0.0f;
    style.FrameRounding = 6.0f;
    style.PopupRounding = 8.0f;
    style.ChildRounding = 10.0f;
    style.FramePadding = {0.0f, 0.0f};
    style.ItemSpacing = {8.0f, 8.0f};
    style.CellPadding = {8.0f, 0.0f};
    style.ScrollbarSize = 10.0f;
    style.ScrollbarRounding = 5.0f;
    style.GrabRounding = 5.0f;
    style.CircleTessellationMaxError = 0.20f;
    style.CurveTessellationTol = 0.8f;

    auto const set = [&](ImGuiCol at, ImU32 colour) { style.Colors[at] = ImGui::ColorConvertU32ToFloat4(colour); };
    for (ImVec4& colour : style.Colors)
        colour = {0.0f, 0.0f, 0.0f, 0.0f}; // what is not named here is drawn by our own widgets
    set(ImGuiCol_Text, colours.text);
    set(ImGuiCol_TextDisabled, colours.text3);
    set(ImGuiCol_WindowBg, colours.canvas);
    set(ImGuiCol_PopupBg, colours.raised);
    set(ImGuiCol_Border, colours.border);
    set(ImGuiCol_TableBorderLight, colours.line);
    set(ImGuiCol_TableBorderStrong, colours.border);
    set(ImGuiCol_ScrollbarGrab, colours.ctlsoft);
    set(ImGuiCol_ScrollbarGrabHovered, colours.control);
    set(ImGuiCol_ScrollbarGrabActive, colours.control);
    set(ImGuiCol_InputTextCursor, colours.text);
    set(ImGuiCol_ModalWindowDimBg, colours.scrim);
    set(ImGuiCol_TextSelectedBg, colours.accent);
    style.Colors[ImGuiCol_TextSelectedBg].w = 0.28f;
}

} // namespace console
