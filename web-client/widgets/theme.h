#pragma once

#include "build/generated/theme_tokens.h"

#include <array>
#include <span>

struct ImFont;

namespace console {

enum class Face { Regular, Medium, SemiBold, Display, Mono, Icons, Bullets };
inline constexpr int face_count = 7;

// The embedded fonts. Their box is one em with the capitals in its middle: a size here is a size in CSS.
class Fonts {
public:
    // Into the current Dear ImGui context.
    void load();
    // Asked where the embedded fonts have no glyph. `scale`: of its em to its box.
    void add_fallback(std::span<unsigned char const> font, float scale);
    ImFont* operator[](Face face) const { return m_fonts[static_cast<std::size_t>(face)]; }

private:
    std::array<ImFont*, face_count> m_fonts{};
};

// The CSS name under which the mirror uses the same font.
char const* css_family(Face face);

// Dear ImGui's own colours and sizes, for the few parts of it that are seen.
void apply_style(theme::Tokens const& colours);

} // namespace console
