#pragma once

#include "web-client/state/app_state.h"
#include "web-client/state/commands.h"
#include "web-client/widgets/ui.h"

#include <string>
#include <vector>

namespace console {

// One entry of the list of screens.
struct Screen {
    char const* path; // first part of its address
    char const* title;
    char const* short_title; // under a tab on the phone
    char const* icon;
    char const* key; // "g o": how the keyboard gets there
    bool platform_only;
};
std::vector<Screen> screens_for(Session const& session);
bool is_phone_tab(Session const& session, std::string const& path); // else it is under More
Screen const* screen_of(Session const& session, std::string const& path);
bool leads_somewhere(Session const& session, Address const& address);
std::string home_of(Session const& session); // the address of the first page

// Navigation, top bar, banners; on a phone tabs below. Returns what is left for the page.
Rect draw_shell(Ui& ui, AppState const& state, Commands& commands);

void draw_toasts(Ui& ui, AppState const& state, Commands& commands);

} // namespace console
