#pragma once

#include "web-client/widgets/clock.h"
#include "web-client/widgets/keys.h"
#include "web-client/widgets/mirror.h"
#include "web-client/widgets/theme.h"

#include <imgui.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <set>
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

// Text as it reached the canvas, for a test that holds the mirror against it.
struct DrawnText {
    float x, middle;
    std::string text;
    bool by_element = false; // left out: its element shows it
};

// One frame: what a widget needs to draw itself and to report itself.
class Ui {
public:
    Ui(theme::Tokens const& tokens, Fonts const& fonts, Mirror& reported, Keys& pressed, Clock const& present, bool elements_over_canvas)
        : colours(tokens), mirror(reported), keys(pressed), clock(present), elements(elements_over_canvas), m_fonts(fonts)
    {
    }

    theme::Tokens const& colours;
    Mirror& mirror;
    Keys& keys;
    Clock const& clock;
    // Real elements lie over the canvas: presses, links, typing and scrolling are theirs, we only draw.
    bool const elements;
    bool reduced_motion = false;
    // A dialog lies over what is drawn now: it takes no press and no key.
    bool covered = false;
    bool decoration = false; // what is drawn now carries no words of its own
    std::vector<DrawnText>* drawn = nullptr;
    // How wide the browser makes what our fonts cannot draw; and, on the desktop, what they lack.
    std::function<float(std::string_view text, TextStyle const& style)> measure;
    std::set<unsigned>* missing = nullptr;
    float footer = 0; // height of what stands below the page; toasts keep off it

    // The whole window.
    ImVec2 size() const { return m_size; }
    Rect window() const { return {0, 0, m_size.x, m_size.y}; }
    bool dark() const { return colours.surface != IM_COL32_WHITE; }
    bool compact() const { return m_size.x < 600; }
    void set_size(ImVec2 size) { m_size = size; }

    // A key that was pressed since the last frame. In a field only those that say so: letters are text there.
    bool key(std::string_view name, bool in_fields_too = false) const { return !covered && keys.take(name, in_fields_too); }

    ImFont* font(Face face) const { return m_fonts[face]; }
    void fill(Rect area, ImU32 colour, float radius = 0) const;
    void fill_top(Rect area, ImU32 colour, float radius) const; // rounded above only
    void bubble(Rect area, ImU32 colour, float radius, bool speaks_right) const; // with a sharp corner at whoever speaks
    void edge(Rect area, ImU32 colour, float radius, float thickness = 1) const;
    void line(float x, float y, float width, ImU32 colour) const;
    void disc(float x, float middle, float radius, ImU32 colour) const;
    // Elevation 1: popover, toast, sign-in. 2: dialog, palette.
    void shadow(Rect area, float radius, int elevation = 1) const;
    void focus_ring(Rect area, float radius) const;

    // Whether our fonts have every character.
    bool can_draw(std::string_view text, Face face) const;
    // On the page such a text is not drawn: its element shows itself, in the browser's fonts.
    bool is_by_element(std::string_view text, TextStyle const& style) const { return elements && !can_draw(text, style.face); }
    // Draws nothing; for a test, which has to know.
    void leave_out(float x, float middle, std::string_view text) const;
    float width(std::string_view text, TextStyle const& style) const;
    // `middle` is the middle of the capitals. Positions are floored to whole pixels.
    void text(float x, float middle, std::string_view text, TextStyle const& style) const;
    // Cut with "…" where it is too wide; returns the width.
    float text_within(float x, float middle, float width, std::string_view text, TextStyle const& style) const;
    void icon(float centre_x, float middle, char const* icon, float size, ImU32 colour) const;
    // Breaks at spaces, and inside a word only when the word alone is too long.
    std::vector<std::string> wrap(std::string_view text, TextStyle const& style, float width) const;
    // The same, and where the text itself begins a new line.
    std::vector<std::string> wrap_lines(std::string_view text, TextStyle const& style, float width) const;

    void push_clip(Rect area) const { ImGui::PushClipRect(area.first(), area.last(), true); }
    void pop_clip() const { ImGui::PopClipRect(); }

    // The scroller around what is drawn now; null outside of one.
    class ScrollArea* scroller = nullptr;

    // The picture changes by itself after that many seconds.
    void change_in(double seconds) { m_next_change = std::min(m_next_change, seconds); }
    double next_change() const { return m_next_change; }

private:
    Fonts const& m_fonts;
    ImVec2 m_size;
    double m_next_change = std::numeric_limits<double>::infinity();
};

ImU32 with_opacity(ImU32 colour, float opacity);
std::string css_colour(ImU32 colour);
// The first character, taken off the text; what is no UTF-8 is U+FFFD.
unsigned next_character(std::string_view& text);

} // namespace console
