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

    void send(platform::Request request, platform::OnReply on_reply) override { sent.push_back({std::move(request), std::move(on_reply)}); }
    bool prefers_dark() const override { return dark; }
    bool prefers_less_motion() const override { return false; }
    bool has_mirror() const override { return m_place == Place::Page; }
    void show_mirror(std::string const& nodes) override { shown = nodes; }
    void add_mirror_font(std::string const&, std::span<unsigned char const>) override { }
    void set_title(std::string const& text) override { title = text; }
    void open_page(std::string const& path) override { opened.push_back(path); }

    console::App app;
    std::deque<Sent> sent;
    std::vector<std::string> opened;
    std::string shown;
    std::string title;
    bool dark = false;

private:
    Place m_place;
};
