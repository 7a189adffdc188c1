#include "web-client/views/view.h"

#include "build/generated/icon_codes.h"
#include "web-client/widgets/figures.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>

namespace console {

static constexpr float widest = 1680;

Rect page_content(Ui const& ui, Rect page)
{
    float const padding = ui.compact() ? 16 : 24;
    float const width = std::min(page.w - 2 * padding, widest);
    return {std::floor(page.x + (page.w - width) / 2), page.y + (ui.compact() ? 16 : 20), width, page.h - 2 * padding};
}

static void draw_problem(Ui& ui, std::string const& key, Rect area, Error const& problem, AppState const& state, Commands& commands)
{
    auto const* signed_in = state.signed_in();
    Empty what{icon::circle_alert, "This could not be loaded", problem.message};
    bool retries = true;
    bool const filters = !state.address.query.empty() && (problem.kind == ErrorKind::Invalid || problem.kind == ErrorKind::Malformed);
    if (problem.kind == ErrorKind::Forbidden) {
        what = {icon::lock, "This page is for platform admins",
            problem.message + (signed_in ? " You are signed in as " + signed_in->session.user.email + "." : "")};
        retries = false;
    } else if (problem.kind == ErrorKind::NotFound) {
        what = {
            icon::search, "There is nothing at this address", problem.message + " It may belong to an organisation that you cannot see."};
        retries = false;
    } else if (state.connection.lost) {
        what = {icon::wifi_off, "The server does not answer", "We try again by ourselves. Nothing that you typed is lost."};
    }
    float const y = empty(ui, key, area, what);
    Button const next{.key = key + "-next",
        .text = filters ? "Clear the filter"
            : retries   ? "Try again"
                        : "Go to the first page",
        .look = ButtonLook::Secondary,
        .icon = filters ? icon::x
            : retries   ? icon::refresh_cw
                        : icon::arrow_left};
    float const width = button_width(ui, next);
    if (!button(ui, {area.x + (area.w - width) / 2, y + 8, width, ui.compact() ? 44.0f : 32.0f}, next)) return;
    if (filters)
        commands.emplace_back(Go{Address{state.address.path, {}}, false});
    else if (retries)
        commands.emplace_back(TryAgain{});
    else
        commands.emplace_back(Go{});
}

bool draw_progress(Ui& ui, std::string const& key, Rect area, Progress const& progress, AppState const& state, Commands& commands)
{
    if (progress.has_value && !(progress.problem && progress.problem->kind != ErrorKind::Unavailable)) return false;
    if (progress.problem) {
        draw_problem(ui, key + "-problem", area, *progress.problem, state, commands);
        return true;
    }
    MirrorNode region{.role = Role::Status, .key = key + "-loading", .label = "Loading"};
    region.busy = true;
    MirrorScope const scope(ui.mirror, std::move(region));
    loading_bars(ui, {area.x, area.y + 8, area.w, area.h}, 40, ImGui::GetTime() - progress.asked_at);
    return true;
}

void go_link(Ui& ui, Commands& commands, std::string const& key, float x, float middle, std::string const& text, std::string const& address,
    TextStyle const& style)
{
    if (link(ui, key, x, middle, text, address, style)) commands.emplace_back(Go{address_from(address)});
}

StateWords organization_state(std::string const& status)
{
    if (status == "active") return {Tone::Ok, "Live"};
    if (status == "provisioning") return {Tone::UnderWay, "On its way"};
    if (status == "needs_attention") return {Tone::Attention, "Needs a human"};
    if (status == "held") return {Tone::Attention, "Held"};
    if (status == "suspended") return {Tone::Off, "Suspended"};
    return {Tone::Off, "Closed"};
}

StateWords number_state(std::string const& state)
{
    if (state == "active") return {Tone::Ok, "Live"};
    if (state == "bought") return {Tone::UnderWay, "Bought"};
    if (state == "imported") return {Tone::UnderWay, "Verifying"};
    if (state == "needs_attention") return {Tone::Attention, "Needs a human"};
    if (state == "suspended") return {Tone::Off, "Suspended"};
    if (state == "releasing") return {Tone::UnderWay, "Releasing"};
    return {Tone::Off, "Released"};
}

std::string sms_words(PhoneNumber const& number)
{
    if (number.sms_status == "ready") return "Ready";
    if (number.sms_status == "needs_registration") return "Needs registration";
    return "Not available";
}

std::string notification_title(Notification const& notification)
{
    auto const& type = notification.type;
    if (type == "elevenlabs_import_required") return "Import number into ElevenLabs";
    if (type == "manual_setup_required") return "Set up the line by hand";
    if (type == "purchase_held") return "Purchase held back";
    if (type == "number_choice_needed") return "Choose where to look for a number";
    if (type == "drift_found") return "Settings changed outside Dealerline";
    if (type == "orphan_number") return "Orphan number, nobody uses it";
    if (type == "credentials_refused") return "A provider refuses our credentials";
    if (type == "provider_down") return "A provider does not answer";
    if (type == "webhook_failing") return "Webhooks are failing";
    if (type == "budget_warning") return "Budget nearly used up";
    if (type == "unrouted_message") return "Text without an owner";
    return notification.message;
}

StateWords stage_words(std::string const& stage)
{
    if (stage == "Appointment set") return {Tone::UnderWay, stage};
    if (stage == "Sold") return {Tone::Ok, stage};
    return {Tone::Off, stage.empty() ? "New Inquiry" : stage};
}

StateWords conversation_state(Conversation const& conversation)
{
    if (conversation.status == "in_progress") return {Tone::UnderWay, "In progress"};
    auto const& failure = conversation.failure;
    bool const called = conversation.direction == "outbound";
    if (failure == "busy") return {Tone::Attention, "Busy"};
    if (failure == "no-answer") return {Tone::Attention, "No answer"};
    if (conversation.status == "failed") return {Tone::Failed, called ? "Not reached" : "Missed"};
    if (conversation.outcome == "success") return {Tone::Ok, "Done"};
    if (conversation.outcome == "failure") return {Tone::Attention, "Not solved"};
    return {Tone::Off, "Answered"};
}

StateWords message_state(Message const& message)
{
    auto const& state = message.state;
    if (state == "queued" || state == "sending") return {Tone::UnderWay, "Sending"};
    if (state == "sent") return {Tone::UnderWay, "Sent"};
    if (state == "delivered") return {Tone::Ok, "Delivered"};
    if (state == "undelivered") return {Tone::Failed, "Not delivered"};
    if (state == "failed") return {Tone::Failed, "Not sent"};
    if (state == "unclear") return {Tone::Attention, "Unclear"};
    return {Tone::Off, ""};
}

std::string organization_name(AppState const& state, std::string const& id)
{
    auto const found = state.details.find(id);
    bool const known = found != state.details.end() && found->second.organization.value;
    return known ? found->second.organization.value->organization.name : "Organisation";
}

std::string zone_of(AppState const& state)
{
    if (state.address.at(0) != "organizations") return {};
    auto const found = state.details.find(state.address.at(1));
    return found != state.details.end() && found->second.organization.value ? found->second.organization.value->organization.time_zone : "";
}

std::string zone_words(std::string const& zone)
{
    if (zone.empty()) return "this computer's time";
    auto city = zone.substr(zone.rfind('/') + 1);
    std::replace(city.begin(), city.end(), '_', ' ');
    return city + " time";
}

std::string customer_name(std::string const& name, std::string const& number)
{
    if (!name.empty()) return name;
    return number.empty() ? "Number withheld" : national_format(number);
}

void customer_avatar(Ui& ui, float x, float y, float size, std::string const& name)
{
    if (!name.empty()) return avatar(ui, x, y, size, name);
    ui.fill({x, y, size, size}, ui.colours.mutebg, size / 2);
    ui.icon(x + size / 2, y + size / 2, icon::user, std::round(size * 0.5f), ui.colours.text2);
}

std::string counted(std::int64_t count, char const* one, char const* many)
{
    return grouped(count) + ' ' + (count == 1 ? one : many);
}

std::string call_length(int seconds)
{
    if (seconds < 0) return "–";
    if (seconds < 60) return std::to_string(seconds) + " s";
    return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
}

float draw_record_header(Ui& ui, Rect area, RecordHeader const& header, std::function<float(Rect area, float right)> const& draw_actions)
{
    bool const phone = ui.compact();
    float const size = phone ? 44 : 48;
    customer_avatar(ui, area.x, area.y, size, header.avatar);
    float const x = area.x + size + 16;
    float const begin = phone ? area.right() : draw_actions({area.x, area.y + 8, area.w, 32}, area.right());
    float const right = begin - (phone ? 0 : 16);
    float const state_room = phone || header.state.empty() ? 0 : pill_width(ui, header.state) + 12;
    float const drawn = told(ui, Role::Heading, header.key + "-name", {x, area.y, right - x - state_room, 28}, header.name,
        {Face::Display, phone ? 18.0f : 22.0f, ui.colours.text}, false, 2);
    if (!header.state.empty()) {
        if (phone)
            pill(ui, header.key + "-state", x, area.y + 38, header.tone, header.state);
        else
            pill(ui, header.key + "-state", x + drawn + 12, area.y + 14, header.tone, header.state);
    }
    float const left = phone ? area.x : x;
    float y = area.y + (phone ? 68.0f : 40.0f), fact_x = left;
    TextStyle const style{Face::Regular, 13, ui.colours.text2};
    for (auto const& [symbol, key, text] : header.meta) {
        if (text.empty()) continue;
        float const width = 20 + ui.width(text, style);
        if (fact_x > left && fact_x + width > right) fact_x = left, y += 22;
        ui.icon(fact_x + 7, y, symbol, 14, ui.colours.text3);
        told(ui, Role::Text, key, {fact_x + 20, y - 10, std::min(ui.width(text, style) + 1, right - fact_x - 20), 20}, text, style);
        fact_x += width + 20;
    }
    y += 20;
    if (phone) {
        float const top = y;
        if (draw_actions({area.x, top, area.w, 44}, area.right()) < area.right()) y += 56;
    }
    return y - area.y;
}

} // namespace console
