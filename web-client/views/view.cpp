#include "web-client/views/view.h"

#include "build/generated/icon_codes.h"

#include <imgui.h>

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

} // namespace console
