#include "tools/telephony-sim/words.h"

#include <cctype>

namespace simulator {

namespace {

// Calls `found` with each {{name}} and puts what it returns in its place.
template <typename F>
std::string with_variables(std::string const& text, F&& found)
{
    std::string out;
    size_t at = 0;
    while (true) {
        auto const open = text.find("{{", at);
        auto const close = open == std::string::npos ? std::string::npos : text.find("}}", open);
        if (close == std::string::npos) return out + text.substr(at);
        auto name = text.substr(open + 2, close - open - 2);
        std::erase_if(name, [](unsigned char c) { return std::isspace(c); });
        out += text.substr(at, open - at) + found(name);
        at = close + 2;
    }
}

} // namespace

std::string spoken_words(std::string const& text, Json const& variables, Json const& system)
{
    return with_variables(
        text, [&](std::string const& name) { return spoken(variables.contains(name) ? variables[name] : system.value(name, Json(""))); });
}

std::set<std::string> names_in(std::string const& text)
{
    std::set<std::string> names;
    with_variables(text, [&](std::string const& name) {
        if (!name.starts_with("system__")) names.insert(name);
        return std::string();
    });
    return names;
}

std::string spoken(Json const& value)
{
    if (value.is_string()) return value.get<std::string>();
    return value.is_null() ? "" : to_text(value);
}

std::string listed(std::set<std::string> const& names)
{
    std::string out;
    for (auto const& name : names)
        out += (out.empty() ? "" : ", ") + name;
    return out;
}

} // namespace simulator
