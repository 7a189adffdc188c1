#include "shared/base/text.h"

#include <algorithm>

namespace {

bool is_unprintable(char32_t point)
{
    return point < 0x20 || (point >= 0x7F && point < 0xA0) // controls
        || point == 0xAD || point == 0x61C || (point >= 0x200B && point <= 0x200F) // soft hyphen, zero width, direction marks
        || (point >= 0x2028 && point <= 0x202E) || (point >= 0x2060 && point <= 0x206F) // separators, overrides, isolates
        || point == 0xFEFF || (point >= 0xFFF9 && point <= 0xFFFB) || (point >= 0xE0000 && point <= 0xE007F);
}

} // namespace

std::optional<char32_t> next_code_point(std::string_view text, std::size_t& position)
{
    auto const byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    auto const first = byte(position);
    int const more = first < 0x80       ? 0
        : first >= 0xC2 && first < 0xE0 ? 1
        : first >= 0xE0 && first < 0xF0 ? 2
        : first >= 0xF0 && first < 0xF5 ? 3
                                        : -1;
    if (more < 0 || position + static_cast<std::size_t>(more) >= text.size()) return std::nullopt;
    char32_t point = more == 0 ? first : first & (0x3F >> more);
    for (int i = 1; i <= more; ++i) {
        auto const next = byte(position + static_cast<std::size_t>(i));
        if ((next & 0xC0) != 0x80) return std::nullopt;
        point = (point << 6) | (next & 0x3F);
    }
    bool const overlong = (more == 2 && point < 0x800) || (more == 3 && point < 0x10000);
    if (overlong || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return std::nullopt;
    position += static_cast<std::size_t>(more) + 1;
    return point;
}

bool is_valid_utf8(std::string_view text)
{
    for (std::size_t position = 0; position < text.size();)
        if (static_cast<unsigned char>(text[position]) < 0x80)
            ++position;
        else if (!next_code_point(text, position))
            return false;
    return true;
}

std::size_t count_code_points(std::string_view text)
{
    std::size_t count = 0;
    for (char const c : text)
        count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    return count;
}

std::string trimmed(std::string_view text)
{
    auto const first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::string lower_case_ascii(std::string_view text)
{
    std::string lowered(text);
    for (char& c : lowered)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lowered;
}

bool is_printable(std::string_view text)
{
    for (std::size_t position = 0; position < text.size();) {
        auto const point = next_code_point(text, position);
        if (!point || is_unprintable(*point)) return false;
    }
    return true;
}

std::string bounded_data(std::string_view text, std::size_t limit)
{
    std::string kept;
    kept.reserve(std::min(text.size(), 4 * limit));
    std::size_t count = 0;
    for (std::size_t position = 0; position < text.size() && count < limit;) {
        auto const start = position;
        if (char const c = text[position]; c >= ' ' && c < '{') { // nearly everything
            kept += c;
            ++position;
            ++count;
            continue;
        }
        auto const point = next_code_point(text, position);
        if (!point) {
            ++position;
            continue;
        }
        bool const opens_variable = *point == '{' && !kept.empty() && kept.back() == '{';
        if (opens_variable) continue;
        if (is_unprintable(*point))
            kept += ' ';
        else
            kept += text.substr(start, position - start);
        ++count;
    }
    return kept;
}

std::string dollars(std::int64_t micro_dollars)
{
    bool const negative = micro_dollars < 0;
    auto const amount = negative ? -micro_dollars : micro_dollars;
    auto fraction = std::to_string(amount % 1'000'000);
    fraction.insert(0, 6 - fraction.size(), '0');
    while (fraction.size() > 2 && fraction.back() == '0')
        fraction.pop_back();
    return (negative ? "-$" : "$") + std::to_string(amount / 1'000'000) + '.' + fraction;
}

std::optional<std::int64_t> micro_dollars_of(std::string_view text)
{
    constexpr std::size_t longest_whole = 9, longest_fraction = 6;
    auto const point = text.find('.');
    auto const whole = text.substr(0, point);
    auto const fraction = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
    auto const is_digits = [](std::string_view part) { return part.find_first_not_of("0123456789") == std::string_view::npos; };
    if (whole.empty() || whole.size() > longest_whole || fraction.size() > longest_fraction || !is_digits(whole) || !is_digits(fraction)
        || (point != std::string_view::npos && fraction.empty()))
        return {};
    std::int64_t amount = 0;
    for (char const digit : std::string(whole) + std::string(fraction) + std::string(longest_fraction - fraction.size(), '0'))
        amount = amount * 10 + (digit - '0');
    return amount;
}
