#include "web-client/views/usage_view.h"

#include "build/generated/icon_codes.h"
#include "web-client/widgets/chart.h"
#include "web-client/widgets/figures.h"
#include "web-client/widgets/scroll_area.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace console {

static constexpr float gap = 16;

// Months are the ledger's, in UTC: "2026-11".
struct Month {
    int year, month;

    static Month of(std::string const& text)
    {
        return {std::atoi(text.substr(0, 4).c_str()), text.size() >= 7 ? std::atoi(text.substr(5, 2).c_str()) : 1};
    }
    Month plus(int months) const
    {
        int const at = year * 12 + month - 1 + months;
        return {at / 12, at % 12 + 1};
    }
    std::string text() const { return std::to_string(year) + (month < 10 ? "-0" : "-") + std::to_string(month); }
    int days() const
    {
        static constexpr std::array lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        bool const leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        return lengths[static_cast<std::size_t>(std::clamp(month, 1, 12) - 1)] + (month == 2 && leap);
    }
};

static std::string question_of(AppState const& state)
{
    auto const place = place_of(state.address);
    std::string question = place.is_tab ? "organization_id=" + url_encoded(place.organization) : "";
    if (auto const month = state.address.of("month"); !month.empty())
        question += (question.empty() ? "month=" : "&month=") + url_encoded(month);
    return question;
}

// What the month will cost if the days left are as those before today. Rent is paid once.
struct Forecast {
    int days_over = 0; // today included
    std::int64_t a_day = 0, total = 0;
    bool is_known = false;
};

static std::int64_t moving(UsageDay const& day)
{
    return day.voice + day.texts + day.agent;
}

static Forecast forecast_of(Usage const& usage, std::string const& today)
{
    Forecast forecast;
    int const days = Month::of(usage.month).days();
    bool const is_now = today.starts_with(usage.month);
    forecast.days_over = is_now ? std::atoi(today.substr(8, 2).c_str()) : days;
    forecast.total = usage.total;
    if (!is_now || forecast.days_over < 2) return forecast;
    std::int64_t before = 0;
    for (auto const& day : usage.days)
        if (day.date < today) before += moving(day);
    forecast.a_day = before / (forecast.days_over - 1);
    forecast.total += forecast.a_day * (days - forecast.days_over);
    forecast.is_known = forecast.a_day > 0;
    return forecast;
}

float UsageView::draw_month(Ui& ui, Rect area, std::string const& month, AppState const& state, Commands& commands)
{
    bool const phone = ui.compact();
    float const height = phone ? 44 : 34, width = phone ? 236 : 176;
    auto const shown = Month::of(month);
    auto const present = day_of(ui.clock.present()).substr(0, 7);
    MirrorScope const group(ui.mirror, {.role = Role::Group, .key = "usage-month", .label = "Month"});
    Rect const box{area.x, area.y, width, height};
    ui.edge(box, ui.colours.ctlsoft, 6);
    auto const go = [&](int by) {
        auto const to = shown.plus(by).text();
        commands.emplace_back(Go{state.address.with("month", to == present ? "" : to), true});
    };
    auto const middle = box.middle() - 14;
    if (icon_button(ui, {box.x + 4, middle, 28, 28}, "usage-before", "The month before", icon::chevron_left)) go(-1);
    bool const is_last = month >= present;
    if (!is_last && icon_button(ui, {box.right() - 32, middle, 28, 28}, "usage-after", "The month after", icon::chevron_right)) go(1);
    auto const name = ui.clock.month_words(month);
    TextStyle const style{Face::SemiBold, 13, ui.colours.text};
    heading(ui, "usage-month-name", box.x + (width - ui.width(name, style)) / 2, box.middle(), name, style, 2);
    Button const csv{.key = "usage-csv", .text = phone ? "CSV" : "Ledger as CSV", .look = ButtonLook::Secondary, .icon = icon::download};
    float const csv_width = button_width(ui, csv);
    auto const question = question_of(state);
    if (button(ui, {area.right() - csv_width, box.y, csv_width, height}, csv))
        commands.emplace_back(OpenPage{"/api/usage.csv" + (question.empty() ? "" : '?' + question)});
    float const x = box.right() + 16, room = area.right() - csv_width - 16 - x;
    auto const today = day_of(ui.clock.present());
    auto const over = today.starts_with(month) ? today.substr(8, 2) : std::to_string(shown.days());
    auto const words = std::to_string(std::atoi(over.c_str())) + " of " + std::to_string(shown.days()) + " days · days and months are UTC";
    if (room > 120) told(ui, Role::Text, "usage-days", {x, box.y, room, height}, words, {Face::Regular, 13, ui.colours.text2});
    return height + gap;
}

void UsageView::draw_chart(Ui& ui, Rect area, Usage const& usage)
{
    card(ui, area);
    auto const today = day_of(ui.clock.present());
    auto const forecast = forecast_of(usage, today);
    int const days = Month::of(usage.month).days();
    Chart chart{.key = "usage",
        .values = "Cost by day",
        .series = {{"Voice", ui.colours.c1}, {"Texts", ui.colours.c2}, {"Numbers", ui.colours.c4}}};
    bool const has_agent = std::any_of(usage.days.begin(), usage.days.end(), [](auto const& day) { return day.agent != 0; });
    if (has_agent) chart.series.push_back({"Agent", with_opacity(ui.colours.c1, 0.45f)});
    chart.words = [](std::int64_t value) { return in_dollars(value, value % 1'000'000 == 0 ? 0 : value < 100'000 ? 4 : 2); };
    std::vector<Bar> bars;
    auto const month = ui.clock.month_words(usage.month);
    std::int64_t most = 0;
    std::string busiest;
    for (int day = 1; day <= days; ++day) {
        auto const date = usage.month + (day < 10 ? "-0" : "-") + std::to_string(day);
        Bar bar{.name = std::to_string(day) + ' ' + month.substr(0, month.find(' ')), .axis = day % 7 == 1 ? std::to_string(day) : ""};
        auto const found = std::find_if(usage.days.begin(), usage.days.end(), [&](auto const& one) { return one.date == date; });
        if (found != usage.days.end()) bar.parts = {found->voice, found->texts, found->numbers, found->agent};
        if (found != usage.days.end() && moving(*found) + found->numbers > most) most = moving(*found) + found->numbers, busiest = bar.name;
        bar.is_forecast = date > today;
        if (bar.is_forecast) bar.reference = forecast.is_known ? forecast.a_day : 0;
        if (date == today) chart.current = day - 1;
        bars.push_back(std::move(bar));
    }
    auto const sum = in_dollars(usage.total);
    TextStyle const large{Face::Display, 24, ui.colours.text};
    paragraph(ui, "usage-sum", area.x + 20, area.y + 34, sum, large);
    auto const so_far = !today.starts_with(usage.month) ? std::string("in all")
        : forecast.is_known                             ? "so far, about " + in_dollars(forecast.total, 0) + " by month end"
                                                        : std::string("so far");
    float const x = area.x + 20 + ui.width(sum, large) + 10;
    bool const wide = area.w > 660;
    told(ui, Role::Text, "usage-so-far", {x, area.y + 26, wide ? 240 : area.right() - x - 20, 20}, so_far,
        {Face::Regular, 13, ui.colours.text2});
    if (wide) draw_legend(ui, area.right() - 20, area.y + 36, chart);
    chart.label = sum + ' ' + so_far + (busiest.empty() ? "." : ", most on " + busiest + ", " + in_dollars(most) + '.');
    bar_chart(ui, {area.x + 20, area.y + 58, area.w - 40, area.h - 70}, chart, bars);
}

float UsageView::draw_budget(Ui& ui, Rect area, Usage const& usage, AppState const& state, Commands& commands)
{
    auto const place = place_of(state.address);
    auto const forecast = forecast_of(usage, day_of(ui.clock.present()));
    struct Part {
        char const *kind, *name, *one, *many;
    };
    static constexpr std::array parts{Part{"voice", "Voice", "minute", "minutes"}, Part{"texts", "Texts", "segment", "segments"},
        Part{"numbers", "Numbers", "month", "months"}, Part{"agent", "Agent", "call", "calls"}, Part{"adjustments", "Adjustments", "", ""}};
    auto const total_of = [&](char const* kind) {
        auto const found = usage.totals.find(kind);
        return found == usage.totals.end() ? UsageSum{} : found->second;
    };
    float rows = 0;
    for (auto const& part : parts)
        rows += std::string_view(part.kind) != "adjustments" || total_of(part.kind).amount != 0;
    bool const has_budget = usage.budget && usage.budget->monthly > 0;
    float const height = (has_budget ? 148.0f : 52.0f) + rows * 34 + 10 + (has_budget && usage.budget->reserved > 0 ? 34.0f : 0.0f);
    card(ui, {area.x, area.y, area.w, std::max(height, area.h)});
    heading(ui, "budget-title", area.x + 20, area.y + 27, has_budget ? "Budget" : "By kind", {Face::SemiBold, 14, ui.colours.text}, 2);
    float y = area.y + 48;
    if (has_budget) {
        auto const& budget = *usage.budget;
        bool const may = state.signed_in()->session.may_change(place.organization);
        TextStyle const accent{Face::Medium, 13, ui.colours.accent};
        if (may && place.is_tab)
            go_link(ui, commands, "budget-change", area.right() - 20 - ui.width("Change", accent), area.y + 27, "Change",
                address_in(place.organization, "settings").text(), accent);
        double const share = static_cast<double>(budget.spent) / static_cast<double>(budget.monthly);
        double const expected = static_cast<double>(forecast.total) / static_cast<double>(budget.monthly);
        auto const percent = std::to_string(static_cast<int>(std::floor(share * 100))) + '%';
        TextStyle const large{Face::Display, 24, ui.colours.text};
        paragraph(ui, "budget-share", area.x + 20, area.y + 66, percent, large);
        told(ui, Role::Text, "budget-of", {area.x + 30 + ui.width(percent, large), area.y + 58, area.w - 60 - ui.width(percent, large), 20},
            "of " + in_dollars(budget.monthly), {Face::Regular, 13, ui.colours.text2});
        meter(ui, {area.x + 20, area.y + 88, area.w - 40, 6}, share, forecast.is_known ? expected : -1);
        auto const below = budget.state == "stopped" ? std::string("Jack's own calls and texts are stopped; what comes in goes on")
            : forecast.is_known                      ? "Forecast " + std::to_string(static_cast<int>(expected * 100)) + " percent"
            : budget.state == "warning"              ? std::string("Nearly used up")
                                                     : std::string("Calls and texts that come in are never stopped");
        told(ui, Role::Text, "budget-below", {area.x + 20, area.y + 102, area.w - 40, 20}, below,
            {Face::Regular, 12,
                budget.state == "stopped"       ? ui.colours.bad
                    : budget.state == "warning" ? ui.colours.warn
                                                : ui.colours.text2});
        y = area.y + 134;
    }
    for (auto const& [kind, name, one, many] : parts) {
        auto const sum = total_of(kind);
        if (!*one && sum.amount == 0) continue;
        fact(ui, std::string("budget-") + kind, {area.x + 20, y, area.w - 40, 34},
            *one ? std::string(name) + ", " + counted(sum.quantity, one, many) : name, in_dollars(sum.amount));
        y += 34;
    }
    if (has_budget && usage.budget->reserved > 0)
        fact(ui, "budget-reserved", {area.x + 20, y, area.w - 40, 34}, "Reserved for calls going on", in_dollars(usage.budget->reserved));
    return std::max(height, area.h);
}

static char const* kind_icon(std::string const& kind)
{
    if (kind == "voice_minute" || kind == "agent_cost") return icon::phone;
    if (kind == "number_month") return icon::hash;
    return icon::message_square;
}

static std::string quantity_of(LedgerEntry const& entry)
{
    auto const count = grouped(entry.quantity);
    if (entry.kind == "voice_minute") return count + " min";
    if (entry.kind == "number_month") return count + " mo";
    return entry.kind == "agent_cost" ? "–" : count;
}

static std::string href_of(LedgerRow const& row)
{
    auto const& entry = row.entry;
    bool const is_call = entry.kind == "voice_minute" || entry.kind == "agent_cost";
    if (is_call) return address_in(entry.organization_id, "conversations", entry.subject_id).text();
    return address_in(entry.organization_id, entry.kind == "number_month" ? "" : "messages").text();
}

void UsageView::draw_ledger(Ui& ui, Rect area, Rect page, AppState const& state, Commands& commands)
{
    static constexpr std::array<char const*, 4> kinds{"", "voice", "texts", "numbers"};
    std::array<std::string, 4> const choices{"All", "Voice", "Texts", "Numbers"};
    auto const place = place_of(state.address);
    auto const& list = state.ledger;
    bool const phone = ui.compact();
    float const title = phone ? 96 : 50;
    if (!phone) card(ui, area);
    heading(ui, "ledger-title", area.x + (phone ? 0 : 20), area.y + 26, "Ledger", {Face::SemiBold, 14, ui.colours.text}, 2);
    float const width = segmented_width(ui, choices);
    int const chosen = static_cast<int>(std::find(kinds.begin(), kinds.end(), state.address.of("kind")) - kinds.begin());
    Rect const choice = phone ? Rect{area.x, area.y + 48, width, 36} : Rect{area.right() - 16 - width, area.y + 9, width, 32};
    if (auto const pressed = segmented(ui, choice, "ledger-kind", "Which lines", choices, chosen))
        commands.emplace_back(Go{state.address.with("kind", kinds[static_cast<std::size_t>(*pressed)]), true});
    Rect body{area.x + 1, area.y + title, area.w - 2, area.h - title - 2};
    if (phone) body = {page.x, body.y, page.w, body.h};
    if (draw_progress(ui, "ledger", {body.x + 20, body.y, body.w - 40, body.h}, progress_of(list), state, commands)) return;
    if (list.rows.empty()) {
        empty(ui, "ledger-empty", body,
            {icon::chart_no_axes_column, "Nothing billed", "Calls, texts and numbers of this month are listed here, each once."});
        return;
    }
    Table table;
    table.key = "ledger";
    table.label = "Ledger";
    bool const has_owner = !place.is_tab && area.w > 700, has_rate = area.w > 560;
    if (phone)
        table.columns = {{"what", "What"}, {"when", "When", 80}, {"amount", "Amount", 80}};
    else {
        table.columns = {{"when", "When", 140}};
        if (has_owner) table.columns.push_back({"owner", "Organisation", area.w > 1000 ? 190.0f : 150.0f});
        table.columns.push_back({"what", "What"});
        table.columns.push_back({"quantity", "Quantity", 76, true});
        if (has_rate) table.columns.push_back({"rate", "Rate", 84, true});
        table.columns.push_back({"amount", "Amount", 88, true});
    }
    table.row_height = phone ? 76 : 36;
    table.has_header = !phone;
    fill_table(table, list);
    auto const at = [&](int row) -> LedgerRow const& { return list.rows[static_cast<std::size_t>(row)]; };
    table.row_key = [&](int row) { return at(row).entry.id; };
    table.href = [&](int row) { return href_of(at(row)); };
    table.draw_row = [&](int row, Rect place_of_row, std::vector<Rect> const& cells) {
        auto const& [entry, owner] = at(row);
        auto const key = "ledger-" + entry.id;
        auto const amount = in_dollars(entry.amount, 4);
        auto const day = ui.clock.day_words(entry.at), time = ui.clock.time(entry.at);
        auto const when = day == "Today" || day == "Yesterday" ? day + ' ' + time : ui.clock.short_time(entry.at) + ' ' + time;
        if (phone)
            return draw_phone_row(ui, table, row, m_current, place_of_row, 16, {entry.what, amount, when + " · " + quantity_of(entry)});
        std::size_t column = 0;
        TextStyle const plain{Face::Regular, 13, ui.colours.text2};
        auto const next = [&] { return static_cast<int>(column) + 1; };
        cell(ui, key + "-when", cells[column], when, plain, next());
        ++column;
        if (has_owner) {
            cell(ui, key + "-owner", cells[column], owner, {Face::Medium, 13, ui.colours.text}, next());
            ++column;
        }
        ui.icon(cells[column].x + 7, place_of_row.middle(), kind_icon(entry.kind), 14, ui.colours.text3);
        {
            MirrorScope const scope(ui.mirror, cell_node(key + "-what", cells[column], next()));
            link_cell(ui, table, row, m_current, {cells[column].x + 24, place_of_row.y, cells[column].w - 24, place_of_row.h},
                entry.what.empty() ? "Line" : entry.what, {Face::Regular, 13, ui.colours.text});
            ++column;
        }
        cell(ui, key + "-quantity", cells[column], quantity_of(entry), plain, next(), true);
        ++column;
        if (has_rate) {
            cell(ui, key + "-rate", cells[column], entry.rate == 0 ? "–" : in_dollars(entry.rate, 4), plain, next(), true);
            ++column;
        }
        cell(ui, key + "-amount", cells[column], amount, {Face::SemiBold, 13, entry.amount < 0 ? ui.colours.ok : ui.colours.text}, next(),
            true);
    };
    auto const result = draw_table(ui, body, table, m_current);
    if (result.opened) commands.emplace_back(Go{address_from(table.href(*result.opened))});
    if (result.wants_more) commands.emplace_back(LoadMore{"ledger"});
}

void UsageView::draw(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    ScrollArea const scroll(ui, "usage-page", page, m_height, "Usage");
    Rect const content = page_content(ui, {page.x, scroll.top(), page.w, page.h});
    auto month = state.address.of("month");
    if (month.size() != 7) month = day_of(ui.clock.present()).substr(0, 7);
    float y = content.y + draw_month(ui, content, month, state, commands);
    auto const found = state.usage.find(question_of(state));
    if (found == state.usage.end()
        || draw_progress(ui, "usage", {content.x, y, content.w, 400}, progress_of(found->second), state, commands)) {
        m_height = page.h;
        return;
    }
    auto const& usage = *found->second.value;
    if (content.w >= 760) {
        float const side = std::max(std::floor(content.w * 0.29f), 264.0f), main = content.w - side - gap;
        float const height = draw_budget(ui, {content.x + main + gap, y, side, 308}, usage, state, commands);
        draw_chart(ui, {content.x, y, main, height}, usage);
        y += height + gap;
    } else {
        draw_chart(ui, {content.x, y, content.w, 268}, usage);
        y += 268 + gap;
        y += draw_budget(ui, {content.x, y, content.w, 0}, usage, state, commands) + gap;
    }
    float const rest = scroll.top() + page.h - 20 - y;
    float const height = std::max(rest, 380.0f);
    draw_ledger(ui, {content.x, y, content.w, height}, page, state, commands);
    m_height = y + height + 20 - scroll.top();
}

} // namespace console
