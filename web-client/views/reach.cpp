#include "web-client/views/reach.h"

#include "build/generated/icon_codes.h"
#include "web-client/views/composer.h"
#include "web-client/views/panel.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <utility>

namespace console {

void go_to_thread(Commands& commands, AppState const&, std::string const& organization_id, std::string const& lead_id)
{
    commands.emplace_back(Go{Address{{"messages", organization_id, lead_id}, {}}});
}

float draw_reach(Ui& ui, Rect area, float right, Reach const& who, AppState const& state, Commands& commands, bool with_text)
{
    if (!state.signed_in()->session.may_work(who.organization_id)) return right;
    auto const first = who.name.substr(0, who.name.find(' '));
    bool const has_text = with_text && !who.lead_id.empty();
    Button const text{
        .key = "reach-text", .text = first.empty() ? "Text" : "Text " + first, .look = ButtonLook::Secondary, .icon = icon::message_square};
    Button const call{.key = "reach-call", .text = first.empty() ? "Call" : "Call " + first, .icon = icon::phone_outgoing};
    bool const phone = ui.compact();
    float const half = has_text ? (area.w - 8) / 2 : area.w;
    float const call_width = phone ? half : button_width(ui, call), text_width = phone ? half : button_width(ui, text);
    float const call_x = right - call_width;
    bool const calls = button(ui, {call_x, area.y, call_width, area.h}, call) || ui.key("c");
    if (calls) commands.emplace_back(Open{"call:" + who.organization_id + ':' + (who.lead_id.empty() ? who.number : who.lead_id)});
    if (!who.lead_id.empty() && ui.key("m")) commands.emplace_back(Open{"stage:" + who.organization_id + ':' + who.lead_id});
    if (!has_text) return call_x;
    float const text_x = call_x - 8 - text_width;
    if (button(ui, {text_x, area.y, text_width, area.h}, text) || ui.key("t")) {
        go_to_thread(commands, state, who.organization_id, who.lead_id);
        ui.mirror.request_focus("composer");
    }
    return text_x;
}

void draw_stage_field(Ui& ui, Rect area, Lead const& lead, AppState const& state, Commands& commands)
{
    bool const may = state.signed_in()->session.may_work(lead.organization_id);
    TextStyle const style{Face::Medium, 13, ui.colours.text};
    auto const words = stage_words(lead.stage).words;
    if (!may) {
        told(ui, Role::Text, "stage-" + lead.id, area, words, style, true);
        return;
    }
    auto const key = "stage-" + lead.id;
    Press const press = claim(ui, area, key);
    ui.fill(area, ui.dark() ? ui.colours.sunken : press.hovered ? ui.colours.hover : ui.colours.surface, 6);
    ui.edge(area, press.shows_focus ? ui.colours.focus : ui.colours.control, 6, press.shows_focus ? 2 : 1);
    ui.text_within(area.x + 10, area.middle(), area.w - 36, words, style);
    ui.icon(area.right() - 15, area.middle(), icon::chevron_down, 14, ui.colours.text2);
    auto node = node_at(Role::Button, key, area);
    write(ui, node, words, style);
    node.line = area.h;
    node.left = 10;
    node.label = "Status: " + words + ". Change (M)";
    ui.mirror.add(std::move(node));
    if (press.pressed) commands.emplace_back(Open{"stage:" + lead.organization_id + ':' + lead.id});
}

struct Parts {
    std::string what, organization, of;
};

static Parts parts_of(std::string const& dialog)
{
    auto const first = dialog.find(':'), second = dialog.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) return {};
    return {dialog.substr(0, first), dialog.substr(first + 1, second - first - 1), dialog.substr(second + 1)};
}

void ReachDialogs::open()
{
    m_number.clear();
    m_words.clear();
    m_has_tried = false;
    m_successes = -1;
    m_chosen = -1;
}

std::string ReachDialogs::first_focus(std::string const& dialog)
{
    auto const [what, organization, of] = parts_of(dialog);
    if (what == "call") return of.empty() ? "reach-number" : "reach-keep";
    if (what == "text") return "reach-number";
    return what == "stage" ? "stages-close" : "";
}

bool ReachDialogs::draw(Ui& ui, std::string const& dialog, AppState const& state, Commands& commands)
{
    auto const [what, organization, of] = parts_of(dialog);
    if (what == "call") return draw_call(ui, organization, of, state, commands), true;
    if (what == "text") return draw_text(ui, organization, state, commands), true;
    if (what == "stage") return draw_stages(ui, organization, of, state, commands), true;
    return false;
}

static LeadPage const* page_of(AppState const& state, std::string const& lead_id)
{
    auto const found = state.lead.find(lead_id);
    return found != state.lead.end() && found->second.lead.value ? &*found->second.lead.value : nullptr;
}

static std::string our_number(AppState const& state, std::string const& organization_id, LeadPage const* lead)
{
    if (lead && !lead->our_number.empty()) return lead->our_number;
    auto const found = state.details.find(organization_id);
    if (found == state.details.end() || !found->second.numbers.value) return {};
    for (auto const& number : *found->second.numbers.value)
        if (number.is_active) return number.phone_number;
    return {};
}

static std::string as_e164(std::string const& typed)
{
    std::string digits;
    for (char const c : typed)
        if (c >= '0' && c <= '9') digits += c;
    if (typed.starts_with('+')) return '+' + digits;
    return digits.size() == 10 ? "+1" + digits : digits.empty() ? "" : '+' + digits;
}

// The buttons below a question; what was pressed.
struct Answer {
    bool keep = false, confirm = false;
};
static Answer draw_answer(Ui& ui, Rect panel, std::string const& keep_text, Button confirm)
{
    Button const keep{.key = "reach-keep", .text = keep_text, .look = ButtonLook::Secondary};
    float const confirm_width = button_width(ui, confirm) + 8, keep_width = button_width(ui, keep);
    float const y = panel.bottom() - 24 - 36;
    Answer answer;
    answer.keep = button(ui, {panel.right() - 24 - confirm_width - 8 - keep_width, y, keep_width, 36}, keep);
    answer.confirm = button(ui, {panel.right() - 24 - confirm_width, y, confirm_width, 36}, confirm);
    return answer;
}

void ReachDialogs::draw_call(Ui& ui, std::string const& organization_id, std::string const& of, AppState const& state, Commands& commands)
{
    bool const is_number = of.starts_with('+'), asks_number = of.empty();
    auto const lead_id = is_number || asks_number ? std::string() : of;
    auto const* lead = page_of(state, lead_id);
    auto const action = state.action("call:" + organization_id + ':' + lead_id);
    if (m_successes < 0) m_successes = action.successes;
    if (action.successes > m_successes) return commands.emplace_back(Open{}), void();
    auto const number = lead ? lead->lead.phone_number : is_number ? of : as_e164(m_number);
    auto const name = lead ? lead->lead.name : std::string();
    auto const ours = our_number(state, organization_id, lead);
    auto const title = asks_number ? std::string("Call a number?")
        : name.empty()             ? "Call " + national_format(number) + '?'
                                   : "Call " + name + " at " + national_format(number) + '?';
    auto const owner = lead ? lead->organization_name : organization_name(state, organization_id);
    auto const words = "Jack calls from " + (ours.empty() ? "the dealership's number" : national_format(ours)) + " for " + owner
        + (lead ? " and knows what was said before." : ".") + " What is said comes here when it is over.";
    float const width = std::min(420.0f, ui.size().x);
    TextStyle const text{Face::Regular, 13, ui.colours.text2, 20};
    TextStyle const large{Face::Display, 16, ui.colours.text, 24};
    auto const problem = action.problem && !action.busy && m_has_tried ? action.problem->message : std::string();
    float const title_height = static_cast<float>(ui.wrap(title, large, width - 48).size()) * 24;
    float const words_height = static_cast<float>(ui.wrap(words, text, width - 48).size()) * 20;
    float const refused = problem.empty() ? 0 : refusal_height(ui, width - 70, problem) + 16;
    Rect const panel
        = panel_place(ui, width, 20 + title_height + 8 + words_height + (asks_number ? 148.0f : 74.0f) + refused + 24 + 36 + 24);
    MirrorScope const scope(ui.mirror, draw_panel(ui, panel, "reach", title, commands));
    MirrorScope const form(ui.mirror, {.role = Role::Form, .key = "reach-form", .label = "Call"});
    float y = panel.y + 20;
    wrapped(ui, Role::Heading, "reach-title", {panel.x + 24, 0, width - 48, 0}, y + 12, title, large);
    y += title_height + 8;
    wrapped(ui, Role::Text, "reach-words", {panel.x + 24, 0, width - 48, 0}, y + 12, words, text);
    y += words_height + 36;
    float const size = ui.compact() ? 16 : 14;
    if (asks_number) {
        Field const field{.key = "reach-number",
            .label = "Number to call",
            .name = "to_number",
            .input = "tel",
            .placeholder = "604 555 0142",
            .text_size = size,
            .invalid = !problem.empty(),
            .described_by = "reach-problem"};
        text_field(ui, {panel.x + 24, y, width - 48, 36}, field, m_number);
        y += 74;
    }
    Field const reason{
        .key = "reach-reason", .label = "What it is about, for Jack", .name = "reason", .placeholder = "May stay empty", .text_size = size};
    text_field(ui, {panel.x + 24, y, width - 48, 36}, reason, m_words);
    y += 36;
    if (!problem.empty()) draw_refusal(ui, "reach-problem", {panel.x + 24, y, width - 48, 0}, y + 18, problem);
    auto const [keep, confirm] = draw_answer(ui, panel, "Not now",
        {.key = "reach-confirm",
            .text = "Call",
            .icon = icon::phone_outgoing,
            .submits = true,
            .disabled = number.empty(),
            .busy_for = action.busy ? ImGui::GetTime() - action.since : -1});
    if (keep) commands.emplace_back(Open{});
    m_has_tried |= confirm;
    if (confirm) commands.emplace_back(PlaceCall{organization_id, number, lead_id, m_words});
}

void ReachDialogs::draw_text(Ui& ui, std::string const& organization_id, AppState const& state, Commands& commands)
{
    auto const action = state.action("text:" + organization_id + ':');
    if (m_successes < 0) m_successes = action.successes;
    if (action.successes > m_successes) return commands.emplace_back(Open{}), void();
    auto const ours = our_number(state, organization_id, nullptr);
    auto const problem = action.problem && !action.busy && m_has_tried ? action.problem->message : std::string();
    float const width = std::min(480.0f, ui.size().x);
    auto const words
        = "It goes out from " + (ours.empty() ? "the dealership's number" : national_format(ours)) + " and the answer comes here.";
    TextStyle const text{Face::Regular, 13, ui.colours.text2, 20};
    float const words_height = static_cast<float>(ui.wrap(words, text, width - 48).size()) * 20;
    float const refused = problem.empty() ? 0 : refusal_height(ui, width - 70, problem) + 16;
    Rect const panel = panel_place(ui, width, 52 + words_height + 74 + 166 + refused + 24 + 36 + 24);
    MirrorScope const scope(ui.mirror, draw_panel(ui, panel, "reach", "Text a number", commands));
    MirrorScope const form(ui.mirror, {.role = Role::Form, .key = "reach-form", .label = "Text"});
    heading(ui, "reach-title", panel.x + 24, panel.y + 32, "Text a number", {Face::Display, 16, ui.colours.text}, 2);
    float y = panel.y + 52;
    wrapped(ui, Role::Text, "reach-words", {panel.x + 24, 0, width - 48, 0}, y + 12, words, text);
    y += words_height + 36;
    float const size = ui.compact() ? 16 : 14;
    Field const field{
        .key = "reach-number", .label = "Number", .name = "to_number", .input = "tel", .placeholder = "604 555 0142", .text_size = size};
    text_field(ui, {panel.x + 24, y, width - 48, 36}, field, m_number);
    y += 74;
    Field const body{.key = "reach-body",
        .label = "Text",
        .name = "body",
        .text_size = size,
        .invalid = !problem.empty(),
        .described_by = "reach-problem",
        .line = 21};
    text_field(ui, {panel.x + 24, y, width - 48, 92}, body, m_words);
    y += 92;
    draw_segments(ui, "reach-segments", {panel.x + 24, y + 6, width - 48, 24}, m_words, state.signed_in()->session.installation.text_rate);
    y += 34;
    if (!problem.empty()) draw_refusal(ui, "reach-problem", {panel.x + 24, y, width - 48, 0}, y + 14, problem);
    auto const number = as_e164(m_number);
    bool const can_send = !number.empty() && may_send(m_words);
    auto const [keep, confirm] = draw_answer(ui, panel, "Not now",
        {.key = "reach-confirm",
            .text = "Send",
            .icon = icon::send,
            .disabled = !can_send,
            .busy_for = action.busy ? ImGui::GetTime() - action.since : -1});
    if (keep) commands.emplace_back(Open{});
    bool const sends = confirm || (ui.key("Ctrl+Enter", true) && can_send && !action.busy);
    m_has_tried |= sends;
    if (sends) commands.emplace_back(SendText{organization_id, number, {}, m_words});
}

void ReachDialogs::draw_stages(
    Ui& ui, std::string const& organization_id, std::string const& lead_id, AppState const& state, Commands& commands)
{
    auto const* lead = page_of(state, lead_id);
    auto const title = "Status of " + (lead ? customer_name(lead->lead.name, lead->lead.phone_number) : std::string("this lead"));
    int const count = static_cast<int>(lead_stages.size());
    if (m_chosen < 0 && lead)
        m_chosen = std::max(static_cast<int>(std::find(lead_stages.begin(), lead_stages.end(), lead->lead.stage) - lead_stages.begin()), 0)
            % count;
    float const row = ui.compact() ? 48 : 38, width = std::min(320.0f, ui.size().x);
    Rect const panel = panel_place(ui, width, 60 + row * static_cast<float>(count) + 12);
    MirrorScope const scope(ui.mirror, draw_panel(ui, panel, "stages", title, commands));
    told(ui, Role::Heading, "stages-title", {panel.x + 20, panel.y + 14, width - 72, 32}, title, {Face::Display, 16, ui.colours.text},
        false, 2);
    if (icon_button(ui, {panel.right() - 44, panel.y + 14, 32, 32}, "stages-close", "Close", icon::x)) commands.emplace_back(Open{});
    int taken = -1;
    if (ui.key("ArrowDown")) m_chosen = (std::max(m_chosen, 0) + 1) % count;
    if (ui.key("ArrowUp")) m_chosen = (std::max(m_chosen, 0) + count - 1) % count;
    bool const moved = m_chosen >= 0 && !ui.mirror.has_focus("stage-" + std::to_string(m_chosen)) && !ui.mirror.has_focus("stages-close");
    MirrorScope const list(ui.mirror, {.role = Role::Group, .key = "stages-list", .label = "Statuses"});
    if (moved) ui.mirror.request_focus("stage-" + std::to_string(m_chosen));
    for (int i = 0; i < count; ++i) {
        std::string const name(lead_stages[static_cast<std::size_t>(i)]);
        auto const key = "stage-" + std::to_string(i);
        Rect const place{panel.x + 8, panel.y + 56 + static_cast<float>(i) * row, width - 16, row - 2};
        Press const press = claim(ui, place, key);
        bool const is_now = lead && lead->lead.stage == name;
        if (i == m_chosen)
            ui.fill(place, ui.colours.selected, 8);
        else if (press.hovered)
            ui.fill(place, ui.colours.hover, 8);
        if (press.shows_focus) ui.edge(place, ui.colours.focus, 8, 2);
        if (is_now) ui.icon(place.right() - 18, place.middle(), icon::check, 16, ui.colours.text2);
        TextStyle const style{Face::Medium, 13, ui.colours.text};
        ui.text(place.x + 14, place.middle(), name, style);
        auto node = node_at(Role::Button, key, place);
        write(ui, node, name, style);
        node.line = place.h;
        node.left = 14;
        node.pressed = is_now;
        ui.mirror.add(std::move(node));
        if (press.pressed || ui.key(std::to_string(i + 1))) taken = i;
    }
    if (taken < 0) return;
    commands.emplace_back(Open{});
    commands.emplace_back(SaveLead{organization_id, lead_id, {{"status", std::string(lead_stages[static_cast<std::size_t>(taken)])}}});
}

} // namespace console
