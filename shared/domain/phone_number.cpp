#include "shared/domain/phone_number.h"
#include "shared/domain/area_codes.h"

#include <algorithm>
#include <array>

bool is_e164(std::string_view text)
{
    if (text.size() < 8 || text.size() > 16 || text[0] != '+' || text[1] == '0') return false;
    return std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string e164_from(std::string_view text)
{
    if (text.starts_with("tel:")) text.remove_prefix(4);
    std::string digits;
    bool const international = text.starts_with('+');
    for (char const c : international ? text.substr(1) : text) {
        if (c >= '0' && c <= '9')
            digits += c;
        else if (std::string_view(" -.()").find(c) == std::string_view::npos)
            return {};
    }
    // Without a plus it is a number of North America: an area code and an exchange begin with 2 to 9.
    if (!international && digits.size() == 11 && digits[0] == '1') digits.erase(0, 1);
    if (!international && (digits.size() != 10 || digits[0] < '2' || digits[3] < '2')) return {};
    auto number = (international ? "+" : "+1") + digits;
    return is_e164(number) ? number : std::string();
}

bool is_usable_caller(std::string_view caller_id)
{
    // ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE on a telephone's keys.
    constexpr std::array<std::string_view, 5> stand_ins{"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"};
    return is_e164(caller_id) && std::find(stand_ins.begin(), stand_ins.end(), caller_id) == stand_ins.end();
}

std::string national_format(std::string_view e164)
{
    if (e164.size() != 12 || !e164.starts_with("+1")) return std::string(e164);
    return '(' + std::string(e164.substr(2, 3)) + ") " + std::string(e164.substr(5, 3)) + '-' + std::string(e164.substr(8));
}

SmsStatus sms_status_of(std::string_view e164, bool can_text)
{
    if (!can_text) return {"unavailable", "This number cannot text."};
    auto const area = e164.size() == 12 ? find_area_code(e164.substr(2, 3)) : std::nullopt;
    if (area && area->country == "US")
        return {"needs_registration", "A number of the United States texts only after A2P 10DLC registration."};
    return {"ready", {}};
}
