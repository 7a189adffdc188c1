#include "tools/telephony-sim/twiml.h"

#include "tools/telephony-sim/text.h"

#include <charconv>

namespace simulator {

namespace {

void append_utf8(std::string& out, unsigned code)
{
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x110000) {
        out += static_cast<char>(0xF0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

std::string unescaped(std::string const& text)
{
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        auto const end = text[i] == '&' ? text.find(';', i) : std::string::npos;
        if (end == std::string::npos) {
            out += text[i];
            continue;
        }
        auto const entity = text.substr(i + 1, end - i - 1);
        if (entity == "amp")
            out += '&';
        else if (entity == "lt")
            out += '<';
        else if (entity == "gt")
            out += '>';
        else if (entity == "quot")
            out += '"';
        else if (entity == "apos")
            out += '\'';
        else if (entity.starts_with('#')) {
            bool const hex = entity.size() > 1 && (entity[1] == 'x' || entity[1] == 'X');
            unsigned code = 0;
            auto const* start = entity.data() + (hex ? 2 : 1);
            std::from_chars(start, entity.data() + entity.size(), code, hex ? 16 : 10);
            append_utf8(out, code);
        }
        i = end;
    }
    return out;
}

} // namespace

std::optional<std::vector<TwimlVerb>> read_twiml(std::string const& xml)
{
    std::vector<TwimlVerb> verbs;
    std::vector<std::string> open;
    bool seen_root = false;
    size_t at = 0;
    while (at < xml.size()) {
        auto const tag = xml.find('<', at);
        auto const text = xml.substr(at, tag == std::string::npos ? std::string::npos : tag - at);
        if (open.size() > 1)
            verbs.back().text += unescaped(text);
        else if (!trimmed(text).empty() && text != "\xEF\xBB\xBF")
            return std::nullopt;
        if (tag == std::string::npos) break;
        if (xml.compare(tag, 4, "<!--") == 0 || xml.compare(tag, 2, "<?") == 0) {
            auto const close = xml.find(xml[tag + 1] == '?' ? "?>" : "-->", tag);
            if (close == std::string::npos) return std::nullopt;
            at = close + (xml[tag + 1] == '?' ? 2 : 3);
            continue;
        }
        auto const end = xml.find('>', tag);
        if (end == std::string::npos) return std::nullopt;
        auto inside = xml.substr(tag + 1, end - tag - 1);
        at = end + 1;
        if (inside.starts_with('/')) {
            if (open.empty() || open.back() != trimmed(inside.substr(1))) return std::nullopt;
            open.pop_back();
            continue;
        }
        bool const closed = inside.ends_with('/');
        if (closed) inside.pop_back();
        auto const name = inside.substr(0, inside.find_first_of(" \t\r\n"));
        if (open.empty() && (seen_root || name != "Response")) return std::nullopt;
        seen_root = true;
        if (open.size() == 1) verbs.push_back({name, ""});
        if (!closed) open.push_back(name);
    }
    if (!seen_root || !open.empty()) return std::nullopt;
    for (auto& verb : verbs)
        verb.text = trimmed(verb.text);
    return verbs;
}

} // namespace simulator
