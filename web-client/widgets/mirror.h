#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace console {

enum class Role {
    Main,
    Navigation,
    Banner,
    Region,
    Article,
    Form,
    Search,
    Group,
    Dialog,
    Scroller, // containers
    Table,
    Row,
    ColumnHeader,
    Cell,
    List,
    Item,
    OrderedList,
    Listbox,
    Figure,
    Heading,
    Text,
    Label,
    Textbox,
    Button,
    Link,
    Tab,
    TabList,
    Option,
    Status,
    Alert,
    Note,
    Log,
    Checkbox,
};

// One piece of what is drawn, as a page would say it. Positions are logical pixels of the window.
struct MirrorNode {
    Role role = Role::Text;
    std::string key = {}; // stable from frame to frame, unique; also the element's id
    std::string text = {}; // what is drawn there
    std::string label = {}; // its name, where that is not the drawn text
    std::string value = {}; // a text field's
    float x = 0, y = 0, w = 0, h = 0;
    float size = 13; // of the text
    float line = 0; // line height, when there are several lines
    std::string face = {}; // CSS family
    std::string colour = {}; // CSS, of a text that the canvas cannot draw: the element shows itself
    std::string href = {};
    std::string title = {}; // what the mouse gets told
    std::string target = {}; // a label's field, an option's list
    std::string described_by = {};
    std::string input = {}; // a text field's type, name and autocomplete
    std::string name = {};
    std::string autocomplete = {};
    std::string placeholder = {};
    std::string sort = {}; // ascending, descending
    std::string over = {}; // words on a link, named here: a press there is the link's
    std::string active = {}; // the chosen option of a list that this field moves through
    float left = 0, right = 0; // a text field's padding
    float content = 0; // a scroller's whole height
    std::optional<float> scroll_to = {};
    int level = 1; // a heading's
    int index = 0; // a row's, from 1, the header's included
    int count = 0; // a table's rows, the header included
    int columns = 0;
    bool wraps = false; // several lines, broken where they are too long
    bool submits = false; // Enter in the form presses this button
    bool multiline = false; // a text field of several lines: Enter begins a new one
    bool busy = false;
    bool invalid = false;
    bool disabled = false;
    bool current = false; // the page, record or step where we are
    bool inert = false; // covered by a dialog
    bool lies_over = false; // what was told before it and stands in the same place is hidden
    bool hidden_text = false; // the canvas draws a field's text: something lies over it
    bool by_arrows = false; // reached with arrow keys, not with Tab
    bool tab_stop = false; // of a scroller without anything else to reach in it
    bool take_focus = false; // when it turns true
    bool rows = false; // a scroller that holds a table's rows
    std::optional<bool> pressed = {}; // a toggle's state
    std::optional<bool> selected = {};
    std::optional<bool> expanded = {};
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
    std::string const& focused() const { return m_focus; }
    bool has_focus(std::string_view key) const { return m_focus == key; }
    // Once, in the first frame after the focus came.
    bool took_focus(std::string_view key) const { return m_focus == key && m_focus_is_new; }
    bool shows_focus(std::string_view key) const { return m_focus == key && m_focus_by_key; }
    // Gives the focus to the node of that key as soon as it is drawn.
    void request_focus(std::string key) { m_wanted_focus = std::move(key); }
    // What draws the thing of that key asks first.
    void settle_focus(std::string_view key);

    // How far a scroller is scrolled, in pixels.
    float scroll(std::string const& key) const;
    void set_scroll(std::string const& key, float top);
    void scroll_to(std::string const& key, float top); // and the element with it
    std::map<std::string, float, std::less<>> const& scrolls() const { return m_scrolls; }
    void forget_scrolls()
    {
        m_scrolls.clear();
        m_wanted_scrolls.clear();
    }

    void press(std::string key) { m_pressed.insert(std::move(key)); }
    void type(std::string key, std::string text);
    void focus(std::string key, bool by_key);
    void blur(std::string_view key);

    // Where there are no elements, the last frame's nodes are what keys move through.
    void focus_next(bool backwards);
    // Enter or space on what has the focus; Enter in a field presses its form's button. False: nothing to press.
    bool press_focused(bool by_space);

    std::vector<MirrorNode> const& nodes() const { return m_nodes; }
    // The frame as an array of elements in reading order: a number is one that did not change, an object has what changed; what is null
    // or "" is gone. An element that comes to stand for another node says so by its `key`. Empty: nothing changed.
    std::string changes();
    // Sends everything again with the next changes().
    void forget_shown()
    {
        m_shown.clear();
        m_order.clear();
    }

private:
    struct Typed {
        std::string key;
        std::string text;
    };
    struct Shown { // an element
        MirrorNode node; // placed within its container
        int id = 0; // 0: to be made
        int parent = 0;
        unsigned frame = 0; // the last one that had it
    };

    Shown* take_spare(std::vector<Shown*>& spares, MirrorNode const& node, int parent);
    bool is_inert(std::size_t at) const;
    bool is_hidden(std::size_t at) const;

    std::vector<MirrorNode> m_nodes;
    std::vector<int> m_parents; // index of each node's container, -1 without
    std::vector<int> m_open; // indices of the containers around what comes next
    std::set<std::string, std::less<>> m_pressed;
    std::vector<Typed> m_typed;
    std::map<std::string, float, std::less<>> m_scrolls;
    std::map<std::string, float, std::less<>> m_wanted_scrolls;
    std::unordered_map<std::string, Shown> m_shown; // by key
    std::vector<Shown*> m_order; // as they are read
    unsigned m_frame = 0;
    int m_next_id = 1;
    std::string m_focus;
    std::string m_wanted_focus;
    std::size_t m_last_control = 0; // index; what is drawn on it after it belongs to it
    std::string m_given_focus; // the node that is to take it in this frame
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
