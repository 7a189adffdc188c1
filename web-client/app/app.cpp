#include "web-client/app/app.h"

#include "build/generated/embedded_fonts.h"
#include "web-client/views/sign_in_view.h"
#include "web-client/views/signed_in_view.h"
#include "web-client/widgets/controls.h"

#include <imgui.h>

#include <algorithm>

namespace console {

static constexpr ImGuiWindowFlags root_flags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings
    | ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoBackground;

void App::start(platform::Host& host)
{
    m_host = &host;
    m_fonts.load();
    host.add_mirror_font(css_family(Face::Regular), embedded_fonts::inter_regular);
    host.add_mirror_font(css_family(Face::Medium), embedded_fonts::inter_medium);
    host.add_mirror_font(css_family(Face::SemiBold), embedded_fonts::inter_semibold);
    host.add_mirror_font(css_family(Face::Display), embedded_fonts::inter_display_semibold);
    host.add_mirror_font(css_family(Face::Mono), embedded_fonts::jetbrains_mono);
    m_session_api.emplace([&host](platform::Request request, platform::OnReply done) { host.send(std::move(request), std::move(done)); });
    m_session_api->current([this](Result<Session> session) {
        if (session)
            m_state.session = SignedIn{.session = *session, .problem = {}};
        else
            m_state.session = SignedOut{.problem = session.error().kind == ErrorKind::Unauthorized ? "" : session.error().message};
    });
}

unsigned App::background() const
{
    return (m_dark.value_or(false) ? theme::dark : theme::light).canvas;
}

// A finger moves what lies under it.
static void scroll_by_touch()
{
    ImGuiIO const& io = ImGui::GetIO();
    if (io.MouseSource == ImGuiMouseSource_TouchScreen && ImGui::IsMouseDragging(ImGuiMouseButton_Left) && !ImGui::IsAnyItemActive())
        ImGui::SetScrollY(ImGui::GetScrollY() - io.MouseDelta.y);
}

void App::draw()
{
    bool const dark = m_host->prefers_dark();
    auto const& colours = dark ? theme::dark : theme::light;
    if (m_dark != dark) apply_style(colours);
    m_dark = dark;

    m_mirror.start_frame();
    Ui ui(colours, m_fonts, m_mirror, m_host->has_mirror());
    ui.reduced_motion = m_host->prefers_less_motion();
    Commands commands;
    ImGui::PushFont(m_fonts[Face::Regular], 13);
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
    ImGui::Begin("console", nullptr, root_flags);
    ui.set_area(ImGui::GetCursorScreenPos(), ImGui::GetIO().DisplaySize);
    show_screen();
    if (m_view) {
        MirrorScope const page(m_mirror, {.role = Role::Main, .key = "main"});
        m_view->draw(ui, m_state, commands);
        draw_version(ui);
        scroll_by_touch();
    }
    ImGui::End();
    ImGui::PopFont();
    m_mirror.end_frame();
    if (m_host->has_mirror()) m_host->show_mirror(m_mirror.to_json());
    m_next_change = ui.next_change();

    for (auto const& command : commands)
        std::visit([this](auto const& asked) { apply(asked); }, command);
    if (!commands.empty()) m_next_change = 0;
}

void App::show_screen()
{
    if (m_shown == m_state.session.index()) return;
    m_shown = m_state.session.index();
    if (std::holds_alternative<SignedOut>(m_state.session))
        m_view = std::make_unique<SignInView>();
    else
        m_view = std::make_unique<SignedInView>();
    m_host->set_title(m_view->title());
}

void App::draw_version(Ui& ui)
{
    TextStyle const style{Face::Regular, 12, ui.colours.text3};
    std::string const version = "Dealerline " DEALERLINE_VERSION;
    float const bottom = std::max(ui.origin().y + ui.size().y, ui.bottom() + 52);
    paragraph(ui, "version", ui.origin().x + (ui.size().x - ui.width(version, style)) / 2, bottom - 27, version, style);
    ImGui::SetCursorScreenPos({ui.origin().x, bottom});
    ImGui::Dummy({0, 0}); // what the window can be scrolled to
}

void App::on_mirror_event(platform::MirrorEvent event)
{
    using Kind = platform::MirrorEvent::Kind;
    switch (event.kind) {
    case Kind::Pressed:
        return m_mirror.press(std::move(event.key));
    case Kind::Typed:
        return m_mirror.type(std::move(event.key), std::move(event.text));
    case Kind::Focused:
        return m_mirror.focus(std::move(event.key), false);
    case Kind::FocusedByKey:
        return m_mirror.focus(std::move(event.key), true);
    case Kind::Blurred:
        return m_mirror.blur(event.key);
    }
}

void App::apply(SignIn const& command)
{
    m_state.session = SignedOut{.problem = {}, .busy = true};
    m_session_api->sign_in(command.email, command.password, [this](Result<Session> session) {
        if (session)
            m_state.session = SignedIn{.session = *session, .problem = {}};
        else
            m_state.session = SignedOut{.problem = session.error().message};
    });
}

void App::apply(SignOut const&)
{
    auto signed_in = std::get<SignedIn>(m_state.session);
    signed_in.problem.clear();
    signed_in.busy = true;
    m_state.session = signed_in;
    m_session_api->sign_out([this, signed_in](Outcome outcome) mutable {
        signed_in.busy = false;
        if (outcome) {
            m_state.session = SignedOut{};
            return;
        }
        signed_in.problem = outcome.error().message;
        m_state.session = signed_in;
    });
}

void App::apply(OpenPage const& command)
{
    m_host->open_page(command.path);
}

} // namespace console
