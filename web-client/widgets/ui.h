#pragma once

#include "web-client/widgets/mirror.h"
#include "web-client/widgets/theme.h"

#include <imgui.h>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace console {

struct Rect {
    float x = 0, y = 0, w = 0, h = 0;

    float right() const { return x + w; }
    float bottom() const { return y + h; }
    float middle() const { return y + h / 2; }
    Rect grown(float by) const { return {x - by, y - by, w + 2 * by, h + 2 * by}; }
    ImVec2 first() const { return {x, y}; }
    ImVec2 last() const { return {right(), bottom()}; }
};

struct TextStyle {
    Face face;
    float size;
    ImU32 colour;
    float line = 0; // line height; 0: the size
};

// One frame: what a widget needs to draw itself and to report itself.
class Ui {
public:
    Ui(theme::Tokens const& tokens, Fonts const& fonts, Mirror& reported, bool elements_over_canvas)
        : colours(tokens), mirror(reported), elements(elements_over_canvas), m_fonts(fonts)
    {
    }

    theme::Tokens const& colours;
    Mirror& mirror;
    // Real elements lie over the canvas: presses, links and typing are theirs, we only draw.
    bool const elements;
    bool reduced_motion = false;

    // The upper left corner of what is drawn; moves up when the window is scrolled.
    ImVec2 origin() const { return m_origin; }
    ImVec2 size() const { return m_size; }
    bool dark() const { return colours.surface != IM_COL32_WHITE; }
    bool compact() const { return m_size.x < 600; }
    void set_area(ImVec2 origin, ImVec2 size);

    ImFont* font(Face face) const { return m_fonts[face]; }
    void fill(Rect area, ImU32 colour, float radius = 0) const;
    void edge(Rect area, ImU32 colour, float radius, float thickness = 1) const;
    // Elevation 1: popover, toast, sign-in.
    void shadow(Rect area, float radius) const;
    void focus_ring(Rect area, float radius) const;

    float width(std::string_view text, TextStyle const& style) const;
    // `middle` is the middle of the capitals. Positions are floored to whole pixels.
    void text(float x, float middle, std::string_view text, TextStyle const& style) const;
    void icon(float centre_x, float middle, char const* icon, float size, ImU32 colour) const;
    // Breaks at spaces, and inside a word only when the word alone is too long.
    std::vector<std::string> wrap(std::string_view text, TextStyle const& style, float width) const;

    // What is drawn goes down to here; the window scrolls when that is below its end.
    void reach(float bottom) { m_bottom = std::max(m_bottom, bottom); }
    float bottom() const { return m_bottom; }
    // Scrolls to what has just taken the focus, if it is out of sight.
    void reveal_if_focused(std::string_view key, Rect area) const;

    // The picture changes by itself after that many seconds.
    void change_in(double seconds) { m_next_change = std::min(m_next_change, seconds); }
    double next_change() const { return m_next_change; }

private:
    Fonts const& m_fonts;
    ImVec2 m_origin;
    ImVec2 m_size;
    float m_bottom = 0;
    double m_next_change = std::numeric_limits<double>::infinity();
};

ImU32 with_opacity(ImU32 colour, float opacity);

} // namespace console
