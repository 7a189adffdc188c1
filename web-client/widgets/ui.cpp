#include "web-client/widgets/ui.h"

#include <algorithm>
#include <cmath>

namespace console {

static constexpr float shadow_spread = 22.0f;
static constexpr float shadow_drop = 6.0f;
static constexpr int shadow_layers = 14;

ImU32 with_opacity(ImU32 colour, float opacity)
{
    auto const alpha = static_cast<float>(colour >> IM_COL32_A_SHIFT & 0xff);
    return (colour & ~IM_COL32_A_MASK) | static_cast<ImU32>(std::lround(alpha * opacity)) << IM_COL32_A_SHIFT;
}

void Ui::set_area(ImVec2 origin, ImVec2 size)
{
    m_origin = origin;
    m_size = size;
}

void Ui::reveal_if_focused(std::string_view key, Rect area) const
{
    float const top = ImGui::GetWindowPos().y;
    bool const out_of_sight = area.y < top || area.bottom() > top + m_size.y;
    if (out_of_sight && mirror.took_focus(key)) ImGui::SetScrollFromPosY(area.middle() - top, 0.5f);
}

void Ui::fill(Rect area, ImU32 colour, float radius) const
{
    ImGui::GetWindowDrawList()->AddRectFilled(area.first(), area.last(), colour, radius);
}

void Ui::edge(Rect area, ImU32 colour, float radius, float thickness) const
{
    ImGui::GetWindowDrawList()->AddRect(area.first(), area.last(), colour, radius, 0, thickness);
}

void Ui::shadow(Rect area, float radius) const
{
    float const total = dark() ? 0.42f : 0.085f;
    // Stacked layers: the innermost lies under all others, so that the sum falls off smoothly to nothing at the outer edge.
    for (int layer = 0; layer < shadow_layers; ++layer) {
        float const outward = 1.0f - (static_cast<float>(layer) + 0.5f) / shadow_layers;
        Rect const spread = area.grown(shadow_spread * outward - 6.0f);
        float const opacity = total * 2.0f * (1.0f - outward) / shadow_layers;
        fill({spread.x, spread.y + shadow_drop, spread.w, spread.h}, with_opacity(IM_COL32_BLACK, opacity),
            radius + shadow_spread * outward);
    }
}

void Ui::focus_ring(Rect area, float radius) const
{
    edge(area.grown(3), colours.focus, radius + 3, 2);
}

float Ui::width(std::string_view text, TextStyle const& style) const
{
    return font(style.face)->CalcTextSizeA(style.size, FLT_MAX, 0, text.data(), text.data() + text.size()).x;
}

void Ui::text(float x, float middle, std::string_view text, TextStyle const& style) const
{
    ImVec2 const at{std::floor(x), std::round(middle - style.size / 2)};
    ImGui::GetWindowDrawList()->AddText(font(style.face), style.size, at, style.colour, text.data(), text.data() + text.size());
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
        for (; !word.empty(); word.remove_prefix(1)) {
            bool const begins_character = (word.front() & 0xc0) != 0x80;
            if (begins_character && !lines.back().empty() && width(lines.back() + word.front(), style) > limit) lines.emplace_back();
            lines.back() += word.front();
        }
    }
    return lines;
}

} // namespace console
