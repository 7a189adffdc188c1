#include "web-client/views/card.h"

#include <algorithm>
#include <cmath>

namespace console {

static constexpr float card_width = 372;
static constexpr float padding = 32;
static constexpr float above_centre = 35; // a card in the exact middle looks low
static constexpr float phone_padding = 24;
static constexpr float phone_top = 72;
static constexpr float footer = 52; // kept free below for the version

Rect draw_card(Ui& ui, float page_top, float height, float usual_height)
{
    ImVec2 const origin{0, page_top};
    ImVec2 const size = ui.size();
    if (ui.compact()) {
        float const top = std::min(phone_top, std::max(phone_padding, (size.y - usual_height - footer) / 2));
        ui.fill({origin.x, origin.y, size.x, std::max(size.y, top + height + footer)}, ui.colours.surface);
        return {origin.x + phone_padding, origin.y + top, size.x - 2 * phone_padding, height};
    }
    float const outer = height + 2 * padding;
    float const top = std::max(16.0f, std::floor((size.y - usual_height) / 2 - padding - above_centre));
    Rect const card{origin.x + std::floor((size.x - card_width) / 2), origin.y + top, card_width, outer};
    ui.shadow(card, 12);
    ui.fill(card, ui.colours.surface, 12);
    ui.edge(card, ui.colours.border, 12);
    return {card.x + padding, card.y + padding, card.w - 2 * padding, height};
}

} // namespace console
