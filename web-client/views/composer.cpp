#include "web-client/views/composer.h"

#include "build/generated/icon_codes.h"
#include "shared/domain/segments.h"
#include "web-client/widgets/figures.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>

namespace console {

static constexpr float line_height = 21;
static constexpr float most_lines = 8;
static constexpr float below = 44; // the line with the price and the button

bool may_send(std::string const& body)
{
    auto const count = count_segments(body);
    return count.segments > 0 && count.segments <= most_segments;
}

void draw_segments(Ui& ui, std::string const& key, Rect area, std::string const& body, std::int64_t rate)
{
    auto const count = count_segments(body);
    bool const too_long = count.segments > most_segments;
    auto words = counted(count.characters, "character", "characters") + " · " + counted(count.segments, "segment", "segments");
    if (rate > 0) words += " · " + in_dollars(count.segments * rate, 4);
    if (too_long) words += ". Too long: at most " + std::to_string(most_segments);
    TextStyle const style{too_long ? Face::Medium : Face::Regular, 12, too_long ? ui.colours.bad : ui.colours.text2};
    float const drawn = told(ui, Role::Status, key, area, words, style);
    if (count.unicode_because.empty() || too_long) return;
    TextStyle const note{Face::Medium, 12, ui.colours.warn};
    auto const because = count.unicode_because + " makes it Unicode";
    float const width = std::ceil(ui.width(because, note)) + 20, x = area.x + drawn + 10;
    if (x + width > area.right()) return;
    ui.fill({x, std::round(area.middle() - 10), width, 20}, ui.colours.warnbg, 10);
    paragraph(ui, key + "-unicode", x + 10, area.middle(), because, note);
}

struct Obstacle {
    char const* symbol = nullptr; // none: it can be written
    std::string title, text;
    bool can_call = false;
};

static Obstacle obstacle_of(Ui const& ui, LeadPage const& page, AppState const& state)
{
    auto const& lead = page.lead;
    auto const& session = state.signed_in()->session;
    if (lead.opted_out) {
        auto text = page.opt_out_words.empty() ? std::string("They asked for no more texts") : "They texted “" + page.opt_out_words + "”";
        if (page.opt_out_at) text += " at " + ui.clock.exact(page.opt_out_at, zone_of(state));
        return {icon::ban, "Opted out. Texts to this number are off.",
            text + ". Only they can turn texts on again, by sending START. Calling is still allowed.", true};
    }
    if (!session.may_work(lead.organization_id))
        return {icon::lock, "You can read this thread",
            session.installation.snapshot_at ? "A snapshot cannot be changed." : "A member of the organisation can answer.", false};
    if (page.our_number.empty())
        return {icon::message_square, "There is no number to text from", "The dealership's line is not live.", false};
    if (!page.sms_status.empty() && page.sms_status != "ready")
        return {icon::triangle_alert, page.sms_status == "needs_registration" ? "This line cannot text yet" : "This line does not text",
            page.sms_reason.empty() ? "Calling works." : page.sms_reason, true};
    return {};
}

static Field field_of(Ui const& ui, bool invalid)
{
    return {.key = "composer",
        .label = "Text",
        .name = "body",
        .placeholder = "Write a text",
        .text_size = ui.compact() ? 16.0f : 14.0f,
        .room_right = 12,
        .hides_label = true,
        .invalid = invalid,
        .described_by = "composer-segments",
        .line = line_height};
}

float Composer::height(Ui const& ui, float width, LeadPage const& lead, AppState const& state) const
{
    if (auto const obstacle = obstacle_of(ui, lead, state); obstacle.symbol) {
        float const room = width - 56 - (obstacle.can_call && !ui.compact() ? 150.0f : 16.0f);
        float const lines = static_cast<float>(ui.wrap(obstacle.text, {Face::Regular, 13, 0}, room).size());
        return 46 + lines * 19 + (obstacle.can_call && ui.compact() ? 56.0f : 0.0f);
    }
    auto const found = m_drafts.find(lead.lead.id);
    auto const action = state.action("text:" + lead.lead.organization_id + ':' + lead.lead.id);
    float const text = found == m_drafts.end() ? 0 : text_area_height(ui, width, field_of(ui, false), found->second.text);
    float const refused = action.problem && !action.busy ? refusal_height(ui, width - 22, action.problem->message) + 12 : 0;
    return std::clamp(text, 2 * line_height + 16, most_lines * line_height + 16) + below + refused;
}

void Composer::draw_stopped(Ui& ui, Rect area, LeadPage const& lead, AppState const& state, Commands& commands)
{
    auto const obstacle = obstacle_of(ui, lead, state);
    ui.fill(area, ui.colours.sunken, 8);
    ui.edge(area, ui.colours.border, 8);
    ui.icon(area.x + 24, area.y + 25, obstacle.symbol, 18, ui.colours.text2);
    MirrorScope const scope(ui.mirror, node_at(Role::Status, "composer-stopped", area));
    bool const calls = obstacle.can_call && state.signed_in()->session.may_work(lead.lead.organization_id);
    float const room = area.w - 56 - (calls && !ui.compact() ? 150.0f : 16.0f);
    told(ui, Role::Text, "composer-stopped-title", {area.x + 46, area.y + 10, room, 22}, obstacle.title,
        {Face::SemiBold, 13, ui.colours.text});
    wrapped(ui, Role::Text, "composer-stopped-text", {area.x + 46, 0, room, 0}, area.y + 42, obstacle.text,
        {Face::Regular, 13, ui.colours.text2, 19});
    if (!calls) return;
    Button const call{.key = "composer-call", .text = "Call instead", .look = ButtonLook::Secondary, .icon = icon::phone_outgoing};
    Rect const place = ui.compact() ? Rect{area.x + 12, area.bottom() - 56, area.w - 24, 44}
                                    : Rect{area.right() - 16 - button_width(ui, call), area.middle() - 16, button_width(ui, call), 32};
    if (button(ui, place, call)) commands.emplace_back(Open{"call:" + lead.lead.organization_id + ':' + lead.lead.id});
}

void Composer::draw(Ui& ui, Rect area, LeadPage const& page, AppState const& state, Commands& commands)
{
    if (obstacle_of(ui, page, state).symbol) return draw_stopped(ui, area, page, state, commands);
    auto const& lead = page.lead;
    auto& draft = m_drafts[lead.id];
    auto const action = state.action("text:" + lead.organization_id + ':' + lead.id);
    draft.follow(action);
    bool const is_focused = ui.mirror.has_focus("composer") && !ui.covered;
    auto const problem = action.problem && !action.busy ? action.problem->message : std::string();
    float const refused = problem.empty() ? 0 : refusal_height(ui, area.w - 22, problem) + 12;
    Rect const frame{area.x, area.y + refused, area.w, area.h - refused};
    if (!problem.empty()) draw_refusal(ui, "composer-problem", {area.x, area.y, area.w, 0}, area.y + 8, problem);
    ui.fill(frame, ui.dark() ? ui.colours.sunken : ui.colours.surface, 8);
    if (is_focused) ui.edge(frame.grown(2.5f), with_opacity(ui.colours.focus, 0.22f), 10.5f, 3);
    ui.edge(frame, is_focused ? ui.colours.focus : ui.colours.control, 8, is_focused ? 2 : 1);
    auto field = field_of(ui, !problem.empty());
    field.frameless = true;
    text_field(ui, {frame.x, frame.y, frame.w, frame.h - below}, field, draft.text);
    bool const can_send = may_send(draft.text);
    Button const send{.key = "composer-send",
        .text = "Send",
        .icon = icon::send,
        .disabled = !can_send,
        .busy_for = action.busy ? ImGui::GetTime() - action.since : -1};
    float const width = button_width(ui, send), y = frame.bottom() - below;
    Rect const place{frame.right() - 8 - width, y + 4, width, 32};
    float right = place.x - 12;
    if (frame.w > 560) {
        ui.decoration = true; // the keys dialog tells them
        right -= key_cap(ui, right - 38, place.middle(), "Enter") + 4;
        right -= key_cap(ui, right - 30, place.middle(), "Ctrl") + 10;
        ui.decoration = false;
    }
    draw_segments(ui, "composer-segments", {frame.x + 12, place.y, right - frame.x - 12, 32}, draft.text,
        state.signed_in()->session.installation.text_rate);
    bool const sends = button(ui, place, send) || (is_focused && ui.key("Ctrl+Enter", true));
    if (sends && can_send && !action.busy) {
        draft.sent = draft.text;
        commands.emplace_back(SendText{lead.organization_id, lead.phone_number, lead.id, draft.text});
    }
}

} // namespace console
