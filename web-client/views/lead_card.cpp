#include "web-client/views/lead_card.h"

#include "build/generated/icon_codes.h"
#include "web-client/views/reach.h"

namespace console {

std::string lead_history(Ui const& ui, LeadPage const& page, std::string const& zone)
{
    return counted(page.calls, "call", "calls") + ", " + counted(page.texts, "text", "texts") + " since "
        + ui.clock.short_time(page.lead.created_at, zone);
}

char const* contact_icon(Lead const& lead)
{
    if (lead.opted_out) return icon::ban;
    if (!lead.appointment.empty()) return icon::calendar_check;
    return lead.last_contact_kind == "text" ? icon::message_square : icon::phone_incoming;
}

std::string contact_words(Lead const& lead)
{
    if (lead.wants_person) return "Wants a person";
    if (lead.opted_out) return "Opted out of texts";
    if (!lead.appointment.empty()) return lead.appointment;
    if (lead.last_contact_kind != "text") return "Spoke with Jack";
    return lead.last_direction == "outbound" ? "We wrote" : "They wrote";
}

ImU32 stage_colour(Ui const& ui, std::string_view stage)
{
    auto const& c = ui.colours;
    return stage == lead_stages[0] ? c.c4
        : stage == lead_stages[1]  ? c.c2
        : stage == lead_stages[2]  ? c.c1
        : stage == lead_stages[3]  ? c.okdot
                                   : c.ctlsoft;
}

float draw_lead_card(Ui& ui, Rect area, LeadPage const& page, AppState const& state, Commands& commands)
{
    auto const& lead = page.lead;
    std::vector<std::pair<std::string, std::string>> facts;
    if (!lead.interest.empty()) facts.emplace_back("Wants", lead.interest);
    if (!lead.trade_in.empty()) facts.emplace_back("Trade-in", lead.trade_in);
    if (!lead.appointment.empty()) facts.emplace_back("Appointment", lead.appointment);
    float const height = 100 + 46 + static_cast<float>(facts.size()) * 34 + 6;
    card(ui, {area.x, area.y, area.w, height});
    heading(ui, "lead-title", area.x + 20, area.y + 27, "Lead", {Face::SemiBold, 14, ui.colours.text}, 2);
    TextStyle const accent{Face::Medium, 13, ui.colours.accent};
    go_link(ui, commands, "lead-open", area.right() - 20 - ui.width("Open", accent), area.y + 27, "Open",
        address_in(lead.organization_id, "leads", lead.id).text(), accent);
    customer_avatar(ui, area.x + 20, area.y + 48, 34, lead.name);
    told(ui, Role::Text, "lead-name", {area.x + 66, area.y + 47, area.w - 86, 18}, customer_name(lead.name, lead.phone_number),
        {Face::SemiBold, 13, ui.colours.text});
    told(ui, Role::Text, "lead-history", {area.x + 66, area.y + 65, area.w - 86, 17}, lead_history(ui, page, zone_of(state)),
        {Face::Regular, 12, ui.colours.text2});
    float y = area.y + 96;
    ui.line(area.x + 20, y, area.w - 40, ui.colours.line);
    told(ui, Role::Text, "lead-status-name", {area.x + 20, y, 100, 44}, "Status", {Face::Regular, 13, ui.colours.text2});
    float const field = std::min(180.0f, area.w - 140);
    draw_stage_field(ui, {area.right() - 20 - field, y + 7, field, 30}, lead, state, commands);
    y += 44;
    for (auto const& [name, value] : facts) {
        fact(ui, "lead-" + name, {area.x + 20, y, area.w - 40, 34}, name, value);
        y += 34;
    }
    return height;
}

} // namespace console
