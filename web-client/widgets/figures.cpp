#include "web-client/widgets/figures.h"

#include <algorithm>

namespace console {

std::string grouped(std::int64_t count)
{
    auto text = std::to_string(count < 0 ? -count : count);
    for (auto at = static_cast<int>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), 1, ',');
    if (count < 0) text.insert(0, "−");
    return text;
}

std::string in_dollars(std::int64_t micro_dollars, int decimals)
{
    std::int64_t unit = 1'000'000;
    for (int i = 0; i < decimals; ++i)
        unit /= 10;
    auto const units = ((micro_dollars < 0 ? -micro_dollars : micro_dollars) + unit / 2) / unit;
    std::int64_t const whole = units / (1'000'000 / unit), rest = units % (1'000'000 / unit);
    auto fraction = std::to_string(rest);
    fraction.insert(0, static_cast<std::size_t>(std::max(decimals - static_cast<int>(fraction.size()), 0)), '0');
    std::string text = micro_dollars < 0 && units > 0 ? "−$" : "$";
    text.append(grouped(whole));
    return decimals > 0 ? text.append(".").append(fraction) : text;
}

} // namespace console
