#include "web-client/views/organizations_view.h"

#include "build/generated/icon_codes.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>

namespace console {

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

void OrganizationsView::draw(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    Rect const content = page_content(ui, page);
    auto const& list = state.organizations;
    auto const count = [&](char const* name) { return count_in(list, name); };
    Filters const filters{"organizations", "Filter by name, number or e-mail", "status",
        {{"", "All", count("all")}, {"needs_attention", "Needs a human", count("needs_attention")}, {"held", "Held", count("held")},
            {"provisioning", "On its way", count("provisioning")}, {"active", "Live", count("active")},
            {"suspended", "Suspended", count("suspended")}, {"closed", "Closed", count("closed")}}};
    float const top = draw_filters(ui, content, filters, state, commands);
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
    fill_table(table, list);
    table.row_key = [&](int row) { return list.rows[static_cast<std::size_t>(row)].organization.id; };
    table.href = [&](int row) { return "#/organizations/" + list.rows[static_cast<std::size_t>(row)].organization.id; };
    table.draw_row = [&](int row, Rect place, std::vector<Rect> const& cells) {
        auto const& shown = list.rows[static_cast<std::size_t>(row)];
        if (!phone) return draw_row(ui, table, shown, row, place, cells);
        auto const& name = shown.organization.name;
        avatar(ui, place.x + 16, place.middle() - 20, 40, name, AvatarShape::Organization);
        auto const [tone, words] = organization_state(shown.status);
        auto const below = !shown.phone_number.empty() ? national_format(shown.phone_number)
            : shown.cause.empty()                      ? "No number yet"
                                                       : shown.cause;
        draw_phone_row(ui, table, row, m_current, place, 68, {name, words, below, tone, true});
    };
    auto const result = draw_framed(ui, area, page, table, m_current, rows_in_words(table, "organisation", "organisations"));
    if (result.sort) commands.emplace_back(Go{state.address.with("sort", *result.sort == "attention" ? "" : *result.sort), true});
    if (result.opened) commands.emplace_back(Go{address_from(table.href(*result.opened))});
    if (result.wants_more) commands.emplace_back(LoadMore{"organizations"});
}

void NumbersView::draw(Ui& ui, Rect page, AppState const& state, Commands& commands)
{
    Rect const content = page_content(ui, page);
    auto const& list = state.numbers;
    Filters filters{"numbers", "Filter by number or name", "state", {{"", "All", count_in(list, "all")}}};
    for (auto const* name : {"needs_attention", "bought", "imported", "active", "suspended", "releasing", "released"})
        filters.chips.push_back({name, number_state(name).words, count_in(list, name)});
    float const top = draw_filters(ui, content, filters, state, commands);
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
    fill_table(table, list);
    auto const at = [&](int row) -> NumberRow const& { return list.rows[static_cast<std::size_t>(row)]; };
    table.row_key = [&](int row) { return at(row).number.id; };
    table.href = [&](int row) { return "#/organizations/" + at(row).number.organization_id; };
    table.draw_row = [&](int row, Rect place, std::vector<Rect> const& cells) {
        auto const& number = at(row).number;
        auto const key = "numbers-" + number.id;
        auto const [tone, words] = number_state(number.state);
        TextStyle const plain{Face::Regular, 13, ui.colours.text2};
        if (phone)
            return draw_phone_row(
                ui, table, row, m_current, place, 16, {national_format(number.phone_number), words, at(row).organization_name, tone, true});
        {
            MirrorScope const scope(ui.mirror, cell_node(key + "-number", cells[0], 1));
            link_cell(ui, table, row, m_current, {cells[0].x, place.y, cells[0].w - (area.w > 600 ? 34.0f : 0.0f), place.h},
                national_format(number.phone_number), {Face::Medium, 13, ui.colours.text});
            if (area.w > 600
                && icon_button(
                    ui, {cells[0].right() - 30, place.middle() - 14, 28, 28}, key + "-copy", "Copy " + number.phone_number, icon::copy))
                commands.emplace_back(Copy{number.phone_number});
        }
        cell(ui, key + "-owner", cells[1], at(row).organization_name, {Face::Regular, 13, ui.colours.text}, 2);
        {
            MirrorScope const scope(ui.mirror, cell_node(key + "-state", cells[2], 3));
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
    auto const result = draw_framed(ui, area, page, table, m_current, rows_in_words(table, "number", "numbers"));
    if (result.sort) commands.emplace_back(Go{state.address.with("sort", *result.sort == "newest" ? "" : *result.sort), true});
    if (result.opened) commands.emplace_back(Go{address_from(table.href(*result.opened))});
    if (result.wants_more) commands.emplace_back(LoadMore{"numbers"});
}

} // namespace console
