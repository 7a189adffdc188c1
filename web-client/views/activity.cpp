#include "web-client/views/activity.h"

#include "build/generated/icon_codes.h"

#include <algorithm>

namespace console {

static constexpr float row_height = 50;

struct Mark {
    char const* symbol;
    ImU32 colour, fill;
};

static Mark mark_of(Ui const& ui, std::string const& kind)
{
    auto const& c = ui.colours;
    if (kind == "call") return {icon::phone_incoming, c.ok, c.okbg};
    if (kind == "missed_call") return {icon::phone_missed, c.bad, c.badbg};
    if (kind == "outbound_call") return {icon::phone_outgoing, c.info, c.infobg};
    if (kind == "text_in" || kind == "text_out") return {icon::message_square, c.info, c.infobg};
    if (kind == "lead") return {icon::user_plus, c.info, c.infobg};
    if (kind == "opt_out") return {icon::ban, c.mute, c.mutebg};
    if (kind == "notification") return {icon::triangle_alert, c.warn, c.warnbg};
    return {icon::badge_check, c.info, c.infobg};
}

void ActivityFeed::draw(Ui& ui, Rect area, AppState const& state, Commands& commands)
{
    card(ui, area);
    heading(ui, "activity-title", area.x + 20, area.y + 27, "Live activity", {Face::SemiBold, 14, ui.colours.text}, 2);
    static std::vector<Activity> const none;
    auto const& live = state.activity.value ? *state.activity.value : none;
    bool const asked = icon_button(ui, {area.right() - 44, area.y + 13, 28, 28}, "activity-pause",
        m_paused ? "Go on (Space)" : "Pause (Space)", m_paused ? icon::play : icon::pause, m_paused.has_value());
    if (asked || (ui.mirror.focused().empty() && ui.key(" "))) {
        if (m_paused)
            m_paused.reset();
        else
            m_paused = live;
    }
    if (m_paused) {
        auto const missed = std::count_if(
            live.begin(), live.end(), [&](Activity const& item) { return m_paused->empty() || item.at > m_paused->front().at; });
        auto const words = missed == 0 ? std::string("Paused") : "Paused, " + std::to_string(missed) + " more";
        TextStyle const style{Face::Regular, 12, ui.colours.warn};
        paragraph(ui, "activity-paused", area.right() - 56 - ui.width(words, style), area.y + 27, words, style);
    }
    auto const& shown = m_paused ? *m_paused : live;
    if (!state.activity.value) {
        draw_progress(ui, "activity", {area.x + 20, area.y + 48, area.w - 40, area.h - 60}, progress_of(state.activity), state, commands);
        return;
    }
    if (shown.empty()) {
        wrapped(ui, Role::Text, "activity-none", {area.x + 20, 0, area.w - 40, 0}, area.y + 64,
            "Nothing yet. Calls, texts and signups appear here as they happen.", {Face::Regular, 13, ui.colours.text2, 20});
        return;
    }
    MirrorScope const log(ui.mirror, {.role = Role::Log, .key = "activity", .label = "Live activity"});
    float y = area.y + 50;
    for (auto const& item : shown) {
        if (y + row_height > area.bottom() - 6) break;
        auto const key = "activity-" + item.id;
        Rect const row{area.x, y, area.w, row_height};
        Press const press = claim(ui, row, key);
        if (press.hovered) ui.fill({row.x + 8, row.y + 1, row.w - 16, row.h - 2}, ui.colours.hover, 8);
        if (press.shows_focus) ui.edge({row.x + 8, row.y + 1, row.w - 16, row.h - 2}, ui.colours.focus, 8, 2);
        auto const owner = item.organization_name.empty() ? std::string("Platform") : item.organization_name;
        auto node = node_at(Role::Link, key, row);
        node.label = owner + ": " + item.text;
        node.href = item.address.empty() ? "#/overview" : item.address;
        ui.mirror.add(std::move(node));
        auto const [symbol, colour, fill] = mark_of(ui, item.kind);
        ui.disc(row.x + 34, row.middle(), 14, fill);
        ui.icon(row.x + 34, row.middle(), symbol, 14, colour);
        TextStyle const quiet{Face::Regular, 12, ui.colours.text2};
        auto const age = ui.clock.age(item.at);
        float const age_x = row.right() - 20 - ui.width(age, quiet);
        told(ui, Role::Text, key + "-owner", {row.x + 60, row.y + 7, age_x - row.x - 68, 18}, owner, {Face::Medium, 13, ui.colours.text});
        told(ui, Role::Text, key + "-text", {row.x + 60, row.y + 25, row.w - 80, 17}, item.text, quiet);
        paragraph(ui, key + "-age", age_x, row.y + 16, age, quiet);
        if (press.pressed && !item.address.empty()) commands.emplace_back(Go{address_from(item.address)});
        y += row_height;
    }
}

} // namespace console
