#include "web-client/widgets/mirror.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

namespace console {

static constexpr std::array role_names{"main", "navigation", "banner", "region", "article", "form", "search", "group", "dialog", "scroller",
    "table", "row", "columnheader", "cell", "list", "item", "orderedlist", "listbox", "figure", "heading", "text", "label", "textbox",
    "button", "link", "tab", "tablist", "option", "status", "alert", "note", "log", "checkbox"};

static bool takes_focus(MirrorNode const& node)
{
    return node.role == Role::Textbox || node.role == Role::Button || node.role == Role::Link || node.role == Role::Tab
        || node.role == Role::Checkbox;
}

void Mirror::start_frame()
{
    m_nodes.clear();
    m_parents.clear();
    m_open.clear();
    m_last_control = std::numeric_limits<std::size_t>::max();
}

void Mirror::end_frame()
{
    m_pressed.clear();
    m_typed.clear();
    m_focus_is_new = false;
}

void Mirror::add(MirrorNode node)
{
    settle_focus(node.key);
    if (node.key == m_given_focus) {
        node.take_focus = true;
        m_given_focus.clear();
    }
    if (node.role == Role::Scroller) {
        // Not before there is enough to scroll.
        if (auto const wanted = m_wanted_scrolls.find(node.key);
            wanted != m_wanted_scrolls.end() && node.content >= wanted->second + node.h) {
            node.scroll_to = wanted->second;
            m_scrolls[node.key] = wanted->second;
            m_wanted_scrolls.erase(wanted);
        }
    }
    int parent = m_open.empty() ? -1 : m_open.back();
    if (takes_focus(node)) m_last_control = m_nodes.size();
    if (node.role == Role::Text && m_last_control < m_nodes.size() && m_parents[m_last_control] == parent) {
        auto const& control = m_nodes[m_last_control];
        bool const inside = node.x >= control.x && node.y >= control.y && node.x + node.w <= control.x + control.w + 1
            && node.y + node.h <= control.y + control.h + 1;
        bool const is_button = control.role == Role::Button || control.role == Role::Tab || control.role == Role::Checkbox;
        if (inside && is_button) parent = static_cast<int>(m_last_control); // words on a button are part of it
        if (inside && control.role == Role::Link) node.over = control.key;
    }
    if (node.role == Role::Scroller && parent >= 0) node.rows = m_nodes[static_cast<std::size_t>(parent)].role == Role::Table;
    m_parents.push_back(parent);
    m_nodes.push_back(std::move(node));
}

void Mirror::settle_focus(std::string_view key)
{
    if (m_wanted_focus.empty() || key != m_wanted_focus) return;
    m_given_focus = std::exchange(m_wanted_focus, {});
    focus(m_given_focus, m_focus_by_key);
}

void Mirror::open(MirrorNode container)
{
    add(std::move(container));
    m_open.push_back(static_cast<int>(m_nodes.size()) - 1);
}

void Mirror::close()
{
    m_open.pop_back();
}

bool Mirror::take_press(std::string_view key)
{
    auto const found = m_pressed.find(key);
    if (found == m_pressed.end()) return false;
    m_pressed.erase(found);
    return true;
}

std::optional<std::string> Mirror::take_text(std::string_view key)
{
    std::optional<std::string> latest;
    for (auto& typed : m_typed)
        if (typed.key == key) latest = typed.text;
    return latest;
}

float Mirror::scroll(std::string const& key) const
{
    auto const found = m_scrolls.find(key);
    return found == m_scrolls.end() ? 0 : found->second;
}

void Mirror::set_scroll(std::string const& key, float top)
{
    m_scrolls[key] = std::max(top, 0.0f);
}

void Mirror::scroll_to(std::string const& key, float top)
{
    set_scroll(key, top);
    m_wanted_scrolls[key] = m_scrolls[key];
}

void Mirror::type(std::string key, std::string text)
{
    m_typed.push_back({std::move(key), std::move(text)});
}

void Mirror::focus(std::string key, bool by_key)
{
    m_focus = std::move(key);
    m_focus_by_key = by_key;
    m_focus_is_new = true;
}

void Mirror::blur(std::string_view key)
{
    if (m_focus == key) m_focus.clear();
}

bool Mirror::is_inert(std::size_t at) const
{
    for (int up = static_cast<int>(at); up >= 0; up = m_parents[static_cast<std::size_t>(up)])
        if (m_nodes[static_cast<std::size_t>(up)].inert) return true;
    return false;
}

bool Mirror::is_hidden(std::size_t at) const
{
    auto const& node = m_nodes[at];
    for (std::size_t i = at + 1; i < m_nodes.size(); ++i) {
        auto const& over = m_nodes[i];
        if (!over.lies_over) continue;
        bool const apart = node.x >= over.x + over.w || over.x >= node.x + node.w || node.y >= over.y + over.h || over.y >= node.y + node.h;
        if (over.w <= 0 || !apart) return true;
    }
    return false;
}

void Mirror::focus_next(bool backwards)
{
    std::vector<std::string const*> stops;
    std::ptrdiff_t at = -1;
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        auto const& node = m_nodes[i];
        if (node.key == m_focus) at = static_cast<std::ptrdiff_t>(stops.size()) - (node.by_arrows && backwards ? 0 : node.by_arrows);
        bool const counts = takes_focus(node) && !node.by_arrows && !is_inert(i);
        if (counts) stops.push_back(&node.key);
    }
    if (stops.empty()) return;
    auto const count = static_cast<std::ptrdiff_t>(stops.size());
    auto const next = backwards ? (at <= 0 ? count - 1 : at - 1) : (at + 1) % count;
    focus(*stops[static_cast<std::size_t>(next)], true);
}

bool Mirror::press_focused(bool by_space)
{
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        auto const& node = m_nodes[i];
        if (node.key != m_focus || m_focus.empty() || is_inert(i)) continue;
        if (node.role == Role::Button || node.role == Role::Tab || node.role == Role::Checkbox || (node.role == Role::Link && !by_space)) {
            press(node.key);
            return true;
        }
        if (node.role != Role::Textbox || node.multiline || by_space) return false;
        int form = m_parents[i];
        while (form >= 0 && m_nodes[static_cast<std::size_t>(form)].role != Role::Form)
            form = m_parents[static_cast<std::size_t>(form)];
        if (form < 0) return false;
        for (std::size_t other = 0; other < m_nodes.size(); ++other)
            if (m_nodes[other].submits && m_parents[other] == form) press(m_nodes[other].key);
        return true;
    }
    return false;
}

// The changes are written straight into one string: a tree of them took 3 ms of a frame in which a long list turned a page.
class ChangeWriter {
public:
    void number(int id) { begin() += std::to_string(id); }

    void node(MirrorNode const& node, int id, int parent)
    {
        begin() += R"({"id":)" + std::to_string(id);
        text("role", role_names[static_cast<std::size_t>(node.role)]);
        text("key", node.key);
        if (parent != 0) member("parent") += std::to_string(parent);
        if (node.w > 0) {
            length("x", node.x);
            length("y", node.y);
            length("w", node.w);
            length("h", node.h);
        }
        if (!node.face.empty()) length("size", node.size);
        if (node.line > 0) length("line", node.line);
        if (node.left > 0) length("left", node.left);
        if (node.right > 0) length("right", node.right);
        if (node.role == Role::Scroller) length("content", node.content);
        if (node.scroll_to) length("scroll_to", *node.scroll_to);
        some_text("text", node.text);
        some_text("label", node.label);
        some_text("face", node.face);
        some_text("colour", node.colour);
        some_text("href", node.href);
        some_text("title", node.title);
        some_text("target", node.target);
        some_text("described_by", node.described_by);
        some_text("placeholder", node.placeholder);
        some_text("sort", node.sort);
        some_text("active", node.active);
        some_text("over", node.over);
        if (node.role == Role::Heading) member("level") += std::to_string(node.level);
        if (node.index > 0) member("index") += std::to_string(node.index);
        if (node.count > 0) member("count") += std::to_string(node.count);
        if (node.columns > 0) member("columns") += std::to_string(node.columns);
        mark("wraps", node.wraps);
        mark("submits", node.submits);
        mark("multiline", node.multiline);
        mark("busy", node.busy);
        mark("invalid", node.invalid);
        mark("disabled", node.disabled);
        mark("current", node.current);
        mark("inert", node.inert);
        mark("hidden_text", node.hidden_text);
        mark("by_arrows", node.by_arrows);
        mark("tab_stop", node.tab_stop);
        mark("take_focus", node.take_focus);
        mark("rows", node.rows);
        state("pressed", node.pressed);
        state("selected", node.selected);
        state("expanded", node.expanded);
        if (node.role == Role::Textbox) {
            text("value", node.value);
            text("input", node.input);
            text("name", node.name);
            text("autocomplete", node.autocomplete);
        }
        m_json += '}';
    }

    std::string take() { return (m_json.empty() ? "[" : std::move(m_json)) + ']'; }

private:
    std::string& begin() { return m_json += m_json.empty() ? '[' : ','; }
    std::string& member(char const* name) { return m_json.append(",\"").append(name).append("\":"); }

    void text(char const* name, std::string_view value)
    {
        member(name) += '"';
        for (char const c : value) {
            if (c == '"' || c == '\\') {
                m_json += '\\';
                m_json += c;
            } else if (static_cast<unsigned char>(c) < 0x20) {
                m_json.append("\\u00") += "01"[c >> 4];
                m_json += "0123456789abcdef"[c & 15];
            } else {
                m_json += c;
            }
        }
        m_json += '"';
    }

    void some_text(char const* name, std::string_view value)
    {
        if (!value.empty()) text(name, value);
    }

    // Hundredths of a pixel are enough.
    void length(char const* name, float pixels)
    {
        auto const hundredths = std::llround(pixels * 100);
        auto& out = member(name);
        if (hundredths < 0) out += '-';
        out += std::to_string(std::abs(hundredths) / 100);
        int const rest = static_cast<int>(std::abs(hundredths) % 100);
        if (rest == 0) return;
        out += '.';
        out += static_cast<char>('0' + rest / 10);
        out += static_cast<char>('0' + rest % 10);
    }

    void mark(char const* name, bool is_set)
    {
        if (is_set) member(name) += "true";
    }

    void state(char const* name, std::optional<bool> value)
    {
        if (value) member(name) += *value ? "true" : "false";
    }

    std::string m_json;
};

std::string Mirror::changes()
{
    ++m_frame;
    ChangeWriter list;
    std::vector<int> order;
    order.reserve(m_nodes.size());
    std::vector<int> ids(m_nodes.size());
    bool changed = false;
    for (std::size_t at = 0; at < m_nodes.size(); ++at) {
        MirrorNode node = m_nodes[at];
        int const parent = m_parents[at];
        // The canvas cannot draw over an element that is seen.
        bool const is_seen = !node.colour.empty() || (node.role == Role::Textbox && !node.hidden_text && is_inert(at));
        if (is_seen && is_hidden(at)) {
            node.colour.clear();
            node.hidden_text = node.role == Role::Textbox;
        }
        // An element stands inside the nearest container that has a place, and moves with what that scrolls.
        int frame = parent;
        while (frame >= 0 && m_nodes[static_cast<std::size_t>(frame)].w <= 0)
            frame = m_parents[static_cast<std::size_t>(frame)];
        if (frame >= 0 && node.w > 0) {
            auto const& around = m_nodes[static_cast<std::size_t>(frame)];
            node.x -= around.x;
            node.y -= around.y - (around.role == Role::Scroller ? scroll(around.key) : 0);
        }
        auto [found, is_new] = m_shown.try_emplace(node.key);
        auto& shown = found->second;
        if (is_new) {
            shown.id = m_next_id++;
            if (node.role == Role::Scroller && scroll(node.key) > 0) node.scroll_to = scroll(node.key);
        }
        int const parent_id = parent < 0 ? 0 : ids[static_cast<std::size_t>(parent)];
        ids[at] = shown.id;
        order.push_back(shown.id);
        shown.frame = m_frame;
        if (!is_new && shown.parent == parent_id && shown.node == node) {
            list.number(shown.id);
            continue;
        }
        changed = true;
        list.node(node, shown.id, parent_id);
        shown.parent = parent_id;
        shown.node = std::move(node);
    }
    std::erase_if(m_shown, [&](auto const& entry) { return entry.second.frame != m_frame; });
    if (!changed && order == m_order) return {};
    m_order = std::move(order);
    return list.take();
}

} // namespace console
