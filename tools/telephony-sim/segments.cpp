#include "tools/telephony-sim/segments.h"

#include <string>
#include <vector>

namespace simulator {

namespace {

constexpr std::u32string_view gsm7 = U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
                                     U"¿abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::u32string_view escaped = U"\f^{}\\[~]|€"; // two characters each

std::u32string decoded(std::string_view utf8)
{
    std::u32string out;
    for (size_t i = 0; i < utf8.size();) {
        auto const lead = static_cast<unsigned char>(utf8[i]);
        size_t const length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        auto code = static_cast<char32_t>(length == 1 ? lead : lead & (0xFF >> (length + 1)));
        for (size_t k = 1; k < length && i + k < utf8.size(); ++k)
            code = (code << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3F);
        out += code;
        i += length;
    }
    return out;
}

// No character is torn apart at a segment's end.
int64_t packed(std::vector<int> const& sizes, int whole, int part)
{
    int64_t total = 0;
    for (auto const size : sizes)
        total += size;
    if (total <= whole) return 1;
    int64_t segments = 1;
    int filled = 0;
    for (auto const size : sizes) {
        if (filled + size > part) {
            ++segments;
            filled = 0;
        }
        filled += size;
    }
    return segments;
}

} // namespace

int64_t segments_of(std::string_view utf8)
{
    std::vector<int> septets;
    std::vector<int> units;
    bool is_gsm7 = true;
    for (auto const character : decoded(utf8)) {
        bool const is_plain = gsm7.find(character) != std::u32string_view::npos;
        bool const is_escaped = escaped.find(character) != std::u32string_view::npos;
        is_gsm7 = is_gsm7 && (is_plain || is_escaped);
        septets.push_back(is_escaped ? 2 : 1);
        units.push_back(character > 0xFFFF ? 2 : 1);
    }
    return is_gsm7 ? packed(septets, 160, 153) : packed(units, 70, 67);
}

} // namespace simulator
