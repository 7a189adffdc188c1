#pragma once

#include "web-client/app/app.h"

#include <imgui.h>

#include <deque>
#include <string>
#include <vector>

// The whole console without a window: real Dear ImGui, and a server that answers when the test says so.
class HeadlessConsole final : public platform::Host {
public:
    struct Sent {
        platform::Request request;
        platform::OnReply on_reply;
    };

    enum class Place { Page, Desktop };

    explicit HeadlessConsole(Place place = Place::Page, ImVec2 size = {1440, 900});
    ~HeadlessConsole() override;

    void frames(int count = 3);
    // Answers the oldest request.
    void answer(int status, std::string body);
    // Signed out, with the sign-in screen on.
    void begin_signed_out();

    // The node with that text or, for a field, that label; null when there is none.
    console::MirrorNode const* find(console::Role role, std::string const& text);
    bool says(std::string const& text);
    void type(std::string const& label, std::string text);
    void press(std::string const& name);
    void keys(char const* text);
    void tap(ImGuiKey key);
    void click(float x, float y);

    void send(platform::Request request, platform::OnReply on_reply) override
    {
        asked.push_back(request.method + ' ' + request.path);
        sent.push_back({std::move(request), std::move(on_reply)});
    }
    void listen(bool on) override
    {
        listening = on;
        ++listens;
    }
    bool prefers_dark() const override { return dark; }
    bool prefers_less_motion() const override { return false; }
    bool prefers_more_contrast() const override { return contrast; }
    std::string stored(std::string const&) const override { return {}; }
    void store(std::string const&, std::string const&) override { }
    bool has_mirror() const override { return m_place == Place::Page; }
    void show_mirror(std::string const& changes) override { shown = changes; }
    void add_mirror_font(std::string const&, std::span<unsigned char const>) override { }
    float text_width(std::string_view text, std::string const&, float size) const override
    {
        return static_cast<float>(text.size()) * size / 3;
    }
    std::optional<platform::SystemFont> font_for(unsigned character) override
    {
        fonts_asked_for.push_back(character);
        return font_of_machine;
    }
    std::string address() const override { return history.back().first; }
    std::string memory() const override { return history.back().second; }
    void go(std::string const& to, bool replace) override;
    void go_back(); // as the browser's button does
    void remember(std::string const& memory) override { history.back().second = memory; }
    void copy(std::string const& text) override { copied = text; }
    void set_title(std::string const& text) override { title = text; }
    void open_page(std::string const& path) override { opened.push_back(path); }
    void reload() override { reloaded = true; }
    void tell_other_tabs(std::string const& what) override { told = what; }
    std::int64_t now() const override { return present; }
    int utc_offset(std::int64_t, std::string const&) const override { return -8 * 3600; }
    std::string build() const override { return "0123456789"; }

    // The whole installation: answers whatever is asked as a server with these records would.
    void serve();
    void sign_in_as(std::string const& session);
    bool rests(); // nothing is drawn any more, once what was scrolled is remembered

    console::App app;
    std::deque<Sent> sent;
    std::vector<std::string> asked; // all that was ever sent: "GET /api/…"
    std::vector<unsigned> fonts_asked_for;
    std::optional<platform::SystemFont> font_of_machine;
    std::string name_of_first = "Dealer 0 Motors"; // an organisation that serve() has
    std::vector<std::string> opened;
    std::string shown;
    std::string title;
    std::string copied;
    std::string told;
    std::vector<std::pair<std::string, std::string>> history{{"", ""}}; // address and memory
    std::vector<console::DrawnText> drawn;
    std::int64_t present = 1'795'000'000'000; // 18 November 2026, 11:06:40 UTC
    bool listening = false;
    int listens = 0; // how often it was switched
    bool reloaded = false;
    bool dark = false;
    bool contrast = false;
    std::string status_code; // what serve() answers everything with: "403", "0"; empty: properly
    std::string notification_status = "pending";
    int organizations = 30; // how many serve() has

private:
    Place m_place;
};
