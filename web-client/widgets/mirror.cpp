#include "web-client/widgets/mirror.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace console {

void Mirror::start_frame()
{
    m_nodes.clear();
    m_parents.clear();
    m_open.clear();
}

void Mirror::end_frame()
{
    m_pressed.clear();
    m_typed.clear();
    m_focus_is_new = false;
}

void Mirror::add(MirrorNode node)
{
    m_parents.push_back(m_open.empty() ? std::string() : m_open.back());
    m_nodes.push_back(std::move(node));
}

void Mirror::open(MirrorNode container)
{
    auto key = container.key;
    add(std::move(container));
    m_open.push_back(std::move(key));
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

static char const* role_name(Role role)
{
    switch (role) {
    case Role::Main:
        return "main";
    case Role::Form:
        return "form";
    case Role::Heading:
        return "heading";
    case Role::Text:
        return "text";
    case Role::Label:
        return "label";
    case Role::Textbox:
        return "textbox";
    case Role::Button:
        return "button";
    case Role::Link:
        return "link";
    case Role::Status:
        return "status";
    case Role::Alert:
        return "alert";
    }
    return "text";
}

std::string Mirror::to_json() const
{
    using nlohmann::json;
    json list = json::array();
    for (std::size_t at = 0; at < m_nodes.size(); ++at) {
        auto const& node = m_nodes[at];
        json entry{{"role", role_name(node.role)}, {"key", node.key}, {"text", node.text}, {"size", node.size}};
        auto const set = [&](char const* name, auto const& value, bool wanted) {
            if (wanted) entry[name] = value;
        };
        set("parent", m_parents[at], !m_parents[at].empty());
        if (node.w > 0)
            for (auto const& [name, length] : {std::pair{"x", node.x}, {"y", node.y}, {"w", node.w}, {"h", node.h}})
                entry[name] = std::round(length * 100.0f) / 100.0f;
        set("line", node.line, node.line > 0);
        set("face", node.face, !node.face.empty());
        set("title", node.title, !node.title.empty());
        set("href", node.href, !node.href.empty());
        set("target", node.target, !node.target.empty());
        set("described_by", node.described_by, !node.described_by.empty());
        set("wraps", true, node.wraps);
        set("left", node.left, node.left > 0);
        set("right", node.right, node.right > 0);
        set("submits", true, node.submits);
        set("busy", true, node.busy);
        set("invalid", true, node.invalid);
        set("take_focus", true, node.take_focus);
        if (node.pressed) entry["pressed"] = *node.pressed;
        if (node.role == Role::Textbox) {
            entry["value"] = node.value;
            entry["input"] = node.input;
            entry["name"] = node.name;
            entry["autocomplete"] = node.autocomplete;
        }
        list.push_back(std::move(entry));
    }
    return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace console
