#include "web-client/views/sign_in_view.h"

#include "build/generated/icon_codes.h"
#include "web-client/views/card.h"
#include "web-client/widgets/controls.h"
#include "web-client/widgets/scroll_area.h"

#include <imgui.h>

#include <algorithm>
#include <utility>

namespace console {

static constexpr float first_field = 133; // from the top of the content
static constexpr float between_fields = 40;

static float field_height(Ui const& ui)
{
    return ui.compact() ? 44 : 38;
}
static float button_height(Ui const& ui)
{
    return ui.compact() ? 46 : 40;
}

void SignInView::draw(Ui& ui, Rect page, AppState const& app_state, Commands& commands)
{
    // Over a page whose session has ended, or alone.
    auto const* ended = app_state.signed_in();
    auto const* out = std::get_if<SignedOut>(&app_state.session);
    std::string const& problem = ended ? ended->problem : out->problem;
    bool const busy = ended ? ended->busy : out->busy;
    if (busy && !m_was_busy) m_busy_since = ImGui::GetTime();
    if (m_was_busy && !busy && !problem.empty()) ui.mirror.request_focus("sign-in-password");
    m_was_busy = busy;
    if (std::exchange(m_is_new, false)) {
        if (ended) m_email = ended->session.user.email;
        ui.mirror.request_focus(ended ? "sign-in-password" : "sign-in-email");
    }

    ScrollArea const scroll(ui, "sign-in-page", page, m_height);
    float const fields_bottom = first_field + 2 * field_height(ui) + between_fields;
    float const height_at_rest = fields_bottom + 24 + button_height(ui) + 45;
    float const text_width = (ui.compact() ? ui.size().x - 48 : 308) - 22;
    float const problem_height = problem.empty() ? 0 : refusal_height(ui, text_width, problem) + 2;
    Rect const content = draw_card(ui, scroll.top(), height_at_rest + problem_height, height_at_rest);

    mark(ui, content.x, content.y, 24);
    heading(ui, "sign-in-title", content.x, content.y + 54, ended ? "Your session ended" : "Sign in to Dealerline",
        {Face::Display, 22, ui.colours.text});
    bool const late = busy && app_state.connection.slow;
    if (late)
        told(ui, Role::Status, "sign-in-late", {content.x, content.y + 72, content.w, 20},
            "The server is slow to answer. We go on waiting.", {Face::Regular, 13, ui.colours.warn});
    else
        paragraph(ui, "sign-in-hint", content.x, content.y + 82,
            ended ? "Sign in to go on. What you typed is kept." : "For dealership staff and platform admins.",
            {Face::Regular, 13, ui.colours.text2});

    float below = content.y + fields_bottom;
    {
        MirrorScope const form(ui.mirror, {.role = Role::Form, .key = "sign-in-form", .label = "Sign in"});
        draw_fields(ui, content, !problem.empty() && !busy);
        if (!problem.empty()) draw_refusal(ui, "sign-in-problem", {content.x, below, text_width + 22, 0}, below + 19, problem);
        below += 24 + problem_height;
        Button const sign_in{
            .key = "sign-in-submit", .text = "Sign in", .submits = true, .busy_for = busy ? ImGui::GetTime() - m_busy_since : -1};
        if (button(ui, {content.x, below, content.w, button_height(ui)}, sign_in)) commands.emplace_back(SignIn{m_email, m_password});
    }

    TextStyle const quiet{Face::Regular, 13, ui.colours.text2};
    TextStyle const accent{Face::Medium, 13, ui.colours.accent};
    std::string const question = ended ? "Somebody else? " : "New dealership? ", answer = ended ? "Start over" : "Get a line";
    float const x = content.x + (content.w - ui.width(question, quiet) - ui.width(answer, accent)) / 2;
    float const middle = below + button_height(ui) + 30;
    paragraph(ui, "sign-in-question", x, middle, question, quiet);
    std::string const href = ended ? "/console" : "/signup";
    if (link(ui, "sign-in-signup", x + ui.width(question, quiet), middle, answer, href, accent)) commands.emplace_back(OpenPage{href});
    float const end = content.bottom() + (ui.compact() ? 0 : 32);
    m_height = end + 52 - scroll.top();
    TextStyle const small{Face::Regular, 12, ui.colours.text3};
    std::string const version = "Dealerline " DEALERLINE_VERSION;
    float const bottom = std::max(scroll.top() + page.h, end + 52);
    if (!ended) paragraph(ui, "version", page.x + (page.w - ui.width(version, small)) / 2, bottom - 27, version, small);
}

void SignInView::draw_fields(Ui& ui, Rect content, bool invalid)
{
    float const text_size = ui.compact() ? 16 : 14; // below 16 a phone zooms into the field
    Rect area{content.x, content.y + first_field, content.w, field_height(ui)};
    Field const email{.key = "sign-in-email",
        .label = "E-mail",
        .icon = icon::mail,
        .name = "email",
        .input = "email",
        .autocomplete = "username",
        .text_size = text_size};
    text_field(ui, area, email, m_email);

    area.y += area.h + between_fields;
    Field const password{.key = "sign-in-password",
        .label = "Password",
        .icon = icon::lock,
        .secret = !m_shows_password,
        .name = "password",
        .autocomplete = "current-password",
        .text_size = text_size,
        .room_right = 44,
        .invalid = invalid,
        .described_by = invalid ? "sign-in-problem" : ""};
    text_field(ui, area, password, m_password);

    Rect const eye{area.right() - 36, area.middle() - 14, 28, 28};
    if (icon_button(ui, eye, "sign-in-show", "Show password", m_shows_password ? icon::eye_off : icon::eye, m_shows_password))
        m_shows_password = !m_shows_password;
}

} // namespace console
