#pragma once

#include "web-client/widgets/ui.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace console {

// A node that stands where something is drawn.
MirrorNode node_at(Role role, std::string const& key, Rect area);
// Its text, and that it shows itself where the canvas cannot.
void write(Ui const& ui, MirrorNode& node, std::string const& text, TextStyle const& style);

// Text that is seen and told. The rectangle in the mirror is that of the text.
void heading(Ui& ui, std::string const& key, float x, float middle, std::string const& text, TextStyle const& style, int level = 1);
void paragraph(Ui& ui, std::string const& key, float x, float middle, std::string const& text, TextStyle const& style);
// Any role; cut with "…" where it is too wide, told whole. `rank`: a heading's level, a cell's column. Returns the width that is drawn.
float told(Ui& ui, Role role, std::string const& key, Rect area, std::string const& text, TextStyle const& style, bool right = false,
    int rank = 1);
// Several lines, told as a node of this role. `middle` is that of the first line. Returns the height of all lines.
float wrapped(Ui& ui, Role role, std::string const& key, Rect area, float middle, std::string const& text, TextStyle const& style);

// A refusal at the place where it belongs: an icon, what happened, and less loudly what to do about it.
float refusal_height(Ui const& ui, float text_width, std::string const& message);
void draw_refusal(Ui& ui, std::string const& key, Rect area, float middle, std::string const& message);

struct Field {
    std::string key;
    std::string label; // above the field; not drawn when `hides_label`
    char const* icon = nullptr;
    bool secret = false; // shown as bullets
    std::string name = {}; // for password managers
    std::string input = "text";
    std::string autocomplete = "off";
    std::string placeholder = {};
    float text_size = 14;
    Face face = Face::Regular;
    float room_right = 12; // kept free for a button inside the field
    bool hides_label = false;
    bool bare = false; // no frame: something else is its frame
    bool frameless = false; // something else draws the frame, with the same padding
    bool invalid = false;
    std::string described_by = {};
    std::string list = {}; // the list it moves through, and the chosen option
    std::string active = {};
    float line = 0; // height of each of several lines; 0: a field of one
};

// Below and above the text in a field of several lines.
inline constexpr float text_area_padding = 8;
// How high a field of several lines has to be for its text.
float text_area_height(Ui const& ui, float width, Field const& field, std::string const& value);

// The label's capitals are centred 15 above the field. Enter presses the form's button. True when its text changed.
bool text_field(Ui& ui, Rect area, Field const& field, std::string& value);

enum class ButtonLook { Primary, Secondary, Ghost, Danger, Confirm };

struct Button {
    std::string key;
    std::string text;
    ButtonLook look = ButtonLook::Primary;
    char const* icon = nullptr;
    bool submits = false;
    bool disabled = false;
    double busy_for = -1; // seconds since what it started began; negative when nothing runs
    std::string label = {}; // a name that says more than its text
};

// A box before its name; the whole area is the control. True when it was pressed.
bool checkbox(Ui& ui, Rect area, std::string const& key, std::string const& text, bool checked, bool disabled = false);

float button_width(Ui const& ui, Button const& button);
// True when it was pressed. While busy its label and width stay and a press is ignored.
bool button(Ui& ui, Rect area, Button const& button);

// An icon in a field or a bar: 28 square or more, with a name. `on`: the state of a toggle.
bool icon_button(Ui& ui, Rect area, std::string const& key, std::string const& name, char const* icon, std::optional<bool> on = {});

// Leads to an address of the console ("#/…") or to another page. True when the program has to go there itself.
bool link(Ui& ui, std::string const& key, float x, float middle, std::string const& text, std::string const& href, TextStyle const& style);

struct Press {
    bool hovered = false;
    bool held = false;
    bool shows_focus = false;
    bool pressed = false;
};
// Claims one item of Dear ImGui and asks both it and the mirror what happened. The caller reports the node.
Press claim(Ui& ui, Rect area, std::string const& key);

// Two to four choices side by side; returns the new choice when one was pressed.
std::optional<int> segmented(
    Ui& ui, Rect area, std::string const& key, std::string const& label, std::span<std::string const> choices, int chosen);

float segmented_width(Ui const& ui, std::span<std::string const> choices);

// Four voice bars whose heights follow a D, the last one blue.
void mark(Ui& ui, float x, float y, float size);

enum class AvatarShape { Person, Organization };
// The first two initials; the text's hash picks the hue. Says nothing.
void avatar(Ui& ui, float x, float y, float size, std::string const& name, AvatarShape shape = AvatarShape::Person);

enum class Tone { Ok, Attention, Failed, UnderWay, Off };
void tone_mark(Ui& ui, float x, float middle, Tone tone); // 8 wide: a disc, a triangle, a square, a ring, a grey disc
float pill_width(Ui const& ui, std::string const& text);
void pill(Ui& ui, std::string const& key, float x, float middle, Tone tone, std::string const& text);
// In tables: what is fine is a dot and grey text, all else a pill.
void state_label(Ui& ui, std::string const& key, float x, float middle, Tone tone, std::string const& text);
float key_cap(Ui& ui, float x, float middle, std::string const& key); // decoration; returns its width
void spinner(Ui& ui, float x, float middle, ImU32 colour);

// A sheet's section: border and surface.
void card(Ui& ui, Rect area, float radius = 10);

// How much of a whole is used, with a tick where it may end; the colour turns at 85 % and at 100.
void meter(Ui& ui, Rect area, double share, double forecast = -1);

// Grey bars where text will be; still, fading downwards.
void loading_bars(Ui& ui, Rect area, float pitch, double asked_for);

struct Empty {
    char const* icon;
    std::string title;
    std::string text;
};
// In the middle of the area; returns where something to do can stand below it.
float empty(Ui& ui, std::string const& key, Rect area, Empty const& what);

// What happened, in a tint with an icon. Returns its height.
float banner(Ui& ui, std::string const& key, Rect area, Tone tone, std::string const& title, std::string const& text);
float banner_height(Ui const& ui, float width, std::string const& title, std::string const& text);

// Name left, value right, a hairline above; returns whether the copy button was pressed.
bool fact(
    Ui& ui, std::string const& key, Rect area, std::string const& name, std::string const& value, bool mono = false, bool copyable = false);

} // namespace console
