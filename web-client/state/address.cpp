#include "web-client/state/address.h"

#include <cctype>
#include <charconv>

namespace console {

std::string url_encoded(std::string_view text)
{
    constexpr char digits[] = "0123456789ABCDEF";
    std::string encoded;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) || c == '-' || c == '_' || c == '.' || c == '~')
            encoded += c;
        else
            encoded.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return encoded;
}

static std::string decoded(std::string_view text)
{
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        unsigned value = 0;
        auto const* digits = text.data() + at + 1;
        bool const escaped = text[at] == '%' && at + 2 < text.size() && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2;
        plain += escaped ? static_cast<char>(value) : text[at];
        if (escaped) at += 2;
    }
    return plain;
}

std::string Address::of(std::string const& name) const
{
    auto const found = query.find(name);
    return found == query.end() ? std::string() : found->second;
}

Address Address::with(std::string const& name, std::string const& value) const
{
    Address changed = *this;
    if (value.empty())
        changed.query.erase(name);
    else
        changed.query[name] = value;
    return changed;
}

std::string Address::text() const
{
    std::string text = "#";
    for (auto const& part : path)
        text += '/' + url_encoded(part);
    char separator = '?';
    for (auto const& [name, value] : query) {
        text += separator + url_encoded(name) + '=' + url_encoded(value);
        separator = '&';
    }
    return text;
}

template <typename F>
static void split(std::string_view text, char separator, F&& each)
{
    while (!text.empty()) {
        auto const end = std::min(text.find(separator), text.size());
        if (end > 0) each(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

Address address_from(std::string_view text)
{
    Address address;
    text.remove_prefix(text.starts_with("#/") ? 2 : text.starts_with('#') ? 1 : 0);
    auto const question = std::min(text.find('?'), text.size());
    split(text.substr(0, question), '/', [&](std::string_view part) { address.path.push_back(decoded(part)); });
    split(text.substr(std::min(question + 1, text.size())), '&', [&](std::string_view pair) {
        auto const equals = std::min(pair.find('='), pair.size());
        address.query[decoded(pair.substr(0, equals))] = decoded(pair.substr(std::min(equals + 1, pair.size())));
    });
    return address;
}

static bool is_tab(std::string const& part)
{
    return part == "conversations" || part == "messages" || part == "leads" || part == "usage";
}

Place place_of(Address const& address)
{
    auto const first = address.at(0);
    if (first == "organizations" && is_tab(address.at(2))) return {address.at(2), address.at(1), address.at(3), true};
    if (first == "organizations" && !address.at(1).empty()) return {"organization", address.at(1), {}, false};
    if (first == "messages") return {first, address.at(1), address.at(2), false}; // the list of all stays beside the thread
    return {first, {}, address.at(1), false};
}

Address address_in(std::string const& organization, std::string const& screen, std::string const& record)
{
    Address address{{"organizations", organization}, {}};
    for (auto const& part : {screen, record})
        if (!part.empty()) address.path.push_back(part);
    return address;
}

} // namespace console
