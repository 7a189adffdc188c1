#include "web-client/views/drift_view.h"

#include "build/generated/icon_codes.h"
#include "web-client/widgets/scroll_area.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>

namespace console {

static constexpr float gap = 16;
static constexpr float card_head = 52;
static constexpr float line_height = 19;
static constexpr std::size_t shown_at_most = 200; // the rest follows when these are done

static bool is_difference(DriftFinding const& finding)
{
    return finding.kind != "not_ours";
}

static std::vector<std::string> repairable(DriftReport const& report)
{
    std::vector<std::string> ids;
    for (auto const& finding : report.findings)
        if (!finding.repair.empty()) ids.push_back(finding.id);
    return ids;
}

static double busy_for(Action const& action)
{
    return action.busy ? ImGui::GetTime() - action.since : -1;
}

static std::string counted(std::size_t count, char const* one, char const* many)
{
    return std::to_string(count) + ' ' + (count == 1 ? one : many);
}

float DriftView::draw_summary(Ui& ui, Rect area, DriftReport const& report, AppState const& state, Commands& commands)
{
    auto const action = state.action("drift");
    bool const may = state.signed_in()->session.may_change();
    auto const ids = repairable(report);
    float y = area.y;
    heading(ui, "drift-title", area.x, y + 13, "Our books and the vendors'", {Face::Display, 20, ui.colours.text}, 2);
    Button const look{
        .key = "drift-look", .text = "Look now", .look = ButtonLook::Secondary, .icon = icon::refresh_cw, .busy_for = busy_for(action)};
    Button const all{.key = "drift-repair-all", .text = "Repair all " + std::to_string(ids.size())};
    float const look_width = button_width(ui, look), all_width = button_width(ui, all);
    float const height = ui.compact() ? 44 : 32;
    if (may && !ui.compact()) {
        float x = area.right();
        if (ids.size() > 1) {
            x -= all_width;
            if (button(ui, {x, y, all_width, height}, all)) commands.emplace_back(RepairDrift{ids});
            x -= 8;
        }
        if (button(ui, {x - look_width, y, look_width, height}, look)) commands.emplace_back(LookForDrift{});
    }
    std::string sentence = "Nobody has looked yet. The first look comes by itself within a minute of the server's start.";
    auto const age = ui.clock.age(report.looked_at);
    if (report.looked_at)
        sentence = "Looked " + (age == "now" ? "just now" : age + " ago") + ": "
            + counted(static_cast<std::size_t>(report.at_twilio), "number", "numbers") + " at Twilio, "
            + std::to_string(report.at_elevenlabs) + " at ElevenLabs, " + std::to_string(report.not_ours)
            + " not ours. It looks by itself every hour and changes nothing until you say so.";
    y += 36
        + wrapped(ui, Role::Text, "drift-sentence", {area.x, 0, area.w, 0}, y + 42, sentence, {Face::Regular, 13, ui.colours.text2, 20});
    if (may && ui.compact()) {
        y += 12;
        if (button(ui, {area.x, y, area.w, height}, look)) commands.emplace_back(LookForDrift{});
        y += height + 8;
        if (ids.size() > 1 && button(ui, {area.x, y, area.w, height}, all)) commands.emplace_back(RepairDrift{ids});
        y += ids.size() > 1 ? height : -8;
    }
    y += 20;
    auto const problem = action.problem ? action.problem->message : report.failure;
    if (!problem.empty())
        y += banner(ui, "drift-problem", {area.x, y, area.w, 0}, Tone::Failed, "The books could not be compared",
                 problem + " What is below is from the look before.")
            + gap;
    return y - area.y;
}

float DriftView::draw_differences(Ui& ui, Rect area, DriftReport const& report, AppState const& state, Commands& commands)
{
    bool const may = state.signed_in()->session.may_change();
    auto const action = state.action("drift");
    TextStyle const title{Face::Medium, 13, ui.colours.text, line_height}, quiet{Face::Regular, 13, ui.colours.text2, line_height};
    Button const repair{.key = {}, .text = "Repair", .look = ButtonLook::Secondary, .disabled = action.busy};
    float const button_room = may ? button_width(ui, repair) + 24 : 0;
    float const text_width = area.w - 46 - 20 - (ui.compact() ? 0 : button_room);
    struct Row {
        DriftFinding const* finding;
        std::string plan;
        float height;
    };
    std::vector<Row> rows;
    float height = card_head;
    for (auto const& finding : report.findings) {
        if (!is_difference(finding) || rows.size() >= shown_at_most) continue;
        auto plan = finding.repair.empty() ? "By hand: " + finding.next_step : "Repair: " + finding.repair;
        auto const lines = ui.wrap(finding.message, title, text_width).size() + ui.wrap(plan, quiet, text_width).size();
        bool const below = ui.compact() && may && !finding.repair.empty();
        float const row = static_cast<float>(lines) * line_height + 28 + (finding.organization_name.empty() ? 0 : 22) + (below ? 52 : 0);
        rows.push_back({&finding, std::move(plan), row});
        height += row;
    }
    if (rows.empty()) height += 60;
    card(ui, {area.x, area.y, area.w, height});
    heading(ui, "differences-title", area.x + 20, area.y + 27,
        rows.empty() ? "Differences" : counted(rows.size(), "difference", "differences"), {Face::SemiBold, 14, ui.colours.text}, 2);
    float y = area.y + card_head;
    if (rows.empty()) {
        ui.line(area.x + 1, y, area.w - 2, ui.colours.line);
        ui.icon(area.x + 30, y + 30, icon::circle_check, 16, ui.colours.okdot);
        told(ui, Role::Text, "differences-none", {area.x + 48, y, area.w - 60, 60},
            report.looked_at ? "None. What we have written down is what the vendors hold." : "Nothing is known before the first look.",
            {Face::Regular, 13, ui.colours.text2});
        return height;
    }
    MirrorScope const list(ui.mirror, {.role = Role::List, .key = "differences"});
    for (auto const& [finding, plan, row_height] : rows) {
        auto const key = "drift-" + finding->id;
        ui.line(area.x + 1, y, area.w - 2, ui.colours.line);
        MirrorScope const item(ui.mirror, node_at(Role::Item, key, {area.x, y, area.w, row_height}));
        tone_mark(ui, area.x + 22, y + 23, finding->repair.empty() ? Tone::Failed : Tone::Attention);
        float text_y = y + 23;
        text_y += wrapped(ui, Role::Text, key + "-what", {area.x + 46, 0, text_width, 0}, text_y, finding->message, title);
        text_y += wrapped(ui, Role::Text, key + "-plan", {area.x + 46, 0, text_width, 0}, text_y, plan, quiet);
        if (!finding->organization_name.empty()) {
            go_link(ui, commands, key + "-organization", area.x + 46, text_y + 2, finding->organization_name,
                "#/organizations/" + url_encoded(finding->organization_id), {Face::Medium, 13, ui.colours.accent});
            text_y += 22;
        }
        if (may && !finding->repair.empty()) {
            auto one = repair;
            one.key = key + "-repair";
            one.label = "Repair: " + finding->message;
            Rect const place = ui.compact() ? Rect{area.x + 46, text_y, text_width, 44}
                                            : Rect{area.right() - 20 - button_width(ui, one), y + 12, button_width(ui, one), 32};
            if (button(ui, place, one)) commands.emplace_back(RepairDrift{{finding->id}});
        }
        y += row_height;
    }
    return height;
}

float DriftView::draw_orphans(Ui& ui, Rect area, std::vector<Orphan> const& orphans, AppState const& state, Commands& commands)
{
    bool const may = state.signed_in()->session.may_change();
    TextStyle const quiet{Face::Regular, 13, ui.colours.text2, line_height};
    float const row = ui.compact() ? 152 : 76;
    float const height = card_head + (orphans.empty() ? 60 : static_cast<float>(orphans.size()) * row);
    card(ui, {area.x, area.y, area.w, height});
    heading(ui, "orphans-title", area.x + 20, area.y + 27, "Paid for and used by nobody", {Face::SemiBold, 14, ui.colours.text}, 2);
    float y = area.y + card_head;
    if (orphans.empty()) {
        ui.line(area.x + 1, y, area.w - 2, ui.colours.line);
        ui.icon(area.x + 30, y + 30, icon::circle_check, 16, ui.colours.okdot);
        told(ui, Role::Text, "orphans-none", {area.x + 48, y, area.w - 60, 60}, "None. Every number that we pay for has its dealership.",
            {Face::Regular, 13, ui.colours.text2});
        return height;
    }
    MirrorScope const list(ui.mirror, {.role = Role::List, .key = "orphans"});
    for (auto const& orphan : orphans) {
        auto const key = "orphan-" + orphan.twilio_sid;
        ui.line(area.x + 1, y, area.w - 2, ui.colours.line);
        MirrorScope const item(ui.mirror, node_at(Role::Item, key, {area.x, y, area.w, row}));
        auto const number = national_format(orphan.phone_number);
        TextStyle const large{Face::SemiBold, 14, ui.colours.text};
        paragraph(ui, key + "-number", area.x + 20, y + 24, number, large);
        paragraph(ui, key + "-cost", area.x + 32 + ui.width(number, large), y + 24, "$" + orphan.monthly_cost + " a month", quiet);
        auto const action = state.action("orphan:" + orphan.twilio_sid);
        Button const adopt{.key = key + "-adopt",
            .text = "Adopt",
            .look = ButtonLook::Secondary,
            .busy_for = busy_for(action),
            .label = "Adopt " + number + " for " + orphan.organization_name};
        Button const release{.key = key + "-release", .text = "Release…", .look = ButtonLook::Danger, .label = "Release " + number + "…"};
        bool const adoptable = !orphan.organization_id.empty();
        float const release_width = button_width(ui, release), adopt_width = adoptable ? button_width(ui, adopt) + 8 : 0;
        float const buttons = may && !ui.compact() ? release_width + adopt_width + 16 : 0;
        told(ui, Role::Text, key + "-what", {area.x + 20, y + 38, area.w - 40 - buttons, 22}, orphan.message, quiet);
        if (may) {
            float const button_height = ui.compact() ? 44 : 32;
            float x = ui.compact() ? area.x + 20 : area.right() - 20 - release_width - adopt_width;
            float const top = ui.compact() ? y + 84 : y + 22;
            if (adoptable) {
                if (button(ui, {x, top, adopt_width - 8, button_height}, adopt))
                    commands.emplace_back(AdoptOrphan{orphan.twilio_sid, orphan.organization_id});
                x += adopt_width;
            }
            if (button(ui, {x, top, release_width, button_height}, release)) commands.emplace_back(Open{"release:" + orphan.twilio_sid});
        }
        y += row;
    }
    return height;
}

float DriftView::draw_not_ours(Ui& ui, Rect area, DriftReport const& report)
{
    std::vector<std::string> numbers;
    for (auto const& finding : report.findings)
        if (!is_difference(finding)) numbers.push_back(national_format(finding.phone_number));
    if (numbers.empty()) return 0;
    std::string text = "In the same Twilio account, without our mark. They are shown, and never touched: ";
    for (std::size_t i = 0; i < numbers.size(); ++i)
        text += (i > 0 ? ", " : "") + numbers[i];
    if (report.not_ours > static_cast<int>(numbers.size()))
        text += " and " + std::to_string(report.not_ours - static_cast<int>(numbers.size())) + " more";
    text += '.';
    TextStyle const quiet{Face::Regular, 13, ui.colours.text2, 20};
    float const height = card_head + static_cast<float>(ui.wrap(text, quiet, area.w - 40).size()) * 20 + 12;
    card(ui, {area.x, area.y, area.w, height});
    heading(ui, "not-ours-title", area.x + 20, area.y + 27, "Not ours", {Face::SemiBold, 14, ui.colours.text}, 2);
    wrapped(ui, Role::Text, "not-ours", {area.x + 20, 0, area.w - 40, 0}, area.y + card_head + 6, text, quiet);
    return height;
}

void DriftView::draw(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    ScrollArea const scroll(ui, "drift-page", page, m_height, "Drift");
    Rect const content = page_content(ui, {page.x, scroll.top(), page.w, page.h});
    if (draw_progress(ui, "drift", content, progress_of(state.drift), state, commands)) return;
    auto const& report = *state.drift.value;
    Rect area{content.x, content.y, std::min(content.w, 1040.0f), 0};
    area.y += draw_summary(ui, area, report, state, commands);
    area.y += draw_differences(ui, area, report, state, commands) + gap;
    if (state.orphans.value) area.y += draw_orphans(ui, area, *state.orphans.value, state, commands) + gap;
    area.y += draw_not_ours(ui, area, report);
    m_height = area.y + 24 - scroll.top();
}

} // namespace console
