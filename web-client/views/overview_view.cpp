#include "web-client/views/overview_view.h"

#include "build/generated/icon_codes.h"
#include "web-client/widgets/chart.h"
#include "web-client/widgets/figures.h"
#include "web-client/widgets/scroll_area.h"

#include "shared/base/time.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace console {

static constexpr float gap = 16;

std::string OverviewView::title(AppState const&) const
{
    return "Overview";
}

static int count_of(Overview const& overview, char const* name)
{
    auto const found = overview.organizations.find(name);
    return found == overview.organizations.end() ? 0 : found->second;
}

static std::string plural(int count, char const* one, char const* many)
{
    return std::to_string(count) + ' ' + (count == 1 ? one : many);
}

float OverviewView::draw_strip(Ui& ui, Rect area, Overview const& overview, Commands& commands)
{
    struct Figure {
        std::string name, value, of, below, address;
        ImU32 colour;
        std::vector<int> spark = {};
        double share = -1; // of a meter
    };
    int const stuck = count_of(overview, "needs_attention") + count_of(overview, "held");
    std::string below = plural(count_of(overview, "provisioning"), "on its way", "on their way");
    if (stuck > 0) below += ", " + std::to_string(stuck) + " stuck";
    if (int const off = count_of(overview, "suspended"); off > 0) below += ", " + std::to_string(off) + " off";
    auto const& c = ui.colours;
    auto const& traffic = overview.traffic;
    std::vector<int> hours;
    for (auto const& hour : traffic.by_hour)
        hours.push_back(hour.answered + hour.missed);
    char percent[32] = "No call yet";
    if (traffic.answered_percent >= 0) std::snprintf(percent, sizeof percent, "%.1f%% answered", traffic.answered_percent);
    auto const month = ui.clock.month_words(traffic.month.empty() ? day_of(ui.clock.present()).substr(0, 7) : traffic.month);
    bool const has_budget = traffic.budget > 0;
    std::array const figures{
        Figure{"Numbers live", grouped(overview.active), "of " + grouped(count_of(overview, "all") - count_of(overview, "closed")), below,
            "#/numbers", c.text2},
        Figure{"Needs a human", grouped(overview.pending), "",
            overview.pending > 0 ? "Oldest waits " + ui.clock.age(overview.oldest_pending) : "Nothing waits", "#/notifications",
            overview.pending > 0 ? c.warn : c.text2},
        Figure{"Calls today", grouped(traffic.calls_today), "", percent, "#/conversations",
            traffic.answered_percent >= 95      ? c.ok
                : traffic.answered_percent >= 0 ? c.warn
                                                : c.text2,
            hours},
        Figure{"Texts today", grouped(traffic.texts_today), "",
            traffic.texts_not_delivered == 0 ? "All delivered" : grouped(traffic.texts_not_delivered) + " not delivered", "#/messages",
            traffic.texts_not_delivered == 0 ? c.text2 : c.warn},
        Figure{"Spend in " + month.substr(0, month.find(' ')), in_dollars(traffic.spent), "",
            has_budget ? "of " + in_dollars(traffic.budget, 0) : plural(overview.owned, "number", "numbers"), "#/usage", c.text2, {},
            has_budget ? static_cast<double>(traffic.spent) / static_cast<double>(traffic.budget) : -1},
    };
    bool const narrow = area.w < 720;
    int const columns = narrow ? 2 : area.w < 900 ? 3 : static_cast<int>(figures.size());
    int const rows = (static_cast<int>(figures.size()) + columns - 1) / columns;
    float const height = static_cast<float>(rows) * 104;
    card(ui, {area.x, area.y, area.w, height});
    for (std::size_t i = 0; i < figures.size(); ++i) {
        auto const& figure = figures[i];
        int const column = static_cast<int>(i) % columns, row = static_cast<int>(i) / columns;
        float const width = area.w / static_cast<float>(columns);
        Rect const place{area.x + static_cast<float>(column) * width, area.y + static_cast<float>(row) * 104, width, 104};
        if (column > 0) ui.fill({std::round(place.x), place.y + 1, 1, place.h - 2}, c.line);
        if (row > 0 && column == 0) ui.line(area.x + 1, place.y, area.w - 2, c.line);
        auto const key = "figure-" + std::to_string(i);
        auto group = node_at(Role::Group, key, place);
        group.label = figure.name;
        MirrorScope const scope(ui.mirror, std::move(group));
        float const x = place.x + 20, room = place.w - 32;
        TextStyle const name{Face::Medium, 13, c.text2};
        if (figure.address.empty())
            told(ui, Role::Text, key + "-name", {x, place.y + 16, room, 20}, figure.name, name);
        else
            go_link(ui, commands, key + "-name", x, place.y + 26, figure.name, figure.address, name);
        TextStyle const large{Face::Display, 26, c.text};
        paragraph(ui, key + "-value", x, place.y + 56, figure.value, large);
        if (!figure.of.empty())
            paragraph(ui, key + "-of", x + ui.width(figure.value, large) + 8, place.y + 60, figure.of, {Face::Regular, 13, c.text2});
        float const drawn
            = told(ui, Role::Text, key + "-below", {x, place.y + 74, room, 20}, figure.below, {Face::Regular, 12, figure.colour});
        if (figure.share >= 0 && room - drawn > 60) meter(ui, {x + drawn + 12, place.y + 81, room - drawn - 16, 6}, figure.share);
        bool const has_room = room - ui.width(figure.value, large) > 90;
        if (figure.spark.size() > 1 && has_room) spark_bars(ui, {place.right() - 76, place.y + 38, 56, 26}, figure.spark, c.c1);
    }
    return height;
}

static std::string day_name(std::string const& date) // 2026-11-01
{
    static constexpr std::array names{
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
    if (date.size() != 10) return date;
    auto const month = static_cast<std::size_t>(std::atoi(date.substr(5, 2).c_str()) - 1);
    return std::to_string(std::atoi(date.substr(8).c_str())) + ' ' + (month < names.size() ? names[month] : "");
}

static std::string hour_words(int hour)
{
    return std::to_string(hour % 12 == 0 ? 12 : hour % 12) + (hour < 12 ? " AM" : " PM");
}

void OverviewView::draw_calls(Ui& ui, Rect area, Overview const& overview)
{
    card(ui, area);
    heading(ui, "calls-title", area.x + 20, area.y + 27, "Calls by hour", {Face::SemiBold, 14, ui.colours.text}, 2);
    auto const& traffic = overview.traffic;
    auto const present = ui.clock.minutes_of_day(ui.clock.present());
    auto const weekday = ui.clock.weekday_date(ui.clock.present());
    Chart chart{.key = "calls",
        .values = "Calls by hour",
        .series = {{"Answered", ui.colours.c1}, {"Missed", ui.colours.c3}},
        .reference = "Last " + weekday.substr(0, weekday.find(',')),
        .current = present / 60,
        .now = static_cast<float>(present % 60) / 60,
        .now_words = "Now, " + ui.clock.time(ui.clock.present())};
    std::vector<Bar> bars;
    int missed = 0, most = 0, busiest = 0;
    for (int hour = 0; hour < 24; ++hour) {
        auto const at = static_cast<std::size_t>(hour);
        Bar bar{.name = hour_words(hour), .axis = hour % 3 == 0 ? hour_words(hour) : ""};
        if (at < traffic.by_hour.size()) bar.parts = {traffic.by_hour[at].answered, traffic.by_hour[at].missed};
        if (at < traffic.last_week.size()) bar.reference = traffic.last_week[at];
        missed += static_cast<int>(bar.parts[1]);
        int const sum = static_cast<int>(bar.parts[0] + bar.parts[1]);
        if (sum > most) most = sum, busiest = hour;
        bars.push_back(std::move(bar));
    }
    chart.label = plural(traffic.calls_today, "call", "calls") + " today";
    if (most > 0)
        chart.label += ", busiest " + hour_words(busiest) + " with " + std::to_string(most) + ", " + std::to_string(missed) + " missed";
    chart.label += '.';
    if (area.w > 460) draw_legend(ui, area.right() - 20, area.y + 27, chart);
    bar_chart(ui, {area.x + 20, area.y + 52, area.w - 40, area.h - 66}, chart, bars);
}

float OverviewView::draw_signups(Ui& ui, Rect area, Overview const& overview)
{
    card(ui, area);
    int total = 0, busiest = 0;
    std::string busiest_day;
    std::vector<Bar> bars;
    for (std::size_t i = 0; i < overview.signups.size(); ++i) {
        auto const& day = overview.signups[i];
        auto const name = day_name(day.date);
        total += day.organizations;
        if (day.organizations > busiest) busiest = day.organizations, busiest_day = name;
        bool const named = (overview.signups.size() - 1 - i) % 7 == 0;
        auto const month = name.find(' ');
        bars.push_back({name, named ? name.substr(0, month + 4) : "", {day.live}, day.organizations});
    }
    TextStyle const style{Face::SemiBold, 14, ui.colours.text};
    heading(ui, "signups-title", area.x + 20, area.y + 27, "Signups by day", style, 2);
    std::string label = plural(total, "signup", "signups") + " in " + std::to_string(bars.size()) + " days";
    if (busiest > 0) label += ", most on " + busiest_day + ", " + std::to_string(busiest);
    Chart const chart{.key = "signups",
        .label = label + ".",
        .values = "Signups by day",
        .series = {{"Live", ui.colours.c1}},
        .reference = "Signed up",
        .current = static_cast<int>(bars.size()) - 1};
    draw_legend(ui, area.right() - 20, area.y + 27, chart);
    bar_chart(ui, {area.x + 20, area.y + 52, area.w - 40, area.h - 66}, chart, bars);
    return area.h;
}

float OverviewView::draw_waiting(Ui& ui, Rect area, Overview const& overview, Commands& commands)
{
    card(ui, area);
    heading(ui, "waiting-title", area.x + 20, area.y + 25, "Needs a human", {Face::SemiBold, 14, ui.colours.text}, 2);
    if (overview.pending > 0) {
        TextStyle const accent{Face::Medium, 13, ui.colours.accent};
        auto const text = "Open all " + std::to_string(overview.pending);
        go_link(ui, commands, "waiting-all", area.right() - 20 - ui.width(text, accent), area.y + 25, text, "#/notifications", accent);
    }
    float y = area.y + 49;
    if (overview.oldest.empty()) {
        ui.line(area.x + 1, y, area.w - 2, ui.colours.line);
        ui.icon(area.x + 30, y + 30, icon::circle_check, 16, ui.colours.okdot);
        wrapped(ui, Role::Text, "waiting-none", {area.x + 48, y, area.w - 60, 60}, y + 30, "Nothing. Every line is answered or on its way.",
            {Face::Regular, 13, ui.colours.text2, 19});
        return area.h;
    }
    MirrorScope const list(ui.mirror, {.role = Role::List, .key = "waiting"});
    for (auto const& item : overview.oldest) {
        if (y + 62 > area.bottom()) break;
        auto const key = "waiting-" + item.id;
        Rect const row{area.x, y, area.w, 62};
        ui.line(row.x + 1, row.y, row.w - 2, ui.colours.line);
        auto const name = item.organization_name.empty() ? std::string("Platform") : item.organization_name;
        MirrorScope const entry(ui.mirror, node_at(Role::Item, key + "-item", row));
        Press const press = claim(ui, row, key);
        if (press.hovered) ui.fill({row.x + 1, row.y + 1, row.w - 2, row.h - 2}, ui.colours.hover);
        if (press.shows_focus) ui.edge(row.grown(-3), ui.colours.focus, 6, 2);
        auto node = node_at(Role::Link, key, row);
        node.label = name + ": " + notification_title(item);
        node.href = "#/notifications/" + item.id;
        ui.mirror.add(std::move(node));
        if (press.pressed) commands.emplace_back(Go{address_from("#/notifications/" + item.id)});
        avatar(ui, row.x + 20, row.y + 17, 28, name, AvatarShape::Organization);
        auto const age = ui.clock.age(item.created_at);
        TextStyle const time{Face::Medium, 12, ui.colours.warn};
        float const right = row.right() - 20 - ui.width(age, time);
        told(ui, Role::Text, key + "-name", {row.x + 60, row.y + 12, right - row.x - 68, 20}, name, {Face::Medium, 13, ui.colours.text});
        told(ui, Role::Text, key + "-what", {row.x + 60, row.y + 32, row.w - 84, 18}, notification_title(item),
            {Face::Regular, 12, ui.colours.text2});
        paragraph(ui, key + "-age", right, row.y + 22, age, time);
        y += 62;
    }
    return area.h;
}

static StateWords provider_state(Provider const& provider)
{
    if (provider.state == "normal") return {Tone::Ok, "Normal"};
    if (provider.state == "slow") return {Tone::Attention, "Slow"};
    if (provider.state == "failing") return {Tone::Failed, "Failing"};
    if (provider.state == "refusing") return {Tone::Failed, "Refuses us"};
    if (provider.state == "unused") return {Tone::Off, "Not set up"};
    return {Tone::Off, "Not asked yet"};
}

// How it did within the hour: "3 of 41 failed · last answer 2 min ago".
static std::string provider_record(Ui const& ui, Provider const& provider)
{
    if (provider.calls == 0) return {};
    auto words
        = (provider.failures == 0 ? "None" : std::to_string(provider.failures)) + " of " + std::to_string(provider.calls) + " failed";
    if (!provider.last_success_at) return words + " · no answer yet";
    auto const age = ui.clock.age(provider.last_success_at);
    return words + " · last answer " + (age == "now" ? "just now" : age + " ago");
}

static std::string provider_rest(Ui const& ui, Provider const& provider)
{
    if (!provider.left_alone_until || provider.left_alone_until <= ui.clock.present()) return {};
    return "Left alone until " + ui.clock.time(provider.left_alone_until, {}, true);
}

static float provider_height(Ui const& ui, Provider const& provider)
{
    return 57 + (provider_record(ui, provider).empty() ? 0.0f : 19.0f) + (provider_rest(ui, provider).empty() ? 0.0f : 19.0f);
}

float OverviewView::draw_providers(Ui& ui, Rect area, Overview const& overview)
{
    card(ui, area);
    heading(ui, "providers-title", area.x + 20, area.y + 25, "Providers", {Face::SemiBold, 14, ui.colours.text}, 2);
    TextStyle const quiet{Face::Regular, 12, ui.colours.text2};
    std::string const hint = "p95, last hour";
    paragraph(ui, "providers-hint", area.right() - 20 - ui.width(hint, quiet), area.y + 25, hint, quiet);
    float y = area.y + 49;
    if (overview.providers.empty()) {
        ui.line(area.x + 1, y, area.w - 2, ui.colours.line);
        told(ui, Role::Text, "providers-none", {area.x + 20, y, area.w - 40, 57}, "A snapshot has none of their answers.",
            {Face::Regular, 13, ui.colours.text2});
        return area.h;
    }
    float state_width = 96; // of all, so that they begin on one line
    for (auto const& provider : overview.providers)
        state_width = std::max(state_width, pill_width(ui, provider_state(provider).words));
    MirrorScope const list(ui.mirror, {.role = Role::List, .key = "providers"});
    for (auto const& provider : overview.providers) {
        auto const key = "provider-" + provider.name;
        Rect const row{area.x, y, area.w, provider_height(ui, provider)};
        ui.line(row.x + 1, row.y, row.w - 2, ui.colours.line);
        auto const [tone, words] = provider_state(provider);
        auto node = node_at(Role::Item, key, row);
        node.title = provider.last_failure.empty() ? "" : "Last failure: " + provider.last_failure;
        MirrorScope const entry(ui.mirror, std::move(node));
        told(ui, Role::Text, key + "-name", {row.x + 20, row.y + 10, 130, 20}, provider.name, {Face::Medium, 13, ui.colours.text});
        told(ui, Role::Text, key + "-what", {row.x + 20, row.y + 28, 130, 18}, provider.what, quiet);
        float const state_x = row.right() - 16 - state_width;
        state_label(ui, key + "-state", state_x, row.y + 28, tone, words);
        auto const p95 = provider.p95_ms < 0 ? std::string("–") : std::to_string(provider.p95_ms) + " ms";
        told(ui, Role::Text, key + "-p95", {state_x - 90, row.y + 18, 74, 20}, p95, {Face::Medium, 13, ui.colours.text}, true);
        if (area.w > 440)
            sparkline({row.x + 160, row.y + 18, state_x - 110 - row.x - 160, 20}, provider.recent_ms,
                tone == Tone::Attention ? ui.colours.warndot : ui.colours.c4);
        float below = row.y + 47;
        auto const say = [&](char const* name, std::string const& text, ImU32 colour) {
            if (text.empty()) return;
            told(ui, Role::Text, key + name, {row.x + 20, below, row.w - 40, 18}, text, {Face::Regular, 12, colour});
            below += 19;
        };
        say("-record", provider_record(ui, provider), ui.colours.text2);
        say("-rest", provider_rest(ui, provider), ui.colours.warn);
        y += row.h;
    }
    return area.h;
}

void OverviewView::draw(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    ScrollArea const scroll(ui, "overview-page", page, m_height, "Overview");
    Rect const content = page_content(ui, {page.x, scroll.top(), page.w, page.h});
    if (draw_progress(ui, "overview", content, progress_of(state.overview), state, commands)) return;
    auto const& overview = *state.overview.value;
    float y = content.y;
    heading(ui, "overview-date", content.x, y + 13, ui.clock.weekday_date(ui.clock.present()), {Face::Display, 20, ui.colours.text}, 2);
    int const open = count_of(overview, "all") - count_of(overview, "closed");
    auto const sentence = std::to_string(overview.active) + " of " + plural(open, "line is", "lines are")
        + " answered by Jack. Days are those of this computer's time zone.";
    y += 36
        + wrapped(
            ui, Role::Text, "overview-sentence", {content.x, 0, content.w, 0}, y + 38, sentence, {Face::Regular, 13, ui.colours.text2, 20});
    y += gap - 2;
    y += draw_strip(ui, {content.x, y, content.w, 0}, overview, commands) + gap;

    float const waiting = 49 + std::max(static_cast<float>(std::min<std::size_t>(overview.oldest.size(), 4)) * 62, 60.0f);
    float providers = overview.providers.empty() ? 49 + 57 : 49;
    for (auto const& provider : overview.providers)
        providers += provider_height(ui, provider);
    if (content.w >= 860) {
        float const side = std::max(std::floor(content.w * 0.32f), 320.0f), main = content.w - side - gap;
        float const lower = std::max(waiting, providers);
        float const chart = std::clamp(page.bottom() - y - lower - gap - 20, 260.0f, 420.0f);
        float const half = std::floor((main - gap) * 0.47f);
        draw_calls(ui, {content.x, y, main, chart}, overview);
        m_feed.draw(ui, {content.x + main + gap, y, side, chart + gap + lower}, state, commands);
        y += chart + gap;
        draw_waiting(ui, {content.x, y, half, lower}, overview, commands);
        draw_providers(ui, {content.x + half + gap, y, main - half - gap, lower}, overview);
        y += lower + gap;
        y += draw_signups(ui, {content.x, y, content.w, 260}, overview);
    } else {
        if (overview.pending > 0) y += draw_waiting(ui, {content.x, y, content.w, waiting}, overview, commands) + gap;
        draw_calls(ui, {content.x, y, content.w, 264}, overview);
        y += 264 + gap;
        m_feed.draw(ui, {content.x, y, content.w, 50 + 8 * 50 + 10}, state, commands);
        y += 460 + gap;
        if (overview.pending == 0) y += draw_waiting(ui, {content.x, y, content.w, waiting}, overview, commands) + gap;
        y += draw_providers(ui, {content.x, y, content.w, providers}, overview) + gap;
        y += draw_signups(ui, {content.x, y, content.w, 260}, overview);
    }
    m_height = y + 24 - scroll.top();
}

} // namespace console
