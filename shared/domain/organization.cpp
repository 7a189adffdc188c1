#include "shared/domain/organization.h"
#include "shared/base/text.h"
#include "shared/domain/area_codes.h"

#include <algorithm>
#include <filesystem>

namespace {

Error broken(char const* field, char const* code, std::string message)
{
    return {ErrorKind::Invalid, code, std::move(message), field};
}

bool is_lower_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

} // namespace

std::optional<Error> check_email(std::string const& email)
{
    constexpr auto field = "email";
    auto const at = email.find('@');
    if (email.size() > 254) return broken(field, "too_long", "An e-mail address has 254 characters at most.");
    if (!is_printable(email) || email.find_first_of(" \t,;<>\"()") != std::string::npos || at == 0 || at == std::string::npos
        || email.rfind('@') != at)
        return broken(field, "invalid_email", "This is not an e-mail address.");
    auto const domain = email.substr(at + 1);
    auto const dot = domain.rfind('.');
    if (domain.empty() || domain.front() == '.' || domain.find("..") != std::string::npos)
        return broken(field, "invalid_email", "This is not an e-mail address.");
    if (dot == std::string::npos || domain.size() - dot < 3) return broken(field, "invalid_email", "Needs an ending such as .com or .ca.");
    return {};
}

std::optional<Error> check_password(std::string const& password)
{
    constexpr auto field = "password";
    auto const length = count_code_points(password);
    if (length < 12)
        return broken(field, "too_short", std::to_string(length) + (length == 1 ? " character" : " characters") + "; it needs 12.");
    if (password.size() > 256) return broken(field, "too_long", "A password has 256 bytes at most.");
    return {};
}

std::optional<Error> check_organization_name(std::string const& name)
{
    constexpr auto field = "organization_name";
    if (count_code_points(name) > 80) return broken(field, "too_long", "A dealership's name has 80 characters at most.");
    if (trimmed(name).empty()) return broken(field, "required", "Write the dealership's name as callers should hear it.");
    if (!is_printable(name)) return broken(field, "invalid_name", "The name has characters that cannot be shown.");
    if (name.find("{{") != std::string::npos) return broken(field, "invalid_name", "The name cannot contain \"{{\".");
    return {};
}

std::optional<Error> check_slug(std::string const& slug)
{
    constexpr auto field = "organization_slug";
    if (slug.size() < 2 || slug.size() > 63)
        return broken(field, slug.size() < 2 ? "too_short" : "too_long", "A short name has 2 to 63 characters.");
    bool const right = std::all_of(slug.begin(), slug.end(), [](char c) { return is_lower_alphanumeric(c) || c == '-'; })
        && slug.front() != '-' && slug.back() != '-' && slug.find("--") == std::string::npos;
    if (!right) return broken(field, "invalid_slug", "Use small letters, digits and single hyphens between them.");
    return {};
}

std::optional<Error> check_area_code(std::string const& area_code)
{
    if (area_code.empty() || find_area_code(area_code)) return {};
    bool const three_digits
        = area_code.size() == 3 && std::all_of(area_code.begin(), area_code.end(), [](char c) { return c >= '0' && c <= '9'; });
    return broken("area_code", "invalid_area_code",
        three_digits ? "There is no area code " + area_code + " in Canada or the United States."
                     : "An area code has three digits, such as 604.");
}

std::optional<Error> check_time_zone(std::string const& time_zone)
{
    bool const right = time_zone.size() <= 64 && (time_zone.empty() || time_zone == "UTC" || time_zone.find('/') != std::string::npos)
        && std::all_of(time_zone.begin(), time_zone.end(),
            [](char c) { return is_lower_alphanumeric(c) || (c >= 'A' && c <= 'Z') || c == '/' || c == '_' || c == '-' || c == '+'; });
    // The system's own list, where there is one.
    static std::filesystem::path const known = "/usr/share/zoneinfo";
    std::error_code ignored;
    bool const exists = time_zone.empty() || !std::filesystem::exists(known / "UTC", ignored)
        || (right && std::filesystem::is_regular_file(known / time_zone, ignored));
    if (!right || !exists) return broken("time_zone", "invalid_time_zone", "Use a time zone's name, such as America/Vancouver.");
    return {};
}

std::optional<Error> check_group(std::string const& group)
{
    constexpr auto field = "group";
    if (count_code_points(group) > 80) return broken(field, "too_long", "A group's name has 80 characters at most.");
    if (!is_printable(group) || trimmed(group) != group)
        return broken(field, "invalid_name", "The name has characters that cannot be shown.");
    return {};
}

std::string slug_from_name(std::string const& name)
{
    // "é" and its like keep their letter: French names are common here.
    constexpr std::pair<std::string_view, char> accented[]{{"àâäáãåÀÂÄÁÃÅ", 'a'}, {"çÇ", 'c'}, {"éèêëÉÈÊË", 'e'}, {"îïíìÎÏÍÌ", 'i'},
        {"ñÑ", 'n'}, {"ôöóòõÔÖÓÒÕ", 'o'}, {"ùûüúÙÛÜÚ", 'u'}, {"ÿŸ", 'y'}};
    auto plain = lower_case_ascii(name);
    for (auto const& [letters, base] : accented)
        for (std::size_t i = 0; i < letters.size(); i += 2)
            for (std::size_t at = 0; (at = plain.find(letters.substr(i, 2), at)) != std::string::npos;)
                plain.replace(at, 2, 1, base);
    std::string slug;
    for (char const c : plain) {
        if (is_lower_alphanumeric(c))
            slug += c;
        else if (c != '\'' && static_cast<unsigned char>(c) < 0x80 && !slug.empty() && slug.back() != '-')
            slug += '-';
        if (slug.size() == 60) break;
    }
    while (slug.ends_with('-'))
        slug.pop_back();
    return slug.size() < 2 ? std::string() : slug;
}
