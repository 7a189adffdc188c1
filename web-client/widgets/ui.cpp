#include "web-client/widgets/ui.h"

#include "web-client/platform/renderer.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace console {

struct Elevation {
    float spread, drop;
    int layers;
    float light, dark; // opacity
};
static constexpr Elevation elevations[] = {{22, 6, 14, 0.085f, 0.42f}, {44, 16, 20, 0.22f, 0.60f}};

ImU32 with_opacity(ImU32 colour, float opacity)
{
    auto const alpha = static_cast<float>(colour >> IM_COL32_A_SHIFT & 0xff);
    return (colour & ~IM_COL32_A_MASK) | static_cast<ImU32>(std::lround(alpha * opacity)) << IM_COL32_A_SHIFT;
}

std::string css_colour(ImU32 colour)
{
    auto const part = [colour](int shift) { return static_cast<unsigned>(colour >> shift & 0xff); };
    char text[8];
    std::snprintf(text, sizeof text, "#%02x%02x%02x", part(IM_COL32_R_SHIFT), part(IM_COL32_G_SHIFT), part(IM_COL32_B_SHIFT));
    return text;
}

unsigned next_character(std::string_view& text)
{
    unsigned character = 0;
    int const length = ImTextCharFromUtf8(&character, text.data(), text.data() + text.size());
    text.remove_prefix(std::clamp<std::size_t>(static_cast<std::size_t>(length), 1, text.size()));
    return character;
}

// Of what is large and opaque only the round corners are drawn, with the rows between them.
static void fill_area(Rect area, ImU32 colour, float radius, bool is_round_below)
{
    constexpr float large = 1 << 14; // square pixels
    auto& list = *ImGui::GetWindowDrawList();
    float const above = std::ceil(radius), below = is_round_below ? above : 0;
    float const height = area.h - above - below;
    auto const corners = is_round_below ? ImDrawFlags_RoundCornersAll : ImDrawFlags_RoundCornersTop;
    if ((colour & IM_COL32_A_MASK) != IM_COL32_A_MASK || height <= 2 || area.w * height < large) {
        list.AddRectFilled(area.first(), area.last(), colour, radius, corners);
        return;
    }
    float const top = area.y + above, bottom = top + height;
    if (above > 0) list.AddRectFilled(area.first(), {area.right(), top + 1}, colour, radius, ImDrawFlags_RoundCornersTop);
    if (below > 0) list.AddRectFilled({area.x, bottom - 1}, area.last(), colour, radius, ImDrawFlags_RoundCornersBottom);
    platform::add_opaque_area(list, {area.x, top, area.right(), bottom, colour});
}

void Ui::fill(Rect area, ImU32 colour, float radius) const
{
    fill_area(area, colour, radius, true);
}

void Ui::fill_top(Rect area, ImU32 colour, float radius) const
{
    fill_area(area, colour, radius, false);
}

void Ui::bubble(Rect area, ImU32 colour, float radius, bool speaks_right) const
{
    fill(area, colour, radius);
    fill({speaks_right ? area.right() - radius : area.x, area.bottom() - radius, radius, radius}, colour, 4);
}

void Ui::line(float x, float y, float width, ImU32 colour) const
{
    fill({x, std::round(y), width, 1}, colour);
}

void Ui::disc(float x, float middle, float radius, ImU32 colour) const
{
    ImGui::GetWindowDrawList()->AddCircleFilled({x, middle}, radius, colour);
}

void Ui::edge(Rect area, ImU32 colour, float radius, float thickness) const
{
    ImGui::GetWindowDrawList()->AddRect(area.first(), area.last(), colour, radius, 0, thickness);
}

void Ui::shadow(Rect area, float radius, int elevation) const
{
    auto const& [spread, drop, layers, light, night] = elevations[elevation - 1];
    float const total = dark() ? night : light;
    // Stacked layers: the innermost lies under all others, so that the sum falls off smoothly to nothing at the outer edge.
    for (int layer = 0; layer < layers; ++layer) {
        float const outward = 1.0f - (static_cast<float>(layer) + 0.5f) / static_cast<float>(layers);
        Rect const grown = area.grown(spread * outward - drop);
        float const opacity = total * 2.0f * (1.0f - outward) / static_cast<float>(layers);
        fill({grown.x, grown.y + drop, grown.w, grown.h}, with_opacity(IM_COL32_BLACK, opacity), radius + spread * outward);
    }
}

void Ui::focus_ring(Rect area, float radius) const
{
    edge(area.grown(3), colours.focus, radius + 3, 2);
}

bool Ui::can_draw(std::string_view text, Face face) const
{
    auto const is_foreign = [](char c) { return (c & 0x80) != 0; };
    if (std::none_of(text.begin(), text.end(), is_foreign)) return true;
    bool can = true;
    while (!text.empty()) {
        auto const character = next_character(text);
        if (character < 0x80 || font(face)->IsGlyphInFont(character)) continue;
        can = false;
        if (missing) missing->insert(character);
    }
    return can;
}

void Ui::leave_out(float x, float middle, std::string_view text) const
{
    if (drawn && !decoration) drawn->push_back({std::floor(x), middle, std::string(text), true});
}

float Ui::width(std::string_view text, TextStyle const& style) const
{
    if (!can_draw(text, style.face) && elements && measure) return measure(text, style);
    return font(style.face)->CalcTextSizeA(style.size, FLT_MAX, 0, text.data(), text.data() + text.size()).x;
}

void Ui::text(float x, float middle, std::string_view text, TextStyle const& style) const
{
    if (is_by_element(text, style)) return leave_out(x, middle, text);
    ImVec2 const at{std::floor(x), std::round(middle - style.size / 2)};
    ImGui::GetWindowDrawList()->AddText(font(style.face), style.size, at, style.colour, text.data(), text.data() + text.size());
    if (drawn && !decoration) drawn->push_back({at.x, middle, std::string(text)});
}

float Ui::text_within(float x, float middle, float limit, std::string_view text, TextStyle const& style) const
{
    float const whole = width(text, style);
    if (whole <= limit) {
        this->text(x, middle, text, style);
        return whole;
    }
    if (is_by_element(text, style)) {
        leave_out(x, middle, text); // cut by the browser
        return limit;
    }
    constexpr std::string_view dots = "…";
    float const room = limit - width(dots, style);
    char const* end = text.data();
    ImGui::PushFont(font(style.face), style.size);
    font(style.face)->CalcTextSizeA(style.size, std::max(room, 0.0f), 0, text.data(), text.data() + text.size(), &end);
    ImGui::PopFont();
    auto kept = text.substr(0, static_cast<std::size_t>(end - text.data()));
    while (!kept.empty() && kept.back() == ' ')
        kept.remove_suffix(1);
    auto const cut = std::string(kept) + std::string(dots);
    this->text(x, middle, cut, style);
    return width(cut, style);
}

void Ui::icon(float centre_x, float middle, char const* icon, float size, ImU32 colour) const
{
    ImVec2 const at{std::round(centre_x - size / 2), std::round(middle - size / 2)};
    ImGui::GetWindowDrawList()->AddText(font(Face::Icons), size, at, colour, icon);
}

std::vector<std::string> Ui::wrap(std::string_view text, TextStyle const& style, float limit) const
{
    std::vector<std::string> lines(1);
    while (!text.empty()) {
        auto const end = std::min(text.find(' '), text.size());
        std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        auto const joined = lines.back().empty() ? std::string(word) : lines.back() + ' ' + std::string(word);
        if (width(joined, style) <= limit) {
            lines.back() = joined;
            continue;
        }
        if (!lines.back().empty()) lines.emplace_back();
        while (!word.empty()) {
            auto rest = word;
            next_character(rest);
            auto const character = word.substr(0, word.size() - rest.size());
            if (!lines.back().empty() && width(lines.back() + std::string(character), style) > limit) lines.emplace_back();
            lines.back() += character;
            word = rest;
        }
    }
    return lines;
}

std::vector<std::string> Ui::wrap_lines(std::string_view text, TextStyle const& style, float limit) const
{
    std::vector<std::string> lines;
    for (;;) {
        auto const end = std::min(text.find('\n'), text.size());
        for (auto& line : wrap(text.substr(0, end), style, limit))
            lines.push_back(std::move(line));
        if (end == text.size()) return lines;
        text.remove_prefix(end + 1);
    }
}

} // namespace console
