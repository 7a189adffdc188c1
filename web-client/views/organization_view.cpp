#include "web-client/views/organization_view.h"

#include "build/generated/icon_codes.h"
#include "web-client/views/timeline.h"
#include "web-client/widgets/scroll_area.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace console {

static constexpr float gap = 16;

static OrganizationDetail const* detail_of(AppState const& state)
{
    auto const found = state.details.find(state.address.at(1));
    return found == state.details.end() ? nullptr : &found->second;
}

std::string OrganizationView::title(AppState const& state) const
{
    auto const* detail = detail_of(state);
    return detail && detail->organization.value ? detail->organization.value->organization.name : "Organisation";
}

// The pending notification that names the step to take; empty without one.
static std::string notification_of(std::string const& organization_id, AppState const& state)
{
    auto const pending = state.notifications.find("pending");
    if (pending == state.notifications.end()) return {};
    for (auto const& item : pending->second.rows)
        if (item.organization_id == organization_id) return item.id;
    return {};
}

float OrganizationView::draw_header(
    Ui& ui, Rect area, OrganizationRow const& row, Session const& session, AppState const& state, Commands& commands)
{
    auto const& organization = row.organization;
    bool const phone = ui.compact();
    float const size = phone ? 44 : 52;
    avatar(ui, area.x, area.y, size, organization.name, AvatarShape::Organization);
    float const x = area.x + size + 16;
    TextStyle const name{Face::Display, phone ? 18.0f : 22.0f, ui.colours.text};
    auto const [tone, words] = organization_state(row.status);
    bool const retries = session.may_change() && (row.status == "needs_attention" || row.status == "held");
    auto const waits = notification_of(organization.id, state);
    Button const retry{.key = "organization-retry",
        .text = !waits.empty()     ? "See what to do"
            : row.status == "held" ? "Release and buy"
                                   : "Try again",
        .look = ButtonLook::Primary,
        .icon = waits.empty() ? icon::refresh_cw : icon::bell_ring,
        .busy_for = state.action("retry:" + organization.id).busy ? ImGui::GetTime() - state.action("retry:" + organization.id).since : -1};
    float const button_room = retries && !phone ? button_width(ui, retry) + 16 : 0;
    float const state_room = pill_width(ui, words) + 12;
    float const room = area.right() - x - button_room - (phone ? 0 : state_room);
    float const drawn = told(ui, Role::Heading, "organization-name", {x, area.y, room, 28}, organization.name, name, false, 2);
    if (phone)
        pill(ui, "organization-state", x, area.y + 40, tone, words);
    else
        pill(ui, "organization-state", x + drawn + 12, area.y + 14, tone, words);
    float y = area.y + (phone ? 70.0f : 40.0f);
    float fact_x = phone ? area.x : x;
    auto const meta = [&](char const* symbol, std::string const& key, std::string const& text) {
        if (text.empty()) return;
        TextStyle const style{Face::Regular, 13, ui.colours.text2};
        float const width = 20 + ui.width(text, style) + 20;
        float const left = phone ? area.x : x, right = area.right() - button_room;
        if (fact_x > left && fact_x + width > right) {
            fact_x = left;
            y += 22;
        }
        ui.icon(fact_x + 7, y, symbol, 14, ui.colours.text3);
        told(ui, Role::Text, key, {fact_x + 20, y - 10, std::min(ui.width(text, style) + 1, right - fact_x - 20), 20}, text, style);
        fact_x += width;
    };
    meta(icon::globe, "organization-slug", organization.slug);
    meta(icon::mail, "organization-email", organization.email);
    if (!organization.time_zone.empty())
        meta(icon::map_pin, "organization-zone",
            organization.time_zone + ", " + ui.clock.time(ui.clock.present(), organization.time_zone) + " there");
    if (retries) {
        Rect const place = phone ? Rect{area.x, y + 22, area.w, 44}
                                 : Rect{area.right() - button_width(ui, retry), area.y + 8, button_width(ui, retry), 32};
        if (button(ui, place, retry)) {
            if (waits.empty())
                commands.emplace_back(RetryRun{organization.id, {}});
            else
                commands.emplace_back(Go{Address{{"notifications", waits}, {}}});
        }
        if (phone) y += 60;
    }
    return y + 22 - area.y;
}

static std::string waiting_for(OrganizationRow const& row)
{
    if (row.status == "provisioning") return "On its way";
    return "No number yet";
}

float OrganizationView::draw_numbers(
    Ui& ui, Rect area, OrganizationRow const& row, std::vector<PhoneNumber> const& numbers, Commands& commands)
{
    float const start = area.y;
    if (numbers.empty()) {
        card(ui, {area.x, area.y, area.w, 104});
        heading(ui, "number-none-title", area.x + 20, area.y + 28, "Number", {Face::SemiBold, 14, ui.colours.text}, 2);
        told(ui, Role::Text, "number-none", {area.x + 20, area.y + 46, area.w - 40, 34}, waiting_for(row),
            {Face::Display, 20, ui.colours.text3});
        return 104 + gap;
    }
    for (auto const& number : numbers) {
        auto const key = "number-" + number.id;
        struct Fact {
            std::string name, value;
            bool mono, copyable;
        };
        std::vector<Fact> facts;
        facts.push_back({"Calls answered by", number.is_active ? "Jack" : "Nobody yet", false, false});
        facts.push_back({"Greets as", row.organization.name, false, false});
        facts.push_back({"Texts", sms_words(number), false, false});
        if (!number.place.empty()) facts.push_back({"Place", number.place, false, false});
        facts.push_back({"E.164", number.phone_number, true, true});
        facts.push_back({"ElevenLabs phone id", number.elevenlabs_phone_id.empty() ? "–" : number.elevenlabs_phone_id, true,
            !number.elevenlabs_phone_id.empty()});
        if (!number.agent_id.empty()) facts.push_back({"Agent", number.agent_id, true, true});
        facts.push_back({"Twilio SID", number.twilio_sid, true, true});
        facts.push_back({"Bought", ui.clock.date(number.created_at, row.organization.time_zone), false, false});
        auto const reason = number.state_reason.empty() ? number.sms_reason : number.state_reason;
        float const reason_height
            = reason.empty() ? 0 : static_cast<float>(ui.wrap(reason, {Face::Regular, 12, 0}, area.w - 40).size()) * 17 + 14;
        float const height = 104 + static_cast<float>(facts.size()) * 32 + reason_height + 6;
        MirrorNode region = node_at(Role::Region, key, {area.x, area.y, area.w, height});
        region.label = "Number " + national_format(number.phone_number);
        MirrorScope const scope(ui.mirror, std::move(region));
        card(ui, {area.x, area.y, area.w, height});
        heading(ui, key + "-title", area.x + 20, area.y + 28, "Number", {Face::SemiBold, 14, ui.colours.text}, 2);
        auto const [tone, words] = number_state(number.state);
        pill(ui, key + "-state", area.right() - 16 - pill_width(ui, words), area.y + 28, tone, words);
        TextStyle const large{Face::Display, 28, number.is_active ? ui.colours.text : ui.colours.text2};
        auto const national = national_format(number.phone_number);
        paragraph(ui, key + "-number", area.x + 20, area.y + 68, national, large);
        float y = area.y + 94;
        for (auto const& [name, value, mono, copyable] : facts) {
            if (fact(ui, key + "-" + name, {area.x + 20, y, area.w - 40, 32}, name, value, mono, copyable))
                commands.emplace_back(Copy{value});
            y += 32;
        }
        if (!reason.empty()) {
            ui.line(area.x + 20, y, area.w - 40, ui.colours.line);
            wrapped(ui, Role::Text, key + "-reason", {area.x + 20, 0, area.w - 40, 0}, y + 17, reason,
                {Face::Regular, 12, ui.colours.text2, 17});
        }
        area.y += height + gap;
    }
    return area.y - start;
}

float OrganizationView::draw_line(
    Ui& ui, Rect area, OrganizationRow const& row, OrganizationDetail const& detail, AppState const& state, Commands& commands)
{
    bool const beside = area.w >= 860;
    float const side = beside ? std::max(std::floor(area.w * 0.33f), 340.0f) : area.w;
    float const main = beside ? area.w - side - gap : area.w;
    Rect left{area.x, area.y, main, 0};
    Rect right{beside ? area.x + main + gap : area.x, area.y, side, 0};

    auto const draw_side = [&] {
        if (detail.numbers.value) right.y += draw_numbers(ui, right, row, *detail.numbers.value, commands);
        std::string const words = "“Hi, this is Jack from " + row.organization.name + ". How can I help you today?”";
        float const text = static_cast<float>(ui.wrap(words, {Face::Regular, 14, 0}, side - 56).size()) * 21;
        card(ui, {right.x, right.y, side, text + 72});
        heading(ui, "hear-title", right.x + 20, right.y + 28, "Callers hear", {Face::SemiBold, 14, ui.colours.text}, 2);
        ui.fill({right.x + 20, right.y + 50, 2, text + 4}, ui.colours.accent);
        wrapped(ui, Role::Text, "hear", {right.x + 34, 0, side - 56, 0}, right.y + 62, words, {Face::Regular, 14, ui.colours.text, 21});
        right.y += text + 72 + gap;
    };
    auto const draw_main = [&] {
        Rect const place{left.x, left.y, main, 400};
        if (draw_progress(ui, "run", {place.x + 20, place.y + 20, main - 40, 360}, progress_of(detail.run), state, commands)) {
            left.y += 400;
            return;
        }
        auto const& run = *detail.run.value;
        if (!run.run.cause.empty() && run.run.state != "done") {
            float const height = banner(ui, "run-cause", {left.x, left.y, main, 0}, Tone::Attention, run.run.cause, run.run.next_step);
            left.y += height + gap;
        }
        float const height = timeline_height(ui, main - 40, run) + 74;
        card(ui, {left.x, left.y, main, height});
        heading(ui, "run-title", left.x + 20, left.y + 27, "How this line was set up", {Face::SemiBold, 14, ui.colours.text}, 2);
        TextStyle const quiet{Face::Regular, 12, ui.colours.text2};
        auto words = ui.clock.date(run.run.created_at, row.organization.time_zone);
        if (run.run.finished_at) words += ". Live after " + duration(run.run.finished_at.milliseconds - run.run.created_at.milliseconds);
        float const words_width = ui.width(words, quiet);
        if (words_width + 240 < main) paragraph(ui, "run-when", left.x + main - 20 - words_width, left.y + 27, words, quiet);
        ui.line(left.x + 1, left.y + 52, main - 2, ui.colours.line);
        draw_timeline(ui, "run-steps", {left.x + 20, left.y + 68, main - 40, 0}, run, row.organization.time_zone);
        left.y += height + gap;
    };
    if (beside) {
        draw_main();
        draw_side();
        return std::max(left.y, right.y) - area.y;
    }
    draw_side();
    left.y = right.y;
    draw_main();
    return left.y - area.y;
}

float OrganizationView::draw_settings(
    Ui& ui, Rect area, OrganizationRow const& row, Session const& session, AppState const& state, Commands& commands)
{
    auto const& organization = row.organization;
    auto const action = state.action("settings:" + organization.id);
    bool const may = session.may_change(organization.id);
    float const width = std::min(area.w, 480.0f);
    float const field_height = ui.compact() ? 44 : 36;
    float y = area.y + 8;
    struct Setting {
        char const* name;
        std::string label, hint, value;
        bool platform_only = false;
    };
    std::array const settings{
        Setting{"name", "Name", "What Jack says when he answers: “Hi, this is Jack from …”.", organization.name},
        Setting{"time_zone", "Time zone", "As in America/Vancouver. Opening hours and reports follow it.", organization.time_zone},
        Setting{"forwarding_number", "The dealership's own phone",
            "As in +16045550100. Callers are put through to it when Jack cannot answer. Empty: nobody is called.", row.forwarding_number},
        Setting{"monthly_budget", "Budget a month, in dollars",
            "We say so at 80 percent. Jack's own calls and texts stop before it is exceeded; what comes in never does.",
            row.monthly_budget},
        Setting{"group", "Group", "Rooftops of one owner have the same one. Empty: none.", row.group, true},
    };
    if (!may) {
        y += banner(ui, "settings-locked", {area.x, y, width, 0}, Tone::Off, "You can read these settings",
                 session.installation.snapshot_at ? "A snapshot cannot be changed." : "An admin of the organisation can change them.")
            + gap;
        for (auto const& setting : settings) {
            fact(ui, std::string("settings-") + setting.name, {area.x, y, width, 36}, setting.label,
                setting.value.empty() ? "–" : setting.value);
            y += 36;
        }
        fact(ui, "settings-shares", {area.x, y, width, 36}, "STOP counts for the whole group", row.shares_opt_outs ? "Yes" : "No");
        fact(ui, "settings-outbound", {area.x, y + 36, width, 36}, "May call and text first", row.outbound_allowed ? "Yes" : "No");
        return y + 90 - area.y;
    }
    auto& draft = m_drafts[organization.id];
    Changes changes;
    {
        MirrorScope const form(ui.mirror, {.role = Role::Form, .key = "settings-form", .label = "Settings"});
        for (auto const& setting : settings) {
            if (setting.platform_only && !session.may_change()) continue;
            auto& [text, known] = draft[setting.name];
            if (text == known) text = setting.value; // what nobody typed over follows the server
            known = setting.value;
            auto const key = std::string("settings-") + setting.name;
            auto const problem = action.problem && action.problem->field == setting.name ? action.problem->message : std::string();
            y += 24;
            Field const field{.key = key,
                .label = setting.label,
                .name = setting.name,
                .text_size = ui.compact() ? 16.0f : 14.0f,
                .invalid = !problem.empty(),
                .described_by = key + "-hint"};
            text_field(ui, {area.x, y, width, field_height}, field, text);
            y += field_height + 16;
            if (problem.empty()) {
                y += wrapped(
                    ui, Role::Text, key + "-hint", {area.x, 0, width, 0}, y, setting.hint, {Face::Regular, 12, ui.colours.text3, 17});
            } else {
                draw_refusal(ui, key + "-hint", {area.x, y, width, 0}, y, problem);
                y += refusal_height(ui, width - 22, problem);
            }
            y += 8;
            if (text != setting.value) changes[setting.name] = text;
        }
        auto& [shares, shares_known] = draft["shares_opt_outs"];
        std::string const is_shared = row.shares_opt_outs ? "yes" : "";
        if (shares == shares_known) shares = is_shared;
        shares_known = is_shared;
        if (checkbox(ui, {area.x, y, width, 32}, "settings-shares", "A STOP to one rooftop of the group counts for all", !shares.empty()))
            shares = shares.empty() ? "yes" : "";
        if (shares != is_shared) changes["shares_opt_outs"] = !shares.empty();
        y += 40;
        static constexpr std::array shown{"name", "time_zone", "forwarding_number", "monthly_budget", "group"};
        bool const is_elsewhere = action.problem && std::find(shown.begin(), shown.end(), action.problem->field) == shown.end();
        if (is_elsewhere) {
            draw_refusal(ui, "settings-problem", {area.x, y, width, 0}, y + 8, action.problem->message);
            y += refusal_height(ui, width - 22, action.problem->message) + 12;
        }
        Button const save{.key = "settings-save",
            .text = "Save",
            .submits = true,
            .disabled = changes.empty(),
            .busy_for = action.busy ? ImGui::GetTime() - action.since : -1};
        if (button(ui, {area.x, y + 8, ui.compact() ? width : 96, ui.compact() ? 44.0f : 36.0f}, save))
            commands.emplace_back(SaveSettings{organization.id, changes});
        y += 70;
    }
    y += draw_outbound(ui, {area.x, y, width, 0}, row, session, state, commands);
    if (session.may_change()) y += draw_life(ui, {area.x, y, width, 0}, row, state, commands);
    return y - area.y;
}

// Whether it may call and write to people who did not do so first: the platform's to decide.
float OrganizationView::draw_outbound(
    Ui& ui, Rect area, OrganizationRow const& row, Session const& session, AppState const& state, Commands& commands)
{
    float y = area.y + 16;
    ui.line(area.x, y, area.w, ui.colours.line);
    y += 32;
    heading(ui, "outbound-title", area.x, y, "Calls and texts to people who did not write first", {Face::SemiBold, 14, ui.colours.text}, 2);
    std::string const words = row.outbound_allowed
        ? "Allowed. Who opted out is never written to, and nobody is called outside the hours of where they live."
        : "Not allowed yet. Who called or wrote first can be called back and answered. A platform admin decides about all others.";
    y += 34 + wrapped(ui, Role::Text, "outbound-words", {area.x, 0, area.w, 0}, y + 26, words, {Face::Regular, 13, ui.colours.text2, 20});
    if (!session.may_change()) return y - area.y;
    auto const action = state.action("settings:" + row.organization.id);
    Button const decide{.key = "outbound-decide",
        .text = row.outbound_allowed ? "Withdraw" : "Allow",
        .look = ButtonLook::Secondary,
        .icon = row.outbound_allowed ? icon::ban : icon::phone_outgoing,
        .busy_for = action.busy ? ImGui::GetTime() - action.since : -1,
        .label = row.outbound_allowed ? "Withdraw: calls and texts to people who did not write first"
                                      : "Allow calls and texts to people who did not write first"};
    float const height = ui.compact() ? 44 : 36;
    if (button(ui, {area.x, y, button_width(ui, decide), height}, decide))
        commands.emplace_back(SaveSettings{row.organization.id, {{"outbound_allowed", !row.outbound_allowed}}});
    return y + height + 24 - area.y;
}

// On, off, and the end of it: the platform's to decide.
float OrganizationView::draw_life(Ui& ui, Rect area, OrganizationRow const& row, AppState const& state, Commands& commands)
{
    auto const& id = row.organization.id;
    auto const action = state.action("life:" + id);
    bool const open = row.organization.state == "open", closed = row.organization.state == "closed";
    bool const given_back = closed && row.phone_number.empty();
    auto words = open ? std::string("Switching it off lets calls through to the dealership's own phone. Closing it gives the number back "
                                    "after seven days.")
        : closed      ? "Closed on " + ui.clock.date(row.organization.closed_at, row.organization.time_zone) + '.'
                      : std::string("It is switched off: Jack does not answer, and texts still arrive.");
    if (closed && row.release_at)
        words += " Its number is given back on " + ui.clock.date(row.release_at, row.organization.time_zone) + '.';
    float y = area.y + 16;
    ui.line(area.x, y, area.w, ui.colours.line);
    y += 32;
    heading(ui, "life-title", area.x, y, "The line", {Face::SemiBold, 14, ui.colours.text}, 2);
    y += 34 + wrapped(ui, Role::Text, "life-words", {area.x, 0, area.w, 0}, y + 26, words, {Face::Regular, 13, ui.colours.text2, 20});
    float const height = ui.compact() ? 44 : 36;
    double const busy = action.busy ? ImGui::GetTime() - action.since : -1;
    Button const off{.key = "life-suspend", .text = "Switch off…", .look = ButtonLook::Secondary, .icon = icon::power, .busy_for = busy};
    Button const on{.key = "life-resume",
        .text = closed ? "Cancel the closing" : "Switch on",
        .look = ButtonLook::Secondary,
        .icon = icon::power,
        .busy_for = busy};
    Button const end{.key = "life-close", .text = "Close…", .look = ButtonLook::Danger};
    float x = area.x;
    if (!given_back) {
        auto const& first = open ? off : on;
        if (button(ui, {x, y, button_width(ui, first), height}, first)) {
            if (open)
                commands.emplace_back(Open{"suspend:" + id});
            else
                commands.emplace_back(ChangeLife{id, "resume"});
        }
        x += button_width(ui, first) + 8;
    }
    if (!closed && button(ui, {x, y, button_width(ui, end), height}, end)) commands.emplace_back(Open{"close:" + id});
    return y + height + 24 - area.y;
}

float OrganizationView::draw_tabs(Ui& ui, Rect area, OrganizationRow const& row, AppState const& state, Commands& commands)
{
    static constexpr std::pair<char const*, char const*> tabs[] = {{"", "Line"}, {"conversations", "Conversations"},
        {"messages", "Messages"}, {"leads", "Leads"}, {"usage", "Usage"}, {"settings", "Settings"}};
    auto const chosen = state.address.at(2);
    MirrorScope const nav(ui.mirror, {.role = Role::Navigation, .key = "organization-tabs", .label = "Of this organisation"});
    float x = area.x, y = area.y;
    for (auto const& [part, text] : tabs) {
        bool const here = chosen == part;
        TextStyle const style{here ? Face::SemiBold : Face::Medium, 13, here ? ui.colours.text : ui.colours.text2};
        Rect place{x, y, ui.width(text, style), 40};
        if (place.right() > area.right() + 1) { // on a phone the rest is in a second row
            place.x = x = area.x;
            place.y = y += 36;
        }
        auto const to = address_in(row.organization.id, part);
        auto const key = std::string("organization-tab-") + (*part ? part : "line");
        Press const press = claim(ui, place.grown(4), key);
        ui.text(x, place.middle(), text, style);
        if (here) ui.fill({x, y + 38, place.w, 2}, ui.colours.text);
        if (press.shows_focus) ui.edge({x - 5, y + 6, place.w + 10, 28}, ui.colours.focus, 6, 2);
        auto node = node_at(Role::Link, key, {x, y, place.w + 1, 40});
        node.text = text;
        node.face = css_family(style.face);
        node.line = 40;
        node.href = to.text();
        node.current = here;
        ui.mirror.add(std::move(node));
        if (press.pressed) commands.emplace_back(Go{to});
        x += place.w + (ui.compact() ? 16 : 22);
    }
    ui.line(area.x, y + 40, area.w, ui.colours.line);
    return y + 40 - area.y;
}

float OrganizationView::draw_top(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    Rect const content = page_content(ui, page);
    auto const* detail = detail_of(state);
    if (!detail || draw_progress(ui, "organization", content, progress_of(detail->organization), state, commands)) return 0;
    auto const& row = *detail->organization.value;
    auto const& session = state.signed_in()->session;
    float const y = content.y + (ui.compact() ? 0 : draw_header(ui, content, row, session, state, commands));
    return y + draw_tabs(ui, {content.x, y, content.w, 0}, row, state, commands) - page.y + 1;
}

void OrganizationView::draw(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    ScrollArea const scroll(ui, "organization-page-" + state.address.at(1), page, m_height, "Organisation");
    Rect const content = page_content(ui, {page.x, scroll.top(), page.w, page.h});
    auto const* detail = detail_of(state);
    if (!detail) return;
    if (draw_progress(ui, "organization", content, progress_of(detail->organization), state, commands)) return;
    auto const& row = *detail->organization.value;
    auto const& session = state.signed_in()->session;
    float y = content.y + draw_header(ui, content, row, session, state, commands);
    y += draw_tabs(ui, {content.x, y, content.w, 0}, row, state, commands) + 20;
    if (session.may_work(row.organization.id)) {
        if (ui.key("c")) commands.emplace_back(Open{"call:" + row.organization.id + ':'});
        if (ui.key("t")) commands.emplace_back(Open{"text:" + row.organization.id + ':'});
    }
    Rect const body{content.x, y, content.w, 0};
    y += state.address.at(2) == "settings" ? draw_settings(ui, body, row, session, state, commands)
                                           : draw_line(ui, body, row, *detail, state, commands);
    m_height = y + 16 - scroll.top();
}

} // namespace console
