#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace console {

enum class Role { Main, Form, Heading, Text, Label, Textbox, Button, Link, Status, Alert };

// One piece of what is drawn, as a page would say it. Positions are logical pixels of the window.
struct MirrorNode {
    Role role;
    std::string key; // stable from frame to frame, unique; also the element's id
    std::string text = {}; // what it says; for a button or link its name
    std::string value = {}; // a text field's
    float x = 0, y = 0, w = 0, h = 0;
    float size = 13; // of the text
    float line = 0; // line height, when there are several lines
    std::string face = {}; // CSS family
    std::string href = {};
    std::string title = {}; // what the mouse gets told
    std::string target = {}; // a label's field
    std::string described_by = {};
    std::string input = {}; // a text field's type, name and autocomplete
    std::string name = {};
    std::string autocomplete = {};
    float left = 0, right = 0; // a text field's padding
    bool wraps = false; // several lines, broken where they are too long
    bool submits = false; // Enter in the form presses this button
    bool busy = false;
    bool invalid = false;
    bool take_focus = false; // when it turns true
    std::optional<bool> pressed = {}; // a toggle's state
};

// What a screen reader, a password manager, a browser's find and a test see: the frame told again in reading order. Widgets report
// to it as they draw, and ask it what was done to the elements that stand for them.
class Mirror {
public:
    void start_frame();
    // Presses and texts that no widget asked for are dropped.
    void end_frame();

    void add(MirrorNode node);
    void open(MirrorNode container);
    void close();

    bool take_press(std::string_view key);
    std::optional<std::string> take_text(std::string_view key);
    bool has_focus(std::string_view key) const { return m_focus == key; }
    // Once, in the first frame after the focus came.
    bool took_focus(std::string_view key) const { return m_focus == key && m_focus_is_new; }
    bool shows_focus(std::string_view key) const { return m_focus == key && m_focus_by_key; }

    void press(std::string key) { m_pressed.insert(std::move(key)); }
    void type(std::string key, std::string text);
    void focus(std::string key, bool by_key);
    void blur(std::string_view key);

    std::vector<MirrorNode> const& nodes() const { return m_nodes; }
    std::string to_json() const;

private:
    struct Typed {
        std::string key;
        std::string text;
    };

    std::vector<MirrorNode> m_nodes;
    std::vector<std::string> m_parents; // of each node
    std::vector<std::string> m_open; // keys of the containers around what comes next
    std::set<std::string, std::less<>> m_pressed;
    std::vector<Typed> m_typed;
    std::string m_focus;
    bool m_focus_by_key = false;
    bool m_focus_is_new = false;
};

// An open container, closed at the end of the block.
class MirrorScope {
public:
    MirrorScope(Mirror& mirror, MirrorNode container) : m_mirror(mirror) { m_mirror.open(std::move(container)); }
    ~MirrorScope() { m_mirror.close(); }
    MirrorScope(MirrorScope const&) = delete;
    MirrorScope& operator=(MirrorScope const&) = delete;

private:
    Mirror& m_mirror;
};

} // namespace console
