#pragma once

#include "web-client/app/data.h"
#include "web-client/platform/platform.h"
#include "web-client/views/dialogs.h"
#include "web-client/views/view.h"

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace console {

// The console: receives answers, draws the screen that the address asks for, carries out what was asked for.
class App final : public platform::Program {
public:
    void start(platform::Host& host) override;
    void draw() override;
    unsigned background() const override;
    double next_change() const override { return m_next_change; }
    void on_mirror_event(platform::MirrorEvent event) override;
    void on_address() override;
    bool on_key(std::string const& name, bool in_field) override;
    void on_event(std::string const& name, std::string const& data) override;

    AppState const& state() const { return m_state; }
    Mirror& mirror() { return m_mirror; }
    // What a test wants to know: every text that reaches the canvas.
    void record_texts(std::vector<DrawnText>* texts) { m_drawn = texts; }

private:
    bool is_dark() const;
    void draw_screen(Ui& ui, Commands& commands);
    View& view_of(Place const& place);
    void draw_page(Ui& ui, Rect page, Commands& commands);
    void show_title();
    void remember_scrolls(bool at_once);
    void load_missing_fonts();
    void keep_toasts();

    void apply(SignIn const& command) { m_data->sign_in(command); }
    void apply(SignOut const& command) { m_data->sign_out(command.everywhere); }
    void apply(OpenPage const& command) { m_host->open_page(command.path); }
    void apply(Go const& command);
    void apply(LoadMore const& command) { m_data->load_more(command); }
    void apply(Find const& command) { m_data->find(command.text); }
    void apply(TryAgain const&) { m_data->try_again(); }
    void apply(Activate const& command) { m_data->act(command); }
    void apply(RetryRun const& command) { m_data->act(command); }
    void apply(Decide const& command) { m_data->act(command); }
    void apply(SaveSettings const& command) { m_data->act(command); }
    void apply(ChangeLife const& command) { m_data->act(command); }
    void apply(LookForDrift const& command) { m_data->act(command); }
    void apply(RepairDrift const& command) { m_data->act(command); }
    void apply(AdoptOrphan const& command) { m_data->act(command); }
    void apply(ReleaseOrphan const& command) { m_data->act(command); }
    void apply(PlaceCall const& command) { m_data->act(command); }
    void apply(SendText const& command) { m_data->act(command); }
    void apply(SaveLead const& command) { m_data->act(command); }
    void apply(AddNote const& command) { m_data->act(command); }
    void apply(MarkRead const& command) { m_data->act(command); }
    void apply(Replay const& command) { m_data->act(command); }
    void apply(Copy const& command);
    void apply(SetTheme const& command);
    void apply(CloseToast const& command);
    void apply(Reload const&) { m_host->reload(); }
    void apply(Open const& command);

    platform::Host* m_host = nullptr;
    AppState m_state;
    std::optional<Data> m_data;
    Fonts m_fonts;
    std::set<unsigned> m_missing; // characters that were to be drawn and that no font has
    std::set<unsigned> m_sought; // and that this machine was asked for
    Mirror m_mirror;
    Keys m_keys;
    std::optional<Clock> m_clock;
    std::map<std::string, std::unique_ptr<View>> m_views; // what is typed into one stays until someone else signs in
    std::unique_ptr<View> m_sign_in;
    Dialogs m_dialogs;
    std::string m_before_dialog; // what had the focus
    std::string m_user;
    std::string m_title;
    std::string m_remembered;
    std::string m_unremembered; // still changing
    double m_remember_at = 0;
    bool m_is_drawn = false; // something but the background
    std::string m_style; // the theme that is set up
    theme::Tokens m_contrast{};
    std::vector<DrawnText>* m_drawn = nullptr;
    double m_next_change = std::numeric_limits<double>::infinity();
};

} // namespace console
