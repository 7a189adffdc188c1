#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace simulator {

// Keys keep the order in which they were set, as in the vendors' answers.
using Json = nlohmann::ordered_json;

// Nothing if the text is not JSON, or nests so deep that walking it would need too much stack.
std::optional<Json> parse_json(std::string_view text);
std::string to_text(Json const& json);

// The string at `key`, or "" if it is missing or something else.
std::string text_at(Json const& object, char const* key);

// What stands at the end of that path of members; null if anything on the way is missing.
Json value_at(Json const& json, std::initializer_list<char const*> path);

// Objects merge member by member, everything else replaces what was there.
void merge_into(Json& target, Json const& patch);

} // namespace simulator
