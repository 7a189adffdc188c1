#pragma once

#include "web-client/widgets/ui.h"

#include <string>

namespace console {

// Text that is seen and told. The rectangle in the mirror is that of the text.
void heading(Ui& ui, std::string const& key, float x, float middle, std::string const& text, TextStyle const& style);
void paragraph(Ui& ui, std::string const& key, float x, float middle, std::string const& text, TextStyle const& style);
// Several lines, told as a node of this role. `middle` is that of the first line. Returns the height of all lines.
float wrapped(Ui& ui, Role role, std::string const& key, Rect area, float middle, std::string const& text, TextStyle const& style);

// A refusal at the place where it belongs: an icon, what happened, and less loudly what to do about it.
float refusal_height(Ui const& ui, float text_width, std::string const& message);
void draw_refusal(Ui& ui, std::string const& key, Rect area, float middle, std::string const& message);

struct Field {
    std::string key;
    std::string label;
    char const* icon = nullptr;
    bool secret = false; // shown as bullets
    std::string name = {}; // for password managers
    std::string input = "text";
    std::string autocomplete = "off";
    float text_size = 14;
    float room_right = 12; // kept free for a button inside the field
    bool invalid = false;
    std::string described_by = {};
    bool take_focus = false;
};

// The label's capitals are centred 15 above the field. True when Enter was pressed in it (on the desktop; a page submits its form).
bool text_field(Ui& ui, Rect area, Field const& field, std::string& value);

enum class ButtonLook { Primary, Secondary };

struct Button {
    std::string key;
    std::string text;
    ButtonLook look = ButtonLook::Primary;
    bool submits = false;
    double busy_for = -1; // seconds since what it started began; negative when nothing runs
};

// True when it was pressed. While busy its label and width stay and a press is ignored.
bool button(Ui& ui, Rect area, Button const& button);

// An icon in a field or a bar: 28 square or more, with a name. `on` says the state of a toggle.
bool icon_button(Ui& ui, Rect area, std::string const& key, std::string const& name, char const* icon, bool on);

// True when the program has to open the page itself.
bool link(Ui& ui, std::string const& key, float x, float middle, std::string const& text, std::string const& href, TextStyle const& style);

// Four voice bars whose heights follow a D, the last one blue.
void mark(Ui& ui, float x, float y, float size);

// Round, with the first two initials; the text's hash picks the hue.
void avatar(Ui& ui, float x, float y, float size, std::string const& name);

} // namespace console
