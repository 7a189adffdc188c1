#include "shared/base/json.h"

#include <algorithm>

namespace {

Json const null_value;

// How deep the brackets of a JSON text nest; of anything else, some number.
int depth_of(std::string_view text)
{
    int depth = 0, deepest = 0;
    bool is_inside = false; // of a string
    for (std::size_t i = 0; i < text.size(); ++i)
        switch (text[i]) {
        case '"':
            is_inside = !is_inside;
            break;
        case '\\':
            ++i;
            break;
        case '[':
        case '{':
            if (!is_inside) deepest = std::max(deepest, ++depth);
            break;
        case ']':
        case '}':
            if (!is_inside) --depth;
            break;
        default:
            break;
        }
    return deepest;
}

} // namespace

RequestFields::RequestFields(std::string_view body, std::initializer_list<std::string_view> known)
{
    m_object = Json::parse(body, nullptr, false);
    if (m_object.is_discarded() || !m_object.is_object()) {
        m_problem = Error{ErrorKind::Malformed, "malformed_json", "The request body is not a JSON object."};
        m_object = Json::object();
        return;
    }
    for (auto const& [name, value] : m_object.items())
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            auto const shown = name.substr(0, 64);
            m_problem = Error{ErrorKind::Malformed, "unknown_field", "There is no field \"" + shown + "\" in this request.", shown};
            return;
        }
}

Json const* RequestFields::find_string(std::string_view name)
{
    auto const found = m_object.find(name);
    if (m_problem || found == m_object.end() || found->is_null()) return nullptr;
    if (!found->is_string()) {
        m_problem = Error{ErrorKind::Malformed, "wrong_type", "This must be a string.", std::string(name)};
        return nullptr;
    }
    return &*found;
}

std::string RequestFields::text(std::string_view name)
{
    auto const* value = find_string(name);
    if (!m_problem && (!value || value->get_ref<std::string const&>().empty()))
        m_problem = Error{ErrorKind::Invalid, "required", "This is missing.", std::string(name)};
    return m_problem ? std::string() : value->get<std::string>();
}

std::optional<std::string> RequestFields::optional_text(std::string_view name)
{
    auto const* value = find_string(name);
    return value ? std::optional(value->get<std::string>()) : std::nullopt;
}

std::optional<bool> RequestFields::optional_flag(std::string_view name)
{
    auto const found = m_object.find(name);
    if (m_problem || found == m_object.end() || found->is_null()) return {};
    if (!found->is_boolean()) {
        m_problem = Error{ErrorKind::Malformed, "wrong_type", "This must be true or false.", std::string(name)};
        return {};
    }
    return found->get<bool>();
}

std::vector<std::string> RequestFields::texts(std::string_view name)
{
    auto const found = m_object.find(name);
    if (m_problem) return {};
    bool const right = found != m_object.end() && found->is_array()
        && std::all_of(found->begin(), found->end(), [](Json const& entry) { return entry.is_string(); });
    if (!right) {
        m_problem = Error{ErrorKind::Malformed, "wrong_type", "This must be a list of strings.", std::string(name)};
        return {};
    }
    return found->get<std::vector<std::string>>();
}

Json parse_foreign(std::string_view text)
{
    constexpr int deepest = 64;
    if (depth_of(text) < deepest) return Json::parse(text, nullptr, false); // half the time
    return Json::parse(
        text, [](int depth, Json::parse_event_t, Json&) { return depth < deepest; }, false);
}

Json const& member_of(Json const& object, std::string_view name)
{
    if (!object.is_object()) return null_value;
    auto const found = object.find(name);
    return found == object.end() ? null_value : *found;
}

std::string text_of(Json const& object, std::string_view name)
{
    auto const& value = member_of(object, name);
    return value.is_string() ? value.get<std::string>() : std::string();
}

std::optional<bool> flag_of(Json const& object, std::string_view name)
{
    auto const& value = member_of(object, name);
    return value.is_boolean() ? std::optional(value.get<bool>()) : std::nullopt;
}

void append_quoted(std::string& to, std::string_view text)
{
    constexpr char const* digits = "0123456789abcdef";
    to += '"';
    for (char const c : text)
        if (c == '"' || c == '\\') {
            to += '\\';
            to += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            to += "\\u00";
            to += digits[static_cast<unsigned char>(c) >> 4];
            to += digits[c & 0xF];
        } else
            to += c;
    to += '"';
}
