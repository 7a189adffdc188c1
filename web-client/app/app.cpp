#include "web-client/app/app.h"

#include "build/generated/embedded_fonts.h"
#include "web-client/views/conversation_view.h"
#include "web-client/views/conversations_view.h"
#include "web-client/views/drift_view.h"
#include "web-client/views/inbox_view.h"
#include "web-client/views/lead_view.h"
#include "web-client/views/leads_view.h"
#include "web-client/views/messages_view.h"
#include "web-client/views/notifications_view.h"
#include "web-client/views/organization_view.h"
#include "web-client/views/organizations_view.h"
#include "web-client/views/overview_view.h"
#include "web-client/views/shell.h"
#include "web-client/views/sign_in_view.h"
#include "web-client/views/usage_view.h"

#include <imgui.h>

#include <algorithm>
#include <cfloat>
#include <utility>

namespace console {

static constexpr double settle_time = 0.3; // seconds after the last scrolling
static constexpr double reading_time = 2; // seconds that a toast stays after the mouse or the focus left it
static constexpr std::size_t most_sought = 1024; // characters
static constexpr ImGuiWindowFlags root_flags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings
    | ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoScrollWithMouse;

void App::start(platform::Host& host)
{
    m_host = &host;
    m_fonts.load();
    host.add_mirror_font(css_family(Face::Regular), embedded_fonts::inter_regular);
    host.add_mirror_font(css_family(Face::Medium), embedded_fonts::inter_medium);
    host.add_mirror_font(css_family(Face::SemiBold), embedded_fonts::inter_semibold);
    host.add_mirror_font(css_family(Face::Display), embedded_fonts::inter_display_semibold);
    host.add_mirror_font(css_family(Face::Mono), embedded_fonts::jetbrains_mono);
    m_clock.emplace([&host](std::int64_t at, std::string const& zone) { return host.utc_offset(at, zone); }, Time{host.now()});
    m_data.emplace(m_state, host);
    m_state.theme = host.stored("theme");
    on_address();
    m_data->ask_who();
}

bool App::is_dark() const
{
    return m_state.theme.empty() ? m_host->prefers_dark() : m_state.theme == "dark";
}

unsigned App::background() const
{
    return (is_dark() ? theme::dark : theme::light).canvas;
}

// Every edge as strong as a field's.
static theme::Tokens with_contrast(theme::Tokens tokens)
{
    tokens.border = tokens.line = tokens.ctlsoft = tokens.control;
    tokens.text2 = tokens.text3 = tokens.text;
    return tokens;
}

View& App::view_of(Place const& place)
{
    // A tab keeps what is typed into it apart from the screen of all organisations.
    bool const is_record = !place.record.empty() && (place.screen == "conversations" || place.screen == "leads");
    auto& view = m_views[(place.is_tab && !is_record ? "tab " : is_record ? "record " : "") + place.screen];
    if (view) return *view;
    auto const& screen = place.screen;
    if (screen == "overview") view = std::make_unique<OverviewView>();
    if (screen == "notifications") view = std::make_unique<NotificationsView>();
    if (screen == "organizations") view = std::make_unique<OrganizationsView>();
    if (screen == "organization") view = std::make_unique<OrganizationView>();
    if (screen == "conversations" && is_record) view = std::make_unique<ConversationView>();
    if (screen == "conversations" && !is_record) view = std::make_unique<ConversationsView>();
    if (screen == "messages") view = std::make_unique<MessagesView>();
    if (screen == "leads" && is_record) view = std::make_unique<LeadView>();
    if (screen == "leads" && !is_record) view = std::make_unique<LeadsView>();
    if (screen == "usage") view = std::make_unique<UsageView>();
    if (screen == "drift") view = std::make_unique<DriftView>();
    if (screen == "numbers") view = std::make_unique<NumbersView>();
    if (screen == "inbox") view = std::make_unique<InboxView>();
    return *view;
}

// An organisation's tab stands below its header; a record, and a thread on a phone, has the page for itself.
void App::draw_page(Ui& ui, Rect page, Commands& commands)
{
    auto const place = place_of(m_state.address);
    bool const is_record = !place.record.empty() && (place.screen != "messages" || ui.compact());
    if (place.is_tab && !is_record) {
        auto& organization = static_cast<OrganizationView&>(view_of({"organization", place.organization, {}, false}));
        float const height = organization.draw_top(ui, page, m_state, commands);
        if (height == 0) return;
        page.y += height;
        page.h -= height;
    }
    view_of(place).draw(ui, page, m_state, commands);
}

void App::draw_screen(Ui& ui, Commands& commands)
{
    auto const* signed_in = m_state.signed_in();
    if (!signed_in) {
        if (!m_sign_in) m_sign_in = std::make_unique<SignInView>();
        MirrorScope const page(m_mirror, {.role = Role::Main, .key = "main"});
        m_sign_in->draw(ui, ui.window(), m_state, commands);
        return;
    }
    bool const covered = signed_in->ended || m_dialogs.is_open();
    {
        MirrorScope const all(m_mirror, {.role = Role::Group, .key = "page", .inert = covered});
        ui.covered = covered;
        Rect const page = draw_shell(ui, m_state, commands);
        MirrorScope const main(m_mirror, {.role = Role::Main, .key = "main"});
        auto const& session = signed_in->session;
        if (leads_somewhere(session, m_state.address)) {
            draw_page(ui, page, commands);
        } else {
            static std::optional<Error> const nothing = Error{ErrorKind::NotFound, "not_found", "This address leads to no page of yours."};
            draw_progress(ui, "nothing", page_content(ui, page), {false, false, 0, nothing}, m_state, commands);
        }
        draw_toasts(ui, m_state, commands);
        ui.covered = false;
    }
    if (signed_in->ended) {
        if (!m_sign_in) m_sign_in = std::make_unique<SignInView>();
        MirrorScope const dialog(
            m_mirror, {.role = Role::Dialog, .key = "session-ended", .label = "Your session ended", .lies_over = true});
        ui.fill(ui.window(), ui.colours.scrim);
        m_sign_in->draw(ui, ui.window(), m_state, commands);
        return;
    }
    m_sign_in.reset();
    if (m_dialogs.is_open()) m_dialogs.draw(ui, m_state, commands);
}

void App::load_missing_fonts()
{
    for (auto const character : std::exchange(m_missing, {})) {
        if (m_sought.size() >= most_sought || !m_sought.insert(character).second) continue;
        if (m_fonts[Face::Regular]->IsGlyphInFont(character)) continue; // in the font that came for the one before
        if (auto const font = m_host->font_for(character)) m_fonts.add_fallback(font->data, font->scale);
    }
}

// What is being read, or about to be closed by hand, stays.
void App::keep_toasts()
{
    double const soonest = ImGui::GetTime() + reading_time;
    for (auto& toast : m_state.toasts) {
        auto const key = "toast-" + std::to_string(toast.id);
        bool is_read = m_mirror.focused() == key + "-close";
        for (auto const& node : m_mirror.nodes())
            is_read |= node.key == key && ImGui::IsMouseHoveringRect({node.x, node.y}, {node.x + node.w, node.y + node.h}, false);
        if (is_read) toast.until = std::max(toast.until, soonest);
    }
}

void App::draw()
{
    auto const* shown = m_state.signed_in();
    bool const is_snapshot = shown && shown->session.installation.snapshot_at;
    m_clock->set_present(is_snapshot ? shown->session.installation.snapshot_at : Time{m_host->now()}); // there it stood still
    load_missing_fonts();
    keep_toasts();
    double const next_work = m_data->work(ImGui::GetTime());
    auto const* signed_in = m_state.signed_in();
    if (signed_in && signed_in->session.user.id != m_user) { // someone else: nothing of the last one stays
        m_user = signed_in->session.user.id;
        m_views.clear();
        m_dialogs.close();
    }
    if (!signed_in) m_user.clear(), m_views.clear(), m_dialogs.close();
    if (signed_in && m_state.address.path.empty()) apply(Go{address_from(home_of(signed_in->session)), true});
    m_data->look(m_dialogs.name(), m_is_drawn);

    bool const contrast = m_host->prefers_more_contrast();
    auto const style = std::string(is_dark() ? "dark" : "light") + (contrast ? " contrast" : "");
    theme::Tokens const& plain = is_dark() ? theme::dark : theme::light;
    if (style != m_style) {
        m_contrast = with_contrast(plain);
        apply_style(contrast ? m_contrast : plain);
        m_style = style;
    }
    m_mirror.start_frame();
    m_keys.start_frame();
    Ui ui(contrast ? m_contrast : plain, m_fonts, m_mirror, m_keys, *m_clock, m_host->has_mirror());
    ui.reduced_motion = m_host->prefers_less_motion();
    ui.drawn = m_drawn;
    ui.measure = [this](std::string_view text, TextStyle const& how) { return m_host->text_width(text, css_family(how.face), how.size); };
    if (!m_host->has_mirror()) ui.missing = &m_missing;
    if (m_drawn) m_drawn->clear();
    Commands commands;
    ImGui::PushFont(m_fonts[Face::Regular], 13);
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
    ImGui::Begin("console", nullptr, root_flags);
    ui.set_size(ImGui::GetIO().DisplaySize);
    double const wait = m_is_drawn ? 0.0 : m_data->time_to_first_picture(ImGui::GetTime()); // drawing takes longer than most answers
    m_is_drawn |= wait == 0.0 && !std::holds_alternative<Asking>(m_state.session);
    if (m_is_drawn) draw_screen(ui, commands);
    ImGui::End();
    ImGui::PopFont();
    m_mirror.end_frame();
    m_keys.end_frame();
    if (m_host->has_mirror())
        if (auto const changes = m_mirror.changes(); !changes.empty()) m_host->show_mirror(changes);
    m_next_change = std::min(ui.next_change(), next_work);
    if (wait > 0) m_next_change = std::min(m_next_change, wait);

    for (auto const& command : commands)
        std::visit([this](auto const& asked) { apply(asked); }, command);
    std::erase_if(m_missing, [this](unsigned character) { return m_sought.contains(character); });
    if (!commands.empty() || (!m_missing.empty() && m_sought.size() < most_sought)) m_next_change = 0;
    show_title();
    remember_scrolls(false);
}

void App::show_title()
{
    std::string title = "Dealerline";
    if (std::holds_alternative<SignedOut>(m_state.session)) title = "Sign in · Dealerline";
    if (auto const* signed_in = m_state.signed_in(); signed_in && leads_somewhere(signed_in->session, m_state.address)) {
        auto const place = place_of(m_state.address);
        title = view_of(place).title(m_state) + (place.is_tab ? " · " + organization_name(m_state, place.organization) : "")
            + " · Dealerline";
    }
    if (title == m_title) return;
    m_title = title;
    m_host->set_title(title);
}

// The history keeps how far everything was scrolled: "key top" a line. Browsers refuse to be told with every frame.
void App::remember_scrolls(bool at_once)
{
    std::string memory;
    for (auto const& [key, top] : m_mirror.scrolls())
        if (top > 0) memory += key + ' ' + std::to_string(static_cast<int>(top)) + '\n';
    if (memory == m_remembered) {
        m_remember_at = 0;
        return;
    }
    double const present = ImGui::GetTime();
    if (memory != m_unremembered || m_remember_at == 0) m_remember_at = present + settle_time;
    m_unremembered = memory;
    if (!at_once && present < m_remember_at) {
        m_next_change = std::min(m_next_change, m_remember_at - present);
        return;
    }
    m_remember_at = 0;
    m_remembered = memory;
    m_host->remember(memory);
}

void App::on_address()
{
    auto const before = m_state.address;
    m_state.address = address_from(m_host->address());
    m_remembered = m_host->memory();
    m_dialogs.close();
    if (m_host->has_mirror()) ImGui::GetIO().AddMousePosEvent(-FLT_MAX, -FLT_MAX); // nothing of a new page is hovered until it moves
    // A list beside its record stays as it is; another page, or another search, begins at the top.
    bool const same_place = before.at(0) == m_state.address.at(0) && before.query == m_state.address.query;
    if (same_place && m_remembered.empty()) return;
    m_mirror.forget_scrolls();
    for (std::size_t at = 0; at < m_remembered.size();) {
        auto const end = m_remembered.find('\n', at);
        auto const space = m_remembered.find(' ', at);
        if (end == std::string::npos || space > end) break;
        m_mirror.scroll_to(m_remembered.substr(at, space - at), static_cast<float>(std::atoi(m_remembered.c_str() + space)));
        at = end + 1;
    }
}

bool App::on_key(std::string const& name, bool in_field)
{
    if (m_keys.press(name, in_field)) return true;
    if (m_host->has_mirror()) return false; // the rest is the elements'
    if (name == "Tab" || name == "Shift+Tab") {
        m_mirror.focus_next(name != "Tab");
        return true;
    }
    if (name == "Enter") return m_mirror.press_focused(false);
    if (name == " " && !in_field) return m_mirror.press_focused(true);
    return false;
}

void App::on_event(std::string const& name, std::string const& data)
{
    Json const content = Json::parse(data, nullptr, false);
    m_data->on_event(name, content);
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
    case Kind::Scrolled:
        return m_mirror.set_scroll(event.key, static_cast<float>(std::atof(event.text.c_str())));
    }
}

void App::apply(Go const& command)
{
    auto address = command.address;
    if (auto const* signed_in = m_state.signed_in(); signed_in && address.path.empty()) address = address_from(home_of(signed_in->session));
    if (address == m_state.address) return;
    remember_scrolls(true);
    m_host->go(address.text(), command.replace); // on_address follows
}

void App::apply(Copy const& command)
{
    m_host->copy(command.text);
    m_data->say("Copied", command.text);
}

void App::apply(SetTheme const& command)
{
    m_state.theme = command.theme;
    m_host->store("theme", command.theme);
}

void App::apply(CloseToast const& command)
{
    std::erase_if(m_state.toasts, [&](Toast const& toast) { return toast.id == command.id; });
}

void App::apply(Open const& command)
{
    if (!m_dialogs.is_open()) m_before_dialog = m_mirror.focused();
    m_dialogs.open(command.dialog);
    if (!m_dialogs.is_open()) m_mirror.request_focus(m_before_dialog); // back to where it came from
}

} // namespace console
