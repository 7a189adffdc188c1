#include "web-client/views/signed_in_view.h"

#include "web-client/views/card.h"
#include "web-client/widgets/controls.h"

namespace console {

static constexpr float avatar_size = 40;
static constexpr float line = 20;

static std::string role_of(Session const& session)
{
    if (session.user.role == "platform_admin") return "Platform admin";
    if (session.user.role == "platform_viewer") return "Platform viewer";
    if (session.organizations.size() == 1) return session.organizations.front().name;
    return std::to_string(session.organizations.size()) + " organisations";
}

void SignedInView::draw(Ui& ui, AppState const& app_state, Commands& commands)
{
    auto const& state = std::get<SignedIn>(app_state.session);
    if (state.busy && !m_was_busy) m_busy_since = ImGui::GetTime();
    m_was_busy = state.busy;

    TextStyle const who{Face::Medium, 14, ui.colours.text, line};
    TextStyle const quiet{Face::Regular, 13, ui.colours.text2, line};
    auto const told = "Signed in as " + state.session.user.email;
    float const button_height = ui.compact() ? 46 : 40;
    float const width = ui.compact() ? ui.size().x - 48 : 308;
    float const text_width = width - avatar_size - 12;
    auto const lines_of = [&](std::string const& text, TextStyle const& style, float limit) {
        return text.empty() ? 0.0f : static_cast<float>(ui.wrap(text, style, limit).size()) * style.line;
    };
    float const text_height = lines_of(told, who, text_width) + lines_of(role_of(state.session), quiet, text_width);
    float const problem_height = state.problem.empty() ? 0 : refusal_height(ui, width - 22, state.problem) + 12;
    float const usual_height = 92 + text_height + 24 + button_height;
    Rect const content = draw_card(ui, usual_height + problem_height, usual_height);

    mark(ui, content.x, content.y, 24);
    heading(ui, "home-title", content.x, content.y + 54, "Dealerline", {Face::Display, 22, ui.colours.text});
    avatar(ui, content.x, content.y + 92, avatar_size, state.session.user.email);
    Rect area{content.x + avatar_size + 12, 0, text_width, 0};
    float below = content.y + 92;
    below += wrapped(ui, Role::Status, "home-who", area, below + line / 2, told, who);
    below += wrapped(ui, Role::Text, "home-role", area, below + line / 2, role_of(state.session), quiet) + 24;
    if (!state.problem.empty()) draw_refusal(ui, "home-problem", {content.x, below, width, 0}, below, state.problem);
    below += problem_height;

    Button const sign_out{.key = "home-sign-out",
        .text = "Sign out",
        .look = ButtonLook::Secondary,
        .busy_for = state.busy ? ImGui::GetTime() - m_busy_since : -1};
    if (button(ui, {content.x, below, content.w, button_height}, sign_out)) commands.emplace_back(SignOut{});
}

} // namespace console
