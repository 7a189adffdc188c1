#pragma once

#include "shared/base/result.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using Json = nlohmann::json;

// Reads a request's JSON object strictly: the first problem is kept, with the member's name, and later reads return empty values.
class RequestFields {
public:
    RequestFields(std::string_view body, std::initializer_list<std::string_view> known);

    // A string that must be there and not be empty.
    std::string text(std::string_view name);
    // A string that may be missing or null.
    std::optional<std::string> optional_text(std::string_view name);

    // A true or false that may be missing or null.
    std::optional<bool> optional_flag(std::string_view name);

    // A list of strings that must be there.
    std::vector<std::string> texts(std::string_view name);

    std::optional<Error> const& problem() const { return m_problem; }

private:
    Json const* find_string(std::string_view name);

    Json m_object;
    std::optional<Error> m_problem;
};

// What a vendor sent: discarded when it is no JSON; what is nested deeper than 64 levels is left out, so that nothing recurses far over it.
Json parse_foreign(std::string_view text);

// Appends `text`, which must be valid UTF-8, as a JSON string. For answers that come so often that a tree of them shows in a profile.
void append_quoted(std::string& to, std::string_view text);

// The member of `object` when it is there and has that type, else an empty value. For answers and webhooks, which are read leniently.
std::string text_of(Json const& object, std::string_view name);
std::optional<bool> flag_of(Json const& object, std::string_view name);
Json const& member_of(Json const& object, std::string_view name); // a null when absent
