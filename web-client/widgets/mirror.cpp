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

template <typename Member>
struct Named {
    char const* name;
    Member member;
};
static constexpr Named<std::string MirrorNode::*> texts[]
    = {{"key", &MirrorNode::key}, {"text", &MirrorNode::text}, {"label", &MirrorNode::label}, {"value", &MirrorNode::value},
        {"face", &MirrorNode::face}, {"colour", &MirrorNode::colour}, {"href", &MirrorNode::href}, {"title", &MirrorNode::title},
        {"target", &MirrorNode::target}, {"described_by", &MirrorNode::described_by}, {"input", &MirrorNode::input},
        {"name", &MirrorNode::name}, {"autocomplete", &MirrorNode::autocomplete}, {"placeholder", &MirrorNode::placeholder},
        {"sort", &MirrorNode::sort}, {"over", &MirrorNode::over}, {"active", &MirrorNode::active}};
static constexpr Named<float MirrorNode::*> lengths[] = {{"w", &MirrorNode::w}, {"h", &MirrorNode::h}, {"size", &MirrorNode::size},
    {"line", &MirrorNode::line}, {"left", &MirrorNode::left}, {"right", &MirrorNode::right}, {"content", &MirrorNode::content}};
static constexpr Named<int MirrorNode::*> numbers[]
    = {{"level", &MirrorNode::level}, {"index", &MirrorNode::index}, {"count", &MirrorNode::count}, {"columns", &MirrorNode::columns}};
static constexpr Named<bool MirrorNode::*> marks[]
    = {{"wraps", &MirrorNode::wraps}, {"submits", &MirrorNode::submits}, {"multiline", &MirrorNode::multiline}, {"busy", &MirrorNode::busy},
        {"invalid", &MirrorNode::invalid}, {"disabled", &MirrorNode::disabled}, {"current", &MirrorNode::current},
        {"inert", &MirrorNode::inert}, {"hidden_text", &MirrorNode::hidden_text}, {"by_arrows", &MirrorNode::by_arrows},
        {"tab_stop", &MirrorNode::tab_stop}, {"take_focus", &MirrorNode::take_focus}, {"rows", &MirrorNode::rows}};
static constexpr Named<std::optional<bool> MirrorNode::*> states[]
    = {{"pressed", &MirrorNode::pressed}, {"selected", &MirrorNode::selected}, {"expanded", &MirrorNode::expanded}};

// The changes are written straight into one string: a tree of them took 3 ms of a frame in which a long list turned a page.
class ChangeWriter {
public:
    // Of an element, what it no longer stands for; its number alone, and false, if that is nothing. `x` and `y` are within its container.
    bool element(int id, bool is_new, std::optional<int> parent, MirrorNode const& node, float x, float y, MirrorNode const& before)
    {
        m_id = id;
        m_is_open = false;
        if (is_new) text("role", role_names[static_cast<std::size_t>(node.role)]);
        if (parent) member("parent") += std::to_string(*parent);
        if (x != before.x) length("x", x);
        if (y != before.y) length("y", y);
        for (auto const& [name, of] : lengths)
            if (node.*of != before.*of) length(name, node.*of);
        for (auto const& [name, of] : texts)
            if (node.*of != before.*of) text(name, node.*of);
        for (auto const& [name, of] : numbers)
            if (node.*of != before.*of) member(name) += node.*of > 0 ? std::to_string(node.*of) : "null";
        for (auto const& [name, of] : marks)
            if (node.*of != before.*of) member(name) += node.*of ? "true" : "null";
        for (auto const& [name, of] : states)
            if (node.*of != before.*of) member(name) += !(node.*of) ? "null" : *(node.*of) ? "true" : "false";
        if (node.scroll_to && node.scroll_to != before.scroll_to) length("scroll_to", *node.scroll_to);
        if (m_is_open)
            m_json += '}';
        else
            begin() += std::to_string(id);
        return m_is_open;
    }

    std::string take() { return (m_json.empty() ? "[" : std::move(m_json)) + ']'; }

private:
    std::string& begin() { return m_json += m_json.empty() ? '[' : ','; }

    std::string& member(char const* name)
    {
        if (!m_is_open) begin() += R"({"id":)" + std::to_string(m_id);
        m_is_open = true;
        return m_json.append(",\"").append(name).append("\":");
    }

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

    std::string m_json;
    int m_id = 0;
    bool m_is_open = false; // an object for this element is begun
};

// What an element is made for cannot change.
static int kind_of(MirrorNode const& node)
{
    return static_cast<int>(node.role) * 8 + (node.role == Role::Heading ? node.level : node.submits ? 1 : node.multiline ? 2 : 0);
}

// An element whose node is gone stands for a new one of its kind in the same container; first come, first served.
Mirror::Shown* Mirror::take_spare(std::vector<Shown*>& spares, MirrorNode const& node, int parent)
{
    auto const fits = [&](Shown const* spare) { return spare && spare->parent == parent && kind_of(spare->node) == kind_of(node); };
    auto const found = std::find_if(spares.begin(), spares.end(), fits);
    if (found == spares.end() || m_shown.contains(node.key)) return nullptr;
    auto* const shown = std::exchange(*found, nullptr);
    auto entry = m_shown.extract(shown->node.key);
    entry.key() = node.key;
    m_shown.insert(std::move(entry));
    return shown;
}

std::string Mirror::changes()
{
    ++m_frame;
    std::vector<Shown*> order(m_nodes.size());
    for (std::size_t at = 0; at < m_nodes.size(); ++at) {
        auto const& node = m_nodes[at];
        auto const found = m_shown.find(node.key);
        if (found == m_shown.end()) continue;
        auto& shown = found->second;
        if (kind_of(shown.node) != kind_of(node)) shown.id = shown.parent = 0; // another element has to be made
        shown.frame = m_frame;
        order[at] = &shown;
    }
    std::vector<Shown*> spares;
    for (auto* const shown : m_order) {
        bool const is_own = shown->node.role == Role::Textbox || shown->node.role == Role::Scroller; // what it was scrolled to, or undoes
        if (shown->frame != m_frame && !is_own) spares.push_back(shown);
    }
    static MirrorNode const plain;
    ChangeWriter list;
    bool changed = false;
    for (std::size_t at = 0; at < m_nodes.size(); ++at) {
        auto const* node = &m_nodes[at];
        std::optional<MirrorNode> copy;
        int const container = m_parents[at];
        int const parent = container < 0 ? 0 : order[static_cast<std::size_t>(container)]->id;
        auto*& shown = order[at];
        if (!shown) shown = take_spare(spares, *node, parent);
        if (!shown) shown = &m_shown[node->key];
        bool const is_new = shown->id == 0;
        if (is_new) shown->id = m_next_id++;
        shown->frame = m_frame;
        // The canvas cannot draw over an element that is seen.
        bool const is_seen = !node->colour.empty() || (node->role == Role::Textbox && !node->hidden_text && is_inert(at));
        bool const is_scrolled = is_new && node->role == Role::Scroller && scroll(node->key) > 0;
        if ((is_seen && is_hidden(at)) || is_scrolled) {
            node = &copy.emplace(*node);
            copy->colour.clear();
            copy->hidden_text |= copy->role == Role::Textbox;
            if (is_scrolled) copy->scroll_to = scroll(copy->key);
        }
        // An element stands inside the nearest container that has a place, and moves with what that scrolls.
        int frame = container;
        while (frame >= 0 && m_nodes[static_cast<std::size_t>(frame)].w <= 0)
            frame = m_parents[static_cast<std::size_t>(frame)];
        float x = node->x, y = node->y;
        if (frame >= 0 && node->w > 0) {
            auto const& around = m_nodes[static_cast<std::size_t>(frame)];
            x -= around.x;
            y -= around.y - (around.role == Role::Scroller ? scroll(around.key) : 0);
        }
        auto const moved = shown->parent == parent ? std::nullopt : std::optional(parent);
        if (!list.element(shown->id, is_new, moved, *node, x, y, is_new ? plain : shown->node)) continue;
        changed = true;
        shown->parent = parent;
        shown->node = *node;
        shown->node.x = x;
        shown->node.y = y;
    }
    std::erase_if(m_shown, [&](auto const& entry) { return entry.second.frame != m_frame; });
    if (!changed && order == m_order) return {};
    m_order = std::move(order);
    return list.take();
}

} // namespace console
