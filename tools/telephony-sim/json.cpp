#include "tools/telephony-sim/json.h"

namespace simulator {

namespace {

constexpr int deepest_nesting = 100;

bool nests_too_deep(std::string_view text)
{
    int depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (in_string) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > deepest_nesting) return true;
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return false;
}

} // namespace

std::optional<Json> parse_json(std::string_view text)
{
    if (nests_too_deep(text)) return std::nullopt;
    auto json = Json::parse(text.begin(), text.end(), nullptr, false);
    if (json.is_discarded()) return std::nullopt;
    return json;
}

std::string to_text(Json const& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string text_at(Json const& object, char const* key)
{
    if (!object.is_object()) return "";
    auto const found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Json value_at(Json const& json, std::initializer_list<char const*> path)
{
    auto const* found = &json;
    for (auto const* name : path) {
        if (!found->is_object() || !found->contains(name)) return nullptr;
        found = &(*found)[name];
    }
    return *found;
}

void merge_into(Json& target, Json const& patch)
{
    for (auto const& [key, value] : patch.items()) {
        // Headers are sent as a whole: an old secret must not stay behind a new one.
        bool const merges = value.is_object() && key != "request_headers" && target.contains(key) && target[key].is_object();
        if (merges)
            merge_into(target[key], value);
        else
            target[key] = value;
    }
}

} // namespace simulator
