#include "web-client/views/sign_in_view.h"

#include "build/generated/icon_codes.h"
#include "web-client/views/card.h"
#include "web-client/widgets/controls.h"

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

void SignInView::draw(Ui& ui, AppState const& app_state, Commands& commands)
{
    auto const& state = std::get<SignedOut>(app_state.session);
    if (state.busy && !m_was_busy) m_busy_since = ImGui::GetTime();
    m_focuses_password = m_was_busy && !state.busy && !state.problem.empty();
    m_was_busy = state.busy;

    float const fields_bottom = first_field + 2 * field_height(ui) + between_fields;
    float const height_at_rest = fields_bottom + 24 + button_height(ui) + 45;
    float const text_width = (ui.compact() ? ui.size().x - 48 : 308) - 22;
    float const problem_height = state.problem.empty() ? 0 : refusal_height(ui, text_width, state.problem) + 2;
    Rect const content = draw_card(ui, height_at_rest + problem_height, height_at_rest);

    mark(ui, content.x, content.y, 24);
    heading(ui, "sign-in-title", content.x, content.y + 54, "Sign in to Dealerline", {Face::Display, 22, ui.colours.text});
    paragraph(
        ui, "sign-in-hint", content.x, content.y + 82, "For dealership staff and platform admins.", {Face::Regular, 13, ui.colours.text2});

    float below = content.y + fields_bottom;
    {
        MirrorScope const form(ui.mirror, {.role = Role::Form, .key = "sign-in-form"});
        bool submitted = draw_fields(ui, content, state);
        if (!state.problem.empty()) draw_refusal(ui, "sign-in-problem", {content.x, below, text_width + 22, 0}, below + 19, state.problem);
        below += 24 + problem_height;
        Button const sign_in{
            .key = "sign-in-submit", .text = "Sign in", .submits = true, .busy_for = state.busy ? ImGui::GetTime() - m_busy_since : -1};
        submitted |= button(ui, {content.x, below, content.w, button_height(ui)}, sign_in);
        if (submitted && !state.busy) commands.emplace_back(SignIn{m_email, m_password});
    }

    TextStyle const quiet{Face::Regular, 13, ui.colours.text2};
    TextStyle const accent{Face::Medium, 13, ui.colours.accent};
    std::string const question = "New dealership? ";
    float const x = content.x + (content.w - ui.width(question, quiet) - ui.width("Get a line", accent)) / 2;
    float const middle = below + button_height(ui) + 30;
    paragraph(ui, "sign-in-question", x, middle, question, quiet);
    if (link(ui, "sign-in-signup", x + ui.width(question, quiet), middle, "Get a line", "/signup", accent))
        commands.emplace_back(OpenPage{"/signup"});
}

bool SignInView::draw_fields(Ui& ui, Rect content, SignedOut const& state)
{
    bool const invalid = !state.problem.empty() && !state.busy;
    float const text_size = ui.compact() ? 16 : 14; // below 16 a phone zooms into the field
    Rect area{content.x, content.y + first_field, content.w, field_height(ui)};
    Field const email{.key = "sign-in-email",
        .label = "E-mail",
        .icon = icon::mail,
        .name = "email",
        .input = "email",
        .autocomplete = "username",
        .text_size = text_size,
        .take_focus = m_focuses_email};
    bool submitted = text_field(ui, area, email, m_email);
    if (!ui.elements) m_focuses_email = false; // the element takes it once by itself

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
        .described_by = invalid ? "sign-in-problem" : "",
        .take_focus = m_focuses_password};
    submitted |= text_field(ui, area, password, m_password);

    Rect const eye{area.right() - 36, area.middle() - 14, 28, 28};
    if (icon_button(ui, eye, "sign-in-show", "Show password", m_shows_password ? icon::eye_off : icon::eye, m_shows_password))
        m_shows_password = !m_shows_password;
    return submitted;
}

} // namespace console
