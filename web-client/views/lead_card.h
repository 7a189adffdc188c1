#pragma once

#include "web-client/views/view.h"

namespace console {

// Who it is and how it stands, beside what is said with them. Returns its height.
float draw_lead_card(Ui& ui, Rect area, LeadPage const& page, AppState const& state, Commands& commands);
std::string lead_history(Ui const& ui, LeadPage const& page, std::string const& zone); // "3 calls, 6 texts since 2 Nov"
// What a board or a list says of its last contact.
char const* contact_icon(Lead const& lead);
std::string contact_words(Lead const& lead);
ImU32 stage_colour(Ui const& ui, std::string_view stage);

} // namespace console
