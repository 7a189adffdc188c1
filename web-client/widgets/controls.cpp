#include "web-client/widgets/controls.h"

#include "build/generated/icon_codes.h"

#include <imgui_internal.h>
#include <misc/cpp/imgui_stdlib.h>

#include <algorithm>
#include <cmath>

namespace console {

static constexpr double spinner_delay = 0.4; // seconds; what is faster shows none
static constexpr double frame_time = 1.0 / 60.0;

static MirrorNode at(Role role, std::string const& key, Rect area, std::string const& text, TextStyle const& style)
{
    MirrorNode node{.role = role, .key = key, .text = text};
    node.x = area.x;
    node.y = area.y;
    node.w = area.w;
    node.h = area.h;
    node.size = style.size;
    node.line = style.line;
    node.face = css_family(style.face);
    return node;
}

static Rect text_area(Ui const& ui, float x, float middle, std::string const& text, TextStyle const& style)
{
    return {std::floor(x), std::round(middle - style.size / 2), std::ceil(ui.width(text, style)) + 1, style.size};
}

static void told_text(Ui& ui, Role role, std::string const& key, float x, float middle, std::string const& text, TextStyle const& style)
{
    ui.text(x, middle, text, style);
    ui.mirror.add(at(role, key, text_area(ui, x, middle, text, style), text, style));
}

void heading(Ui& ui, std::string const& key, float x, float middle, std::string const& text, TextStyle const& style)
{
    told_text(ui, Role::Heading, key, x, middle, text, style);
}

void paragraph(Ui& ui, std::string const& key, float x, float middle, std::string const& text, TextStyle const& style)
{
    told_text(ui, Role::Text, key, x, middle, text, style);
}

float wrapped(Ui& ui, Role role, std::string const& key, Rect area, float middle, std::string const& text, TextStyle const& style)
{
    auto const lines = ui.wrap(text, style, area.w);
    std::string told;
    for (std::size_t line = 0; line < lines.size(); ++line) {
        ui.text(area.x, middle + static_cast<float>(line) * style.line, lines[line], style);
        // A line that broke inside a word must not gain a space.
        told += lines[line];
        if (line + 1 < lines.size()) told += text.compare(told.size(), 1, " ") == 0 ? " " : "";
    }
    float const height = static_cast<float>(lines.size()) * style.line;
    auto node
        = at(role, key, {area.x, std::round(middle - style.size / 2) - (style.line - style.size) / 2, area.w + 1, height}, told, style);
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
    for (auto const& line : lines.cause) {
        ui.text(area.x + refusal_indent, middle, line, loud);
        middle += refusal_line;
    }
    for (auto const& line : lines.advice) {
        ui.text(area.x + refusal_indent, middle, line, quiet);
        middle += refusal_line;
    }
    auto node = at(Role::Alert, key, {area.x + refusal_indent, top, text_width + 1, middle - refusal_line / 2 - top}, message, loud);
    node.wraps = true;
    ui.mirror.add(std::move(node));
}

static void draw_field_frame(Ui& ui, Rect area, Field const& field, bool focused)
{
    ui.fill(area, ui.dark() ? ui.colours.sunken : ui.colours.surface, 6);
    ImU32 const colour = field.invalid ? ui.colours.baddot : focused ? ui.colours.focus : ui.colours.control;
    if (focused) ui.edge(area.grown(2.5f), with_opacity(colour, 0.22f), 8.5f, 3);
    ui.edge(area, colour, 6, focused || field.invalid ? 2 : 1);
    if (field.icon) ui.icon(area.x + 19, area.middle(), field.icon, 16, ui.colours.text2);
}

// Dear ImGui's own field, for where no real element lies over the canvas.
static bool draw_input(Ui& ui, Rect text_area, Field const& field, std::string& value)
{
    ImGui::SetCursorScreenPos({text_area.x, std::round(text_area.middle() - field.text_size / 2)});
    ImGui::SetNextItemWidth(text_area.w);
    ImGui::PushFont(ui.font(field.secret ? Face::Bullets : Face::Regular), field.text_size);
    if (field.take_focus) ImGui::SetKeyboardFocusHere();
    auto const flags = ImGuiInputTextFlags_EnterReturnsTrue | (field.secret ? ImGuiInputTextFlags_Password : ImGuiInputTextFlags_None);
    bool const entered = ImGui::InputText(("##" + field.key).c_str(), &value, flags);
    ImGui::PopFont();
    return entered;
}

bool text_field(Ui& ui, Rect area, Field const& field, std::string& value)
{
    TextStyle const label{Face::Medium, 13, ui.colours.text};
    float const label_middle = area.y - 15;
    ui.text(area.x, label_middle, field.label, label);
    auto label_node = at(Role::Label, field.key + "-label", text_area(ui, area.x, label_middle, field.label, label), field.label, label);
    label_node.target = field.key;
    ui.mirror.add(std::move(label_node));

    ui.reveal_if_focused(field.key, area);
    if (auto typed = ui.mirror.take_text(field.key)) value = *typed;
    float const left = field.icon ? 34 : 12;
    bool const focused_before
        = ui.elements ? ui.mirror.has_focus(field.key) : ImGui::GetID(("##" + field.key).c_str()) == ImGui::GetActiveID();
    draw_field_frame(ui, area, field, focused_before);
    bool const entered = !ui.elements && draw_input(ui, {area.x + left, area.y, area.w - left - field.room_right, area.h}, field, value);

    TextStyle const style{Face::Regular, field.text_size, ui.colours.text};
    auto node = at(Role::Textbox, field.key, area, {}, style);
    node.value = value;
    node.input = field.secret ? "password" : field.input;
    node.name = field.name;
    node.line = area.h - 2; // the whole height, else descenders are cut
    node.autocomplete = field.autocomplete;
    node.left = left;
    node.right = field.room_right;
    node.invalid = field.invalid;
    node.described_by = field.described_by;
    node.take_focus = field.take_focus;
    ui.mirror.add(std::move(node));
    return entered;
}

struct Press {
    bool hovered = false;
    bool held = false;
    bool shows_focus = false;
    bool pressed = false;
};

// Claims one item of Dear ImGui and asks both it and the mirror what happened.
static Press claim(Ui& ui, Rect area, std::string const& key)
{
    ui.reveal_if_focused(key, area);
    ImGui::SetCursorScreenPos(area.first());
    bool const clicked = ImGui::InvisibleButton(key.c_str(), {area.w, area.h}, ImGuiButtonFlags_EnableNav);
    Press press{.hovered = ImGui::IsItemHovered(), .held = ImGui::IsItemActive()};
    press.shows_focus = ui.elements ? ui.mirror.shows_focus(key) : ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
    press.pressed = ui.mirror.take_press(key) || (clicked && !ui.elements);
    return press;
}

static void draw_spinner(Ui& ui, float x, float middle, ImU32 colour)
{
    auto const turn = ui.reduced_motion ? 0.0f : static_cast<float>(std::fmod(ImGui::GetTime(), 1.0)) * 2.0f * IM_PI;
    auto* const list = ImGui::GetWindowDrawList();
    list->PathArcTo({x, middle}, 6.0f, turn, turn + 1.5f * IM_PI);
    list->PathStroke(colour, 0, 2.0f);
    if (!ui.reduced_motion) ui.change_in(frame_time);
}

bool button(Ui& ui, Rect area, Button const& button)
{
    bool const busy = button.busy_for >= 0;
    Press const press = claim(ui, area, button.key);
    auto const& colours = ui.colours;
    bool const primary = button.look == ButtonLook::Primary;
    bool const lit = (press.hovered || press.held) && !busy;
    if (primary) {
        ui.fill(area, lit ? colours.inkhover : colours.ink, 6);
    } else {
        ui.fill(area, press.held ? colours.navsel : lit ? colours.hover : colours.surface, 6);
        ui.edge(area, colours.ctlsoft, 6);
    }
    if (press.shows_focus) ui.focus_ring(area, 6);

    TextStyle const style{Face::Medium, area.h > 36 ? 14.0f : 13.0f, primary ? colours.onink : colours.text};
    float const x = area.x + (area.w - ui.width(button.text, style)) / 2;
    ui.text(x, area.middle(), button.text, style);
    if (busy && button.busy_for < spinner_delay) ui.change_in(spinner_delay - button.busy_for);
    if (busy && button.busy_for >= spinner_delay) draw_spinner(ui, x - 18, area.middle(), style.colour);

    auto node = at(Role::Button, button.key, area, button.text, style);
    node.submits = button.submits;
    node.busy = busy;
    ui.mirror.add(std::move(node));
    return press.pressed && !busy;
}

bool icon_button(Ui& ui, Rect area, std::string const& key, std::string const& name, char const* icon, bool on)
{
    Press const press = claim(ui, area, key);
    if (press.hovered) ui.fill(area, press.held ? ui.colours.navsel : ui.colours.hover, 6);
    if (press.shows_focus) ui.edge(area, ui.colours.focus, 6, 2);
    ui.icon(area.x + area.w / 2, area.middle(), icon, 16, ui.colours.text2);
    auto node = at(Role::Button, key, area, name, {Face::Regular, 12, 0});
    node.pressed = on;
    node.title = name;
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
    auto node = at(Role::Link, key, target, text, style);
    node.line = target.h;
    node.left = 4;
    node.href = href;
    ui.mirror.add(std::move(node));
    return press.pressed;
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

static std::string initials(std::string const& name)
{
    std::string result;
    bool begins = true;
    for (char const letter : name) {
        bool const is_letter = std::isalnum(static_cast<unsigned char>(letter)) != 0;
        if (letter == '@') break;
        if (is_letter && begins && result.size() < 2) result += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
        begins = !is_letter;
    }
    return result;
}

void avatar(Ui& ui, float x, float y, float size, std::string const& name)
{
    unsigned hash = 2166136261u; // FNV-1a
    for (char const letter : name)
        hash = (hash ^ static_cast<unsigned char>(letter)) * 16777619u;
    auto const& hue = ui.colours.avatars[hash % ui.colours.avatars.size()];
    ui.fill({x, y, size, size}, hue.fill, size / 2);
    TextStyle const style{Face::SemiBold, std::round(size * 0.42f), hue.text};
    auto const text = initials(name);
    ui.text(x + (size - ui.width(text, style)) / 2, y + size / 2, text, style);
}

} // namespace console
