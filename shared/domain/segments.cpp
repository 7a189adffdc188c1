#include "shared/domain/segments.h"
#include "shared/base/text.h"

namespace {

constexpr int whole_gsm7 = 160, part_gsm7 = 153; // septets in a text of one piece, and in each of several
constexpr int whole_ucs2 = 70, part_ucs2 = 67; // 16-bit units

// GSM 03.38: the basic alphabet, and what takes an escape and so two places.
constexpr std::u32string_view basic = U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
                                      U"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::u32string_view escaped = U"\f^{}\\[~]|€";

bool contains(std::u32string_view set, char32_t point)
{
    return set.find(point) != std::u32string_view::npos;
}

// A character of two places is never cut in two: a piece that has one place left stays short.
class Packing {
public:
    Packing(int whole, int part) : m_whole(whole), m_part(part) { }

    void add(int places)
    {
        m_total += places;
        if (m_used + places > m_part) {
            ++m_parts;
            m_used = 0;
        }
        m_used += places;
    }
    int segments() const { return m_total == 0 ? 0 : m_total <= m_whole ? 1 : m_parts; }

private:
    int m_whole, m_part;
    int m_total = 0, m_parts = 1, m_used = 0;
};

} // namespace

Segments count_segments(std::string_view utf8)
{
    Segments counted;
    Packing gsm7(whole_gsm7, part_gsm7), ucs2(whole_ucs2, part_ucs2);
    for (std::size_t position = 0; position < utf8.size();) {
        auto const start = position;
        auto const point = next_code_point(utf8, position);
        if (!point) {
            ++position;
            continue;
        }
        ++counted.characters;
        gsm7.add(contains(escaped, *point) ? 2 : 1);
        ucs2.add(*point > 0xFFFF ? 2 : 1);
        if (counted.unicode_because.empty() && !contains(basic, *point) && !contains(escaped, *point))
            counted.unicode_because = utf8.substr(start, position - start);
    }
    bool const is_gsm7 = counted.unicode_because.empty();
    counted.encoding = is_gsm7 ? "gsm7" : "ucs2";
    counted.segments = is_gsm7 ? gsm7.segments() : ucs2.segments();
    return counted;
}
