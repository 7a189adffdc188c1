#include "web-client/views/organizations_view.h"

#include "build/generated/icon_codes.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>

namespace console {

static constexpr double typing_pause = 0.25; // seconds after the last letter until we search

float ListView::draw_filters(Ui& ui, Rect content, std::string const& key, std::string const& hint, std::string const& filter,
    std::vector<Chip> const& chips, AppState const& state, Commands& commands)
{
    auto const& address = state.address;
    if (auto const searched = address.of("search"); searched != m_searched) m_search = m_searched = searched; // Back, or a link
    if (ui.key("/")) ui.mirror.request_focus(key + "-search");
    if (ui.mirror.has_focus(key + "-search") && ui.key("Escape", true)) {
        m_search.clear();
        m_search_at = ImGui::GetTime();
    }
    float const field_height = ui.compact() ? 44 : 36;
    float const width = ui.compact() ? content.w : 260;
    {
        MirrorScope const search(ui.mirror, {.role = Role::Search, .key = key + "-filters"});
        Field const field{.key = key + "-search",
            .label = hint,
            .icon = icon::search,
            .name = "search",
            .input = "search",
            .placeholder = hint,
            .text_size = ui.compact() ? 16.0f : 13.0f,
            .hides_label = true};
        if (text_field(ui, {content.x, content.y, width, field_height}, field, m_search)) m_search_at = ImGui::GetTime() + typing_pause;
        float x = content.x + width + 12, y = content.y;
        if (ui.compact()) {
            x = content.x;
            y += field_height + 10;
        }
        for (auto const& chip : chips) {
            bool const on = filter == chip.value;
            auto const text = chip.count < 0 ? chip.text : chip.text + " " + std::to_string(chip.count);
            TextStyle const style{on ? Face::SemiBold : Face::Medium, 13, on ? ui.colours.info : ui.colours.text2};
            float const chip_width = std::ceil(ui.width(text, style)) + 22;
            if (chip.count <= 0 && !on && !chip.value.empty()) continue;
            if (x + chip_width > content.right()) {
                x = ui.compact() ? content.x : content.x + width + 12;
                y += 42;
            }
            Rect const place{x, y + (field_height - 32) / 2 * (ui.compact() ? 0.0f : 1.0f), chip_width, 32};
            auto const chip_key = key + "-chip-" + (chip.value.empty() ? "all" : chip.value);
            Press const press = claim(ui, place, chip_key);
            ui.fill(place, on ? ui.colours.selected : press.hovered ? ui.colours.hover : ui.colours.surface, 6);
            if (!on) ui.edge(place, ui.colours.ctlsoft, 6);
            if (press.shows_focus) ui.focus_ring(place, 6);
            ui.text(place.x + 11, place.middle(), text, style);
            auto node = node_at(Role::Button, chip_key, place);
            node.text = text;
            node.face = css_family(style.face);
            node.line = place.h;
            node.left = 11;
            node.pressed = on;
            ui.mirror.add(std::move(node));
            if (press.pressed) commands.emplace_back(Go{address.with(address.at(0) == "numbers" ? "state" : "status", chip.value)});
            x += chip_width + 8;
        }
        content.y = y;
    }
    if (m_search_at > 0) {
        double const left = m_search_at - ImGui::GetTime();
        if (left > 0) {
            ui.change_in(left);
        } else {
            m_search_at = 0;
            m_searched = m_search;
            m_current = 0;
            commands.emplace_back(Go{address.with("search", m_search), true});
        }
    }
    return content.y + (ui.compact() ? 32 + 12 : field_height + 16);
}

template <typename Row>
static int counted(RemoteList<Row> const& list, char const* name)
{
    return list.counts.empty() ? -1 : list.count(name);
}

static void draw_footer(Ui& ui, Rect area, std::string const& key, std::string const& text)
{
    ui.line(area.x + 1, area.y, area.w - 2, ui.colours.line);
    told(ui, Role::Status, key + "-footer", {area.x + 20, area.y, area.w - 40, area.h}, text, {Face::Regular, 12, ui.colours.text2});
}

// Rounded card, table, footer; the last row never touches a corner.
static TableResult draw_framed(Ui& ui, Rect area, Table const& table, int& current, std::string const& summary)
{
    bool const phone = ui.compact();
    float const footer = 40;
    float const content = (table.has_header ? 33.0f : 0.0f) + static_cast<float>(table.total) * table.row_height + footer + 2;
    if (!phone) area.h = std::min(area.h, content); // a card ends where its content ends
    if (!phone) card(ui, area);
    auto const result = draw_table(ui,
        {area.x + (phone ? 0.0f : 1.0f), area.y + (phone ? 0.0f : 1.0f), area.w - (phone ? 0.0f : 2.0f), area.h - footer - 1}, table,
        current);
    draw_footer(ui, {area.x, area.bottom() - footer, area.w, footer}, table.key, summary);
    return result;
}

static std::string rows_in_words(int total, int shown, char const* one, char const* many)
{
    auto text = std::to_string(total) + ' ' + (total == 1 ? one : many);
    if (shown < total) text += ", " + std::to_string(shown) + " loaded";
    return text;
}

void OrganizationsView::draw_row(
    Ui& ui, Table const& table, OrganizationRow const& row, int index, Rect area, std::vector<Rect> const& cells)
{
    auto const& organization = row.organization;
    auto const key = table.key + "-" + organization.id;
    avatar(ui, cells[0].x, area.middle() - 13, 26, organization.name, AvatarShape::Organization);
    {
        auto node = node_at(Role::Cell, key + "-name-cell", cells[0]);
        node.index = 1;
        MirrorScope const cell_scope(ui.mirror, std::move(node));
        TextStyle const name{Face::Medium, 13, ui.colours.text};
        float const whole = ui.width(organization.name, name);
        bool const has_room = !row.place.empty() && whole + 36 + ui.width(row.place, {Face::Regular, 12, 0}) + 10 < cells[0].w;
        link_cell(ui, table, index, m_current, {cells[0].x + 36, area.y, cells[0].w - 36, area.h}, organization.name, name);
        if (has_room)
            paragraph(ui, key + "-place", cells[0].x + 36 + whole + 10, area.middle(), row.place, {Face::Regular, 12, ui.colours.text3});
    }
    bool const off = row.status == "suspended" || row.status == "closed";
    TextStyle const plain{Face::Regular, 13, off ? ui.colours.text3 : ui.colours.text};
    cell(ui, key + "-number", cells[1], row.phone_number.empty() ? "–" : national_format(row.phone_number), plain, 2);
    {
        auto node = node_at(Role::Cell, key + "-state-cell", cells[2]);
        node.index = 3;
        MirrorScope const cell_scope(ui.mirror, std::move(node));
        auto const [tone, words] = organization_state(row.status);
        state_label(ui, key + "-state", cells[2].x - 8, area.middle(), tone, words);
    }
    std::size_t at = 3;
    if (cells.size() > 4) {
        cell(ui, key + "-email", cells[at], organization.email, {Face::Regular, 13, ui.colours.text2}, 4);
        ++at;
    }
    cell(ui, key + "-since", cells[at], ui.clock.short_time(organization.created_at), {Face::Regular, 13, ui.colours.text3},
        static_cast<int>(at) + 1, true);
}

void OrganizationsView::draw_phone_row(Ui& ui, Table const& table, OrganizationRow const& row, int index, Rect area)
{
    auto const key = table.key + "-" + row.organization.id;
    avatar(ui, area.x + 16, area.middle() - 20, 40, row.organization.name, AvatarShape::Organization);
    auto const [tone, words] = organization_state(row.status);
    float const state_width = tone == Tone::Ok ? 20 + ui.width(words, {Face::Regular, 13, 0}) : pill_width(ui, words);
    float const x = area.x + 68, right = area.right() - 16;
    auto const in_cell = [&](char const* name, int column, Rect place) {
        auto node = node_at(Role::Cell, key + name, place);
        node.index = column;
        return node;
    };
    {
        MirrorScope const scope(ui.mirror, in_cell("-name-cell", 1, {x, area.y + 8, right - state_width - x - 8, 30}));
        link_cell(ui, table, index, m_current, {x, area.y + 14, right - state_width - x - 8, 22}, row.organization.name,
            {Face::SemiBold, 15, ui.colours.text});
    }
    cell(ui, key + "-number", {x, area.y + 38, right - x, 22},
        row.phone_number.empty() ? (row.cause.empty() ? "No number yet" : row.cause) : national_format(row.phone_number),
        {Face::Regular, 13, ui.colours.text2}, 2);
    MirrorScope const scope(ui.mirror, in_cell("-state-cell", 3, {right - state_width, area.y + 12, state_width, 24}));
    state_label(ui, key + "-state", right - state_width, area.y + 25, tone, words);
}

void OrganizationsView::draw(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    Rect const content = page_content(ui, page);
    auto const& list = state.organizations;
    auto const count = [&](char const* name) { return counted(list, name); };
    std::vector<Chip> const chips{{"", "All", count("all")}, {"needs_attention", "Needs a human", count("needs_attention")},
        {"held", "Held", count("held")}, {"provisioning", "On its way", count("provisioning")}, {"active", "Live", count("active")},
        {"suspended", "Suspended", count("suspended")}, {"closed", "Closed", count("closed")}};
    float const top = draw_filters(
        ui, content, "organizations", "Filter by name, number or e-mail", state.address.of("status"), chips, state, commands);
    Rect const area{content.x, top, content.w, page.bottom() - top - (ui.compact() ? 0.0f : 16.0f)};
    if (draw_progress(ui, "organizations", area, progress_of(list), state, commands)) return;
    if (list.rows.empty()) {
        bool const filtered = !state.address.query.empty();
        empty(ui, "organizations-empty", area,
            filtered ? Empty{icon::search, "Nothing matches", "No organisation has this in its name, number or e-mail, in this state."}
                     : Empty{icon::store, "No organisation yet",
                         "Each dealership that signs up appears here within a second. The signup page is at /signup."});
        return;
    }
    bool const phone = ui.compact();
    Table table;
    table.key = "organizations";
    table.label = "Organisations";
    auto const sort = state.address.of("sort");
    table.sort = sort.empty() ? "attention" : sort;
    if (phone)
        table.columns = {{"name", "Organisation"}, {"number", "Number", 100}, {"state", "State", 100}};
    else {
        table.columns
            = {{"name", "Organisation", 0, false, "name"}, {"number", "Number", 120}, {"state", "State", 140, false, "attention"}};
        if (area.w > 900) table.columns.push_back({"email", "E-mail", 240});
        table.columns.push_back({"since", "Signed up", 90, true, "newest"});
    }
    table.row_height = phone ? 76 : 40;
    table.has_header = !phone;
    table.total = list.total();
    table.loaded = static_cast<int>(list.rows.size());
    table.row_key = [&](int row) { return list.rows[static_cast<std::size_t>(row)].organization.id; };
    table.href = [&](int row) { return "#/organizations/" + list.rows[static_cast<std::size_t>(row)].organization.id; };
    table.draw_row = [&](int row, Rect place, std::vector<Rect> const& cells) {
        auto const& shown = list.rows[static_cast<std::size_t>(row)];
        if (phone)
            draw_phone_row(ui, table, shown, row, place);
        else
            draw_row(ui, table, shown, row, place, cells);
    };
    auto const result = draw_framed(ui, phone ? Rect{page.x, area.y, page.w, area.h} : area, table, m_current,
        rows_in_words(table.total, table.loaded, "organisation", "organisations"));
    if (result.sort) commands.emplace_back(Go{state.address.with("sort", *result.sort == "attention" ? "" : *result.sort), true});
    if (result.opened) commands.emplace_back(Go{address_from(table.href(*result.opened))});
    if (result.wants_more) commands.emplace_back(LoadMore{"organizations"});
}

void NumbersView::draw(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    Rect const content = page_content(ui, page);
    auto const& list = state.numbers;
    std::vector<Chip> chips{{"", "All", counted(list, "all")}};
    for (auto const* name : {"needs_attention", "bought", "imported", "active", "suspended", "releasing", "released"})
        chips.push_back({name, number_state(name).words, counted(list, name)});
    float const top = draw_filters(ui, content, "numbers", "Filter by number or name", state.address.of("state"), chips, state, commands);
    Rect const area{content.x, top, content.w, page.bottom() - top - (ui.compact() ? 0.0f : 16.0f)};
    if (draw_progress(ui, "numbers", area, progress_of(list), state, commands)) return;
    if (list.rows.empty()) {
        bool const filtered = !state.address.query.empty();
        empty(ui, "numbers-empty", area,
            filtered ? Empty{icon::search, "Nothing matches", "No number has these digits or this owner, in this state."}
                     : Empty{icon::hash, "No number yet", "A number is bought within seconds of a signup and appears here."});
        return;
    }
    bool const phone = ui.compact();
    Table table;
    table.key = "numbers";
    table.label = "Numbers";
    auto const sort = state.address.of("sort");
    table.sort = sort.empty() ? "newest" : sort;
    bool const wide = area.w > 1000;
    if (phone)
        table.columns = {{"number", "Number"}, {"owner", "Organisation", 100}, {"state", "State", 100}};
    else {
        table.columns
            = {{"number", "Number", area.w > 600 ? 150.0f : 136.0f, false, "number"}, {"owner", "Organisation"}, {"state", "State", 140}};
        if (area.w > 700) table.columns.push_back({"sms", "Texts", 150});
        if (wide) {
            table.columns.push_back({"twilio", "Twilio SID", 170});
            table.columns.push_back({"elevenlabs", "ElevenLabs phone id", 170});
        }
        table.columns.push_back({"since", "Bought", area.w > 600 ? 80.0f : 64.0f, true, "newest"});
    }
    table.row_height = phone ? 76 : 40;
    table.has_header = !phone;
    table.total = list.total();
    table.loaded = static_cast<int>(list.rows.size());
    auto const at = [&](int row) -> NumberRow const& { return list.rows[static_cast<std::size_t>(row)]; };
    table.row_key = [&](int row) { return at(row).number.id; };
    table.href = [&](int row) { return "#/organizations/" + at(row).number.organization_id; };
    table.draw_row = [&](int row, Rect place, std::vector<Rect> const& cells) {
        auto const& number = at(row).number;
        auto const key = "numbers-" + number.id;
        auto const [tone, words] = number_state(number.state);
        TextStyle const plain{Face::Regular, 13, ui.colours.text2};
        auto const scope_of = [&](char const* name, int column, Rect area_of) {
            auto node = node_at(Role::Cell, key + name, area_of);
            node.index = column;
            return node;
        };
        if (phone) {
            float const right = place.right() - 16;
            float const state_width = tone == Tone::Ok ? 20 + ui.width(words, {Face::Regular, 13, 0}) : pill_width(ui, words);
            {
                MirrorScope const scope(ui.mirror, scope_of("-number-cell", 1, {place.x + 16, place.y + 10, 180, 28}));
                link_cell(ui, table, row, m_current, {place.x + 16, place.y + 14, 180, 22}, national_format(number.phone_number),
                    {Face::SemiBold, 15, ui.colours.text});
            }
            cell(ui, key + "-owner", {place.x + 16, place.y + 38, right - place.x - 16, 22}, at(row).organization_name, plain, 2);
            MirrorScope const scope(ui.mirror, scope_of("-state-cell", 3, {right - state_width, place.y + 12, state_width, 24}));
            state_label(ui, key + "-state", right - state_width, place.y + 25, tone, words);
            return;
        }
        {
            MirrorScope const scope(ui.mirror, scope_of("-number-cell", 1, cells[0]));
            link_cell(ui, table, row, m_current, {cells[0].x, place.y, cells[0].w - (area.w > 600 ? 34.0f : 0.0f), place.h},
                national_format(number.phone_number), {Face::Medium, 13, ui.colours.text});
            if (area.w > 600
                && icon_button(
                    ui, {cells[0].right() - 30, place.middle() - 14, 28, 28}, key + "-copy", "Copy " + number.phone_number, icon::copy))
                commands.emplace_back(Copy{number.phone_number});
        }
        cell(ui, key + "-owner", cells[1], at(row).organization_name, {Face::Regular, 13, ui.colours.text}, 2);
        {
            MirrorScope const scope(ui.mirror, scope_of("-state-cell", 3, cells[2]));
            state_label(ui, key + "-state", cells[2].x - 8, place.middle(), tone, words);
        }
        std::size_t column = 3;
        if (area.w > 700) cell(ui, key + "-sms", cells[column++], sms_words(number), plain, 4);
        TextStyle const code{Face::Mono, 12, ui.colours.text2};
        if (wide) {
            cell(ui, key + "-twilio", cells[column], number.twilio_sid, code, 5);
            cell(
                ui, key + "-elevenlabs", cells[column + 1], number.elevenlabs_phone_id.empty() ? "–" : number.elevenlabs_phone_id, code, 6);
            column += 2;
        }
        cell(ui, key + "-since", cells[column], ui.clock.short_time(number.created_at), {Face::Regular, 13, ui.colours.text3},
            static_cast<int>(column) + 1, true);
    };
    auto const result = draw_framed(ui, phone ? Rect{page.x, area.y, page.w, area.h} : area, table, m_current,
        rows_in_words(table.total, table.loaded, "number", "numbers"));
    if (result.sort) commands.emplace_back(Go{state.address.with("sort", *result.sort == "newest" ? "" : *result.sort), true});
    if (result.opened) commands.emplace_back(Go{address_from(table.href(*result.opened))});
    if (result.wants_more) commands.emplace_back(LoadMore{"numbers"});
}

} // namespace console
