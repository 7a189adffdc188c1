#include "web-client/widgets/controls.h"

#include "build/generated/icon_codes.h"
#include "web-client/widgets/scroll_area.h"

#include <imgui_internal.h>
#include <misc/cpp/imgui_stdlib.h>

#include <algorithm>
#include <cmath>

namespace console {

static constexpr double spinner_delay = 0.4; // seconds; what is faster shows none
static constexpr double frame_time = 1.0 / 60.0;
static constexpr double quiet_time = 0.2; // seconds; what comes sooner shows no bars

MirrorNode node_at(Role role, std::string const& key, Rect area)
{
    MirrorNode node{.role = role, .key = key};
    node.x = area.x;
    node.y = area.y;
    node.w = area.w;
    node.h = area.h;
    return node;
}

void write(Ui const& ui, MirrorNode& node, std::string const& text, TextStyle const& style)
{
    node.text = text;
    node.size = style.size;
    node.line = style.line;
    node.face = css_family(style.face);
    if (ui.is_by_element(text, style)) node.colour = css_colour(style.colour);
}

static MirrorNode at(Ui const& ui, Role role, std::string const& key, Rect area, std::string const& text, TextStyle const& style)
{
    auto node = node_at(role, key, area);
    write(ui, node, text, style);
    return node;
}

static Rect text_area(Ui const& ui, float x, float middle, std::string const& text, TextStyle const& style)
{
    return {std::floor(x), std::round(middle - style.size / 2) - 2, std::ceil(ui.width(text, style)) + 1, style.size + 4};
}

// Two pixels above and below, so that nothing that hangs out of the line is cut.
static MirrorNode text_node(Ui const& ui, Role role, std::string const& key, Rect area, std::string const& text, TextStyle const& style)
{
    auto node = at(ui, role, key, area, text, style);
    node.line = area.h;
    return node;
}

void heading(Ui& ui, std::string const& key, float x, float middle, std::string const& text, TextStyle const& style, int level)
{
    ui.text(x, middle, text, style);
    auto node = text_node(ui, Role::Heading, key, text_area(ui, x, middle, text, style), text, style);
    node.level = level;
    ui.mirror.add(std::move(node));
}

void paragraph(Ui& ui, std::string const& key, float x, float middle, std::string const& text, TextStyle const& style)
{
    ui.text(x, middle, text, style);
    ui.mirror.add(text_node(ui, Role::Text, key, text_area(ui, x, middle, text, style), text, style));
}

float told(Ui& ui, Role role, std::string const& key, Rect area, std::string const& text, TextStyle const& style, bool right, int rank)
{
    float const whole = ui.width(text, style);
    float const x = right ? std::max(area.right() - std::ceil(whole), area.x) : area.x;
    float const drawn = ui.text_within(x, area.middle(), area.right() - x, text, style);
    Rect const place{std::floor(x), std::round(area.middle() - style.size / 2) - 2,
        std::min(std::ceil(whole) + 1, area.right() - std::floor(x)), style.size + 4};
    auto node = text_node(ui, role, key, place, text, style);
    (role == Role::Cell ? node.index : node.level) = rank;
    if (drawn < whole) node.title = text;
    ui.mirror.add(std::move(node));
    return drawn;
}

float wrapped(Ui& ui, Role role, std::string const& key, Rect area, float middle, std::string const& text, TextStyle const& style)
{
    auto const lines = ui.wrap_lines(text, style, area.w);
    bool const by_element = ui.is_by_element(text, style);
    std::string whole;
    for (std::size_t line = 0; line < lines.size(); ++line) {
        float const line_middle = middle + static_cast<float>(line) * style.line;
        if (by_element)
            ui.leave_out(area.x, line_middle, lines[line]);
        else
            ui.text(area.x, line_middle, lines[line], style);
        // A line that broke inside a word must not gain a space.
        whole += lines[line];
        if (line + 1 == lines.size() || whole.size() >= text.size()) continue;
        char const between = text[whole.size()];
        if (between == ' ' || between == '\n') whole += between;
    }
    float const height = static_cast<float>(lines.size()) * style.line;
    auto node = at(
        ui, role, key, {area.x, std::round(middle - style.size / 2) - (style.line - style.size) / 2, area.w + 1, height}, whole, style);
    node.wraps = true;
    ui.mirror.add(std::move(node));
    return height;
}

static constexpr float refusal_line = 19;
static constexpr float refusal_indent = 22;

struct RefusalLines {
    std::vector<std::string> cause; // the first sentence
    std::vector<std::string> advice;
};

static RefusalLines refusal_lines(Ui const& ui, float text_width, std::string const& message)
{
    auto const end = message.find(". ");
    auto const cause = end == std::string::npos ? message : message.substr(0, end + 1);
    auto const advice = end == std::string::npos ? std::string() : message.substr(end + 2);
    RefusalLines lines{ui.wrap(cause, {Face::Medium, 13, 0}, text_width), {}};
    if (!advice.empty()) lines.advice = ui.wrap(advice, {Face::Regular, 13, 0}, text_width);
    return lines;
}

float refusal_height(Ui const& ui, float text_width, std::string const& message)
{
    auto const lines = refusal_lines(ui, text_width, message);
    return static_cast<float>(lines.cause.size() + lines.advice.size()) * refusal_line;
}

void draw_refusal(Ui& ui, std::string const& key, Rect area, float middle, std::string const& message)
{
    float const text_width = area.w - refusal_indent;
    auto const lines = refusal_lines(ui, text_width, message);
    ui.icon(area.x + 8, middle + 0.5f, icon::circle_alert, 16, ui.colours.bad);
    TextStyle const loud{Face::Medium, 13, ui.colours.bad, refusal_line};
    TextStyle const quiet{Face::Regular, 13, ui.colours.text2, refusal_line};
    float const top = middle - refusal_line / 2;
    bool const by_element = ui.is_by_element(message, loud);
    auto const draw = [&](std::vector<std::string> const& part, TextStyle const& style) {
        for (auto const& line : part) {
            if (by_element)
                ui.leave_out(area.x + refusal_indent, middle, line);
            else
                ui.text(area.x + refusal_indent, middle, line, style);
            middle += refusal_line;
        }
    };
    draw(lines.cause, loud);
    draw(lines.advice, quiet);
    auto node = at(ui, Role::Alert, key, {area.x + refusal_indent, top, text_width + 1, middle - refusal_line / 2 - top}, message, loud);
    node.wraps = true;
    ui.mirror.add(std::move(node));
}

Press claim(Ui& ui, Rect area, std::string const& key)
{
    if (ui.covered) {
        ui.mirror.take_press(key);
        return {};
    }
    ui.mirror.settle_focus(key);
    if (ui.scroller && ui.mirror.took_focus(key) && !ui.elements) ui.scroller->reveal(area.grown(4));
    ImGui::SetCursorScreenPos(area.first());
    bool const clicked = ImGui::InvisibleButton(key.c_str(), {area.w, area.h});
    Press press{.hovered = ImGui::IsItemHovered(), .held = ImGui::IsItemActive()};
    if (clicked && !ui.elements) ui.mirror.focus(key, false);
    press.shows_focus = ui.mirror.shows_focus(key);
    press.pressed = ui.mirror.take_press(key) || (clicked && !ui.elements);
    return press;
}

static void draw_field_frame(Ui& ui, Rect area, Field const& field, bool focused)
{
    ui.fill(area, ui.dark() ? ui.colours.sunken : ui.colours.surface, 6);
    ImU32 const colour = field.invalid ? ui.colours.baddot : focused ? ui.colours.focus : ui.colours.control;
    if (focused) ui.edge(area.grown(2.5f), with_opacity(colour, 0.22f), 8.5f, 3);
    ui.edge(area, colour, 6, focused || field.invalid ? 2 : 1);
}

// Dear ImGui's own field, for where no real element lies over the canvas.
static bool draw_input(Ui& ui, Rect text_area, Field const& field, std::string& value)
{
    float const top = field.line > 0 ? text_area.y + text_area_padding : std::round(text_area.middle() - field.text_size / 2);
    ImGui::SetCursorScreenPos({text_area.x, top});
    ImGui::SetNextItemWidth(text_area.w);
    ImGui::PushFont(ui.font(field.secret ? Face::Bullets : field.face), field.text_size);
    if (ui.mirror.took_focus(field.key)) ImGui::SetKeyboardFocusHere();
    auto const name = "##" + field.key;
    bool const changed = field.line > 0
        ? ImGui::InputTextMultiline(
            name.c_str(), &value, {text_area.w, text_area.h - 2 * text_area_padding}, ImGuiInputTextFlags_NoHorizontalScroll)
        : ImGui::InputText(name.c_str(), &value, field.secret ? ImGuiInputTextFlags_Password : ImGuiInputTextFlags_None);
    if (ImGui::IsItemActivated()) ui.mirror.focus(field.key, true);
    if (ui.mirror.has_focus(field.key)) {
        if (ImGui::IsItemDeactivated() && !ui.mirror.took_focus(field.key)) ui.mirror.blur(field.key);
    } else if (ImGui::IsItemActive()) {
        ImGui::ClearActiveID(); // a key took the focus elsewhere
    }
    ImGui::PopFont();
    return changed;
}

static float inner_left(Field const& field)
{
    return field.bare ? 0 : field.icon ? 34 : 12;
}

float text_area_height(Ui const& ui, float width, Field const& field, std::string const& value)
{
    auto const lines = ui.wrap_lines(value, {field.face, field.text_size, 0}, width - inner_left(field) - field.room_right - 1);
    return static_cast<float>(lines.size()) * field.line + 2 * text_area_padding;
}

bool text_field(Ui& ui, Rect area, Field const& field, std::string& value)
{
    TextStyle const label{Face::Medium, 13, ui.colours.text};
    if (!field.hides_label) {
        float const label_middle = area.y - 15;
        ui.text(area.x, label_middle, field.label, label);
        auto label_node
            = text_node(ui, Role::Label, field.key + "-label", text_area(ui, area.x, label_middle, field.label, label), field.label, label);
        label_node.target = field.key;
        ui.mirror.add(std::move(label_node));
    }

    if (!ui.covered) ui.mirror.settle_focus(field.key);
    bool changed = false;
    if (auto typed = ui.mirror.take_text(field.key); typed && !ui.covered) {
        changed = value != *typed;
        value = *typed;
    }
    float const left = inner_left(field);
    bool const is_multiline = field.line > 0;
    float const first_middle = is_multiline ? area.y + text_area_padding + field.line / 2 : area.middle();
    if (ui.scroller && !ui.elements && ui.mirror.took_focus(field.key)) ui.scroller->reveal(area.grown(4));
    if (!field.bare && !field.frameless) draw_field_frame(ui, area, field, ui.mirror.has_focus(field.key) && !ui.covered);
    if (field.icon) ui.icon(area.x + 19, area.middle(), field.icon, 16, ui.colours.text2);
    Rect const inner{area.x + left, area.y, area.w - left - field.room_right, area.h};
    TextStyle const style{field.face, field.text_size, ui.colours.text};
    if (value.empty() && !field.placeholder.empty()) {
        ui.decoration = true; // told as the placeholder
        ui.text_within(inner.x, first_middle, inner.w, field.placeholder, {field.face, field.text_size, ui.colours.text3});
        ui.decoration = false;
    }
    if (ui.covered) {
        std::string const shown = field.secret ? std::string(value.size(), '*') : value;
        TextStyle const covered_style{field.secret ? Face::Bullets : field.face, field.text_size, ui.colours.text};
        ui.decoration = true; // the element has it as its value
        if (is_multiline) {
            float middle = first_middle;
            for (auto const& line : ui.wrap_lines(value, style, inner.w - 1)) {
                if (middle + field.line / 2 > area.bottom()) break;
                ui.text(inner.x, middle, line, style);
                middle += field.line;
            }
        } else {
            ui.text_within(inner.x, area.middle(), inner.w, shown, covered_style);
        }
        ui.decoration = false;
    } else if (!ui.elements) {
        changed |= draw_input(ui, inner, field, value);
    }

    auto node = at(ui, Role::Textbox, field.key, area, {}, style);
    node.value = value;
    if (field.hides_label) node.label = field.label;
    node.input = field.secret ? "password" : field.input;
    node.name = field.name;
    node.line = is_multiline ? field.line : area.h - 2; // the whole height, else descenders are cut
    node.multiline = is_multiline;
    node.autocomplete = field.autocomplete;
    node.placeholder = field.placeholder;
    node.left = left;
    node.right = field.room_right;
    node.invalid = field.invalid;
    node.described_by = field.described_by;
    node.hidden_text = ui.covered && !ui.is_by_element(value, style);
    node.target = field.list;
    node.active = field.active;
    ui.mirror.add(std::move(node));
    return changed;
}

bool checkbox(Ui& ui, Rect area, std::string const& key, std::string const& text, bool checked, bool disabled)
{
    Press const press = claim(ui, area, key);
    auto const& colours = ui.colours;
    if (press.hovered && !disabled) ui.fill(area.grown(4), colours.hover, 6);
    Rect const box{area.x, std::round(area.middle() - 8), 16, 16};
    if (checked)
        ui.fill(box, disabled ? colours.text3 : colours.accentfill, 4);
    else
        ui.edge(box, disabled ? colours.ctlsoft : colours.control, 4);
    if (checked) ui.icon(box.x + 8, box.middle(), icon::check, 12, colours.onaccent);
    if (press.shows_focus) ui.focus_ring(box, 4);
    TextStyle const style{Face::Medium, 13, disabled ? colours.text3 : colours.text};
    ui.text_within(area.x + 26, area.middle(), area.w - 26, text, style);
    auto node = at(ui, Role::Checkbox, key, area, text, style);
    node.line = area.h;
    node.left = 26;
    node.selected = checked;
    node.disabled = disabled;
    ui.mirror.add(std::move(node));
    return press.pressed && !disabled;
}

void meter(Ui& ui, Rect area, double share, double forecast)
{
    auto const& c = ui.colours;
    ui.fill(area, c.mutebg, area.h / 2);
    auto const within = [&](double part) { return area.w * static_cast<float>(std::clamp(part, 0.0, 1.0)); };
    if (share > 0)
        ui.fill({area.x, area.y, std::max(within(share), area.h), area.h},
            share >= 1          ? c.baddot
                : share >= 0.85 ? c.warndot
                                : c.c1,
            area.h / 2);
    if (forecast >= 0) ui.fill({std::round(area.x + within(forecast)) - 1, area.y - 3, 2, area.h + 6}, c.text);
}

void spinner(Ui& ui, float x, float middle, ImU32 colour)
{
    auto const turn = ui.reduced_motion ? 0.0f : static_cast<float>(std::fmod(ImGui::GetTime(), 1.0)) * 2.0f * IM_PI;
    auto* const list = ImGui::GetWindowDrawList();
    list->PathArcTo({x, middle}, 6.0f, turn, turn + 1.5f * IM_PI);
    list->PathStroke(colour, 0, 2.0f);
    if (!ui.reduced_motion) ui.change_in(frame_time);
}

static TextStyle button_style(float height, ImU32 colour)
{
    return {Face::Medium, height > 36 ? 14.0f : 13.0f, colour};
}

float button_width(Ui const& ui, Button const& button)
{
    float const icon = button.icon ? 22 : 0;
    return std::ceil(ui.width(button.text, button_style(ui.compact() ? 44 : 32, 0))) + icon + 24;
}

bool button(Ui& ui, Rect area, Button const& button)
{
    bool const busy = button.busy_for >= 0;
    Press const press = claim(ui, area, button.key);
    auto const& colours = ui.colours;
    bool const lit = (press.hovered || press.held) && !busy && !button.disabled;
    ImU32 text = colours.text;
    ImU32 const quiet_fill = press.held ? colours.navsel : colours.hover;
    switch (button.disabled ? ButtonLook::Secondary : button.look) {
    case ButtonLook::Primary:
        ui.fill(area, lit ? colours.inkhover : colours.ink, 6);
        text = colours.onink;
        break;
    case ButtonLook::Confirm:
        ui.fill(area, colours.badfill, 6);
        text = colours.onbad;
        break;
    case ButtonLook::Ghost:
        if (lit) ui.fill(area, quiet_fill, 6);
        text = colours.text2;
        break;
    case ButtonLook::Secondary:
    case ButtonLook::Danger:
        ui.fill(area, button.disabled ? colours.mutebg : lit ? quiet_fill : colours.surface, 6);
        ui.edge(area, colours.ctlsoft, 6);
        if (button.look == ButtonLook::Danger) text = colours.bad;
        break;
    }
    if (button.disabled) text = colours.text3;
    if (press.shows_focus) ui.focus_ring(area, 6);

    auto const style = button_style(area.h, text);
    float const icon_room = button.icon ? 22 : 0;
    float const x = area.x + (area.w - ui.width(button.text, style) - icon_room) / 2;
    ui.text(x + icon_room, area.middle(), button.text, style);
    bool const spins = busy && button.busy_for >= spinner_delay;
    if (busy && !spins) ui.change_in(spinner_delay - button.busy_for);
    if (spins)
        spinner(ui, button.icon ? x + 7 : x - 18, area.middle(), text);
    else if (button.icon)
        ui.icon(x + 7, area.middle(), button.icon, 15, text);

    auto node = at(ui, Role::Button, button.key, area, button.text, style);
    node.line = area.h;
    node.label = button.label;
    node.submits = button.submits;
    node.busy = busy;
    node.disabled = button.disabled;
    ui.mirror.add(std::move(node));
    return press.pressed && !busy && !button.disabled;
}

bool icon_button(Ui& ui, Rect area, std::string const& key, std::string const& name, char const* icon, std::optional<bool> on)
{
    Press const press = claim(ui, area, key);
    if (press.hovered) ui.fill(area, press.held ? ui.colours.navsel : ui.colours.hover, 6);
    if (press.shows_focus) ui.edge(area, ui.colours.focus, 6, 2);
    ui.icon(area.x + area.w / 2, area.middle(), icon, 16, ui.colours.text2);
    auto node = node_at(Role::Button, key, area);
    node.pressed = on;
    node.title = name; // which names it too
    ui.mirror.add(std::move(node));
    return press.pressed;
}

bool link(Ui& ui, std::string const& key, float x, float middle, std::string const& text, std::string const& href, TextStyle const& style)
{
    Rect const area = text_area(ui, x, middle, text, style);
    Rect const target{area.x - 4, middle - 14, area.w + 8, 28};
    Press const press = claim(ui, target, key);
    ui.text(x, middle, text, style);
    if (press.hovered) ui.fill({area.x, std::round(middle + style.size * 0.5f), area.w - 1, 1}, style.colour);
    if (press.shows_focus) ui.focus_ring(area.grown(1), 4);
    auto node = at(ui, Role::Link, key, target, text, style);
    node.line = target.h;
    node.left = 4;
    node.href = href;
    ui.mirror.add(std::move(node));
    return press.pressed;
}

static float segment_width(Ui const& ui, std::string const& text)
{
    return std::ceil(ui.width(text, {Face::Medium, 13, 0})) + 22;
}

std::optional<int> segmented(
    Ui& ui, Rect area, std::string const& key, std::string const& label, std::span<std::string const> choices, int chosen)
{
    std::optional<int> pressed;
    ui.fill(area, ui.colours.mutebg, 7);
    MirrorScope const group(ui.mirror, {.role = Role::Group, .key = key, .label = label});
    float x = area.x + 2;
    for (int i = 0; i < static_cast<int>(choices.size()); ++i) {
        auto const& text = choices[static_cast<std::size_t>(i)];
        bool const on = i == chosen;
        TextStyle const style{Face::Medium, 13, on ? ui.colours.text : ui.colours.text2};
        Rect const part{x, area.y + 2, segment_width(ui, text), area.h - 4};
        auto const part_key = key + "-" + std::to_string(i);
        Press const press = claim(ui, part, part_key);
        if (on) {
            ui.fill(part, ui.colours.surface, 5);
            ui.edge(part, ui.colours.ctlsoft, 5);
        }
        if (press.shows_focus) ui.focus_ring(part.grown(-2), 5);
        ui.text(part.x + 11, part.middle(), text, style);
        auto node = at(ui, Role::Button, part_key, part, text, style);
        node.line = part.h;
        node.left = 11;
        node.pressed = on;
        ui.mirror.add(std::move(node));
        if (press.pressed) pressed = i;
        x += part.w;
    }
    return pressed;
}

float segmented_width(Ui const& ui, std::span<std::string const> choices)
{
    float width = 4;
    for (auto const& text : choices)
        width += segment_width(ui, text);
    return width;
}

void mark(Ui& ui, float x, float y, float size)
{
    float const unit = size / 16;
    float const heights[] = {16, 15.2f, 12.4f, 6.4f};
    for (int bar = 0; bar < 4; ++bar) {
        float const height = heights[bar] * unit;
        Rect const area{x + static_cast<float>(bar) * 4.4f * unit, y + (size - height) / 2, 2.8f * unit, height};
        ui.fill(area, bar == 3 ? ui.colours.accent : ui.colours.text, 1.4f * unit);
    }
}

static unsigned upper(unsigned character)
{
    if (character < 0x80) return static_cast<unsigned>(std::toupper(static_cast<int>(character)));
    if (character >= 0xE0 && character <= 0xFE && character != 0xF7) return character - 0x20;
    // Latin Extended-A has capitals and small letters in turn; in two stretches the capitals are the odd ones.
    bool const odd_capitals = (character >= 0x139 && character <= 0x148) || (character >= 0x179 && character <= 0x17E);
    bool const in_turn = (character >= 0x100 && character <= 0x137) || (character >= 0x14A && character <= 0x177) || odd_capitals;
    return in_turn && (character % 2 == 1) != odd_capitals ? character - 1 : character;
}

// Of the first two words; those that our fonts lack are left out.
static std::string initials(Ui const& ui, std::string_view name)
{
    std::string result;
    int found = 0;
    for (bool begins = true; !name.empty() && found < 2;) {
        auto const character = next_character(name);
        if (character == '@') break;
        bool const is_punctuation = (character >= 0x80 && character < 0xC0) || (character >= 0x2000 && character < 0x2C00)
            || (character >= 0x3000 && character < 0x3040);
        bool const is_letter = character < 0x80 ? std::isalnum(static_cast<int>(character)) != 0 : !is_punctuation;
        char letter[5];
        ImTextCharToUtf8(letter, upper(character));
        if (is_letter && begins && ui.can_draw(letter, Face::SemiBold)) {
            result += letter;
            ++found;
        }
        begins = !is_letter;
    }
    return result;
}

void avatar(Ui& ui, float x, float y, float size, std::string const& name, AvatarShape shape)
{
    unsigned hash = 2166136261u; // FNV-1a
    for (char const letter : name)
        hash = (hash ^ static_cast<unsigned char>(letter)) * 16777619u;
    auto const& hue = ui.colours.avatars[hash % ui.colours.avatars.size()];
    ui.fill({x, y, size, size}, hue.fill, shape == AvatarShape::Person ? size / 2 : size / 4);
    TextStyle const style{Face::SemiBold, std::round(size * 0.42f), hue.text};
    auto const text = initials(ui, name);
    if (text.empty()) {
        auto const* const symbol = shape == AvatarShape::Person ? icon::users : icon::store;
        return ui.icon(x + size / 2, y + size / 2, symbol, std::round(size * 0.5f), hue.text);
    }
    ui.decoration = true;
    ui.text(x + (size - ui.width(text, style)) / 2, y + size / 2, text, style);
    ui.decoration = false;
}

void tone_mark(Ui& ui, float x, float middle, Tone tone)
{
    auto* const list = ImGui::GetWindowDrawList();
    auto const& colours = ui.colours;
    switch (tone) {
    case Tone::Ok:
        return ui.disc(x + 3, middle, 3, colours.okdot);
    case Tone::Off:
        return ui.disc(x + 3, middle, 3, colours.mutedot);
    case Tone::UnderWay:
        return list->AddCircle({x + 3.5f, middle}, 3, colours.infodot, 0, 2);
    case Tone::Failed:
        return ui.fill({x, middle - 3.5f, 7, 7}, colours.baddot, 1);
    case Tone::Attention:
        return list->AddTriangleFilled({x + 4, middle - 4}, {x + 8.5f, middle + 4}, {x - 0.5f, middle + 4}, colours.warndot);
    }
}

struct ToneColours {
    ImU32 text, fill;
};
static ToneColours colours_of(Ui const& ui, Tone tone)
{
    auto const& c = ui.colours;
    switch (tone) {
    case Tone::Ok:
        return {c.ok, c.okbg};
    case Tone::Attention:
        return {c.warn, c.warnbg};
    case Tone::Failed:
        return {c.bad, c.badbg};
    case Tone::UnderWay:
        return {c.info, c.infobg};
    case Tone::Off:
        break;
    }
    return {c.mute, c.mutebg};
}

float pill_width(Ui const& ui, std::string const& text)
{
    return std::ceil(ui.width(text, {Face::Medium, 12, 0})) + 30;
}

void pill(Ui& ui, std::string const& key, float x, float middle, Tone tone, std::string const& text)
{
    auto const [colour, fill] = colours_of(ui, tone);
    ui.fill({x, std::round(middle - 10), pill_width(ui, text), 20}, fill, 10);
    tone_mark(ui, x + 8, middle, tone);
    paragraph(ui, key, x + 20, middle, text, {Face::Medium, 12, colour});
}

void state_label(Ui& ui, std::string const& key, float x, float middle, Tone tone, std::string const& text)
{
    if (tone != Tone::Ok) return pill(ui, key, x, middle, tone, text);
    tone_mark(ui, x + 8, middle, tone);
    paragraph(ui, key, x + 20, middle, text, {Face::Regular, 13, ui.colours.text2});
}

float key_cap(Ui& ui, float x, float middle, std::string const& key)
{
    TextStyle const style{Face::Medium, 11, ui.colours.text2};
    float const width = std::max(std::ceil(ui.width(key, style)) + 10, 18.0f);
    Rect const area{std::floor(x), std::round(middle - 9), width, 18};
    ui.edge(area, ui.colours.ctlsoft, 4);
    ui.decoration = true;
    ui.text(area.x + (width - ui.width(key, style)) / 2, middle, key, style);
    ui.decoration = false;
    return width;
}

void card(Ui& ui, Rect area, float radius)
{
    ui.fill(area, ui.colours.surface, radius);
    ui.edge(area, ui.colours.border, radius);
}

void loading_bars(Ui& ui, Rect area, float pitch, double asked_for)
{
    if (asked_for < quiet_time) return ui.change_in(quiet_time - asked_for);
    float const widths[] = {0.34f, 0.52f, 0.28f, 0.46f};
    int const count = static_cast<int>(area.h / pitch);
    for (int row = 0; row < count && row < 12; ++row) {
        float const strength = 1.0f - static_cast<float>(row) / 12.0f;
        float const y = area.y + (static_cast<float>(row) + 0.5f) * pitch - 5;
        ui.fill({area.x, y, area.w * widths[row % 4], 10}, with_opacity(ui.colours.mutebg, strength), 5);
    }
}

float empty(Ui& ui, std::string const& key, Rect area, Empty const& what)
{
    float const width = std::min(area.w - 32, 360.0f);
    TextStyle const title{Face::Display, 18, ui.colours.text, 24};
    TextStyle const text{Face::Regular, 13, ui.colours.text2, 20};
    float const x = area.x + (area.w - width) / 2;
    float y = area.y + std::max((area.h - 200) * 0.4f, 16.0f);
    Rect const tile{area.x + area.w / 2 - 28, y, 56, 56};
    ui.fill(tile, ui.colours.mutebg, 14);
    ui.icon(tile.x + 28, tile.middle(), what.icon, 26, ui.colours.text2);
    y += 56 + 28;
    auto const middle_of = [&](std::string const& line, TextStyle const& style) { return area.x + (area.w - ui.width(line, style)) / 2; };
    if (ui.width(what.title, title) <= width) {
        heading(ui, key + "-title", middle_of(what.title, title), y, what.title, title, 2);
        y += 28;
    } else {
        y += wrapped(ui, Role::Text, key + "-title", {x, y, width, 0}, y, what.title, title) + 4;
    }
    auto const lines = ui.wrap(what.text, text, width);
    for (std::size_t line = 0; line < lines.size(); ++line) {
        paragraph(ui, key + "-text" + std::to_string(line), middle_of(lines[line], text), y, lines[line], text);
        y += text.line;
    }
    return y + 8;
}

static float lines_of(Ui const& ui, float width, std::string const& text, Face face)
{
    return text.empty() ? 0 : static_cast<float>(ui.wrap(text, {face, 13, 0}, width).size());
}

float banner_height(Ui const& ui, float width, std::string const& title, std::string const& text)
{
    return 25 + (lines_of(ui, width - 56, title, Face::SemiBold) + lines_of(ui, width - 56, text, Face::Regular)) * 19;
}

float banner(Ui& ui, std::string const& key, Rect area, Tone tone, std::string const& title, std::string const& text)
{
    auto const [colour, fill] = colours_of(ui, tone);
    float const height = banner_height(ui, area.w, title, text);
    ui.fill({area.x, area.y, area.w, height}, fill, 8);
    char const* const symbol = tone == Tone::Failed ? icon::circle_alert : tone == Tone::Ok ? icon::circle_check : icon::triangle_alert;
    ui.icon(area.x + 22, area.y + 22, symbol, 16, colour);
    auto node = node_at(Role::Note, key, {area.x, area.y, area.w, height});
    MirrorScope const note(ui.mirror, std::move(node));
    Rect const column{area.x + 42, 0, area.w - 56, 0};
    float const title_height = wrapped(ui, Role::Text, key + "-title", column, area.y + 22, title, {Face::SemiBold, 13, colour, 19});
    if (!text.empty())
        wrapped(ui, Role::Text, key + "-text", column, area.y + 24 + title_height, text, {Face::Regular, 13, ui.colours.text, 19});
    return height;
}

bool fact(Ui& ui, std::string const& key, Rect area, std::string const& name, std::string const& value, bool mono, bool copyable)
{
    ui.line(area.x, area.y, area.w, ui.colours.line);
    TextStyle const quiet{Face::Regular, 13, ui.colours.text2};
    TextStyle const loud{mono ? Face::Mono : Face::Medium, mono ? 12.0f : 13.0f, ui.colours.text};
    float const name_width = told(ui, Role::Text, key + "-name", {area.x, area.y, area.w * 0.6f, area.h}, name, quiet);
    float const room = copyable ? 32 : 0;
    told(ui, Role::Text, key, {area.x + name_width + 12, area.y, area.w - name_width - 12 - room, area.h}, value, loud, true);
    return copyable && icon_button(ui, {area.right() - 26, area.middle() - 14, 28, 28}, key + "-copy", "Copy " + name, icon::copy);
}

} // namespace console
