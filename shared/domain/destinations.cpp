#include "shared/domain/destinations.h"
#include "shared/domain/area_codes.h"
#include "shared/domain/phone_number.h"

#include <algorithm>
#include <array>

namespace {

constexpr std::array<std::string_view, 8> toll_free_codes{"800", "822", "833", "844", "855", "866", "877", "888"};
constexpr std::array<std::string_view, 4> service_exchanges{"950", "958", "959", "976"}; // carriers' own, test lines, premium services

Error refused(std::string message)
{
    return {ErrorKind::Invalid, "destination_not_allowed", std::move(message), "to_number"};
}

bool is_among(std::string_view code, std::span<std::string_view const> list)
{
    return std::find(list.begin(), list.end(), code) != list.end();
}

std::string joined(std::span<std::string const> countries)
{
    std::string text;
    for (auto const& country : countries)
        text += (text.empty() ? "" : " or ") + std::string(country == "CA" ? "Canada" : "the United States");
    return text.empty() ? "any country" : text;
}

} // namespace

std::optional<Error> check_destination(std::string_view e164, std::span<std::string const> countries)
{
    if (!is_e164(e164))
        return refused("Write the whole number with its country, such as +16045550123; short codes are not called or texted.");
    if (!is_usable_caller(e164)) return refused("This stands for a withheld number; nobody can be reached there.");
    auto const outside = "This is not a number of " + joined(countries) + '.';
    if (!e164.starts_with("+1")) return refused(outside);
    if (e164.size() != 12) return refused("A number of Canada or the United States has ten digits after +1.");
    auto const code = e164.substr(2, 3), exchange = e164.substr(5, 3), line = e164.substr(8);
    if (code == "900") return refused("Premium numbers are not called or texted.");
    if (is_among(code, toll_free_codes)) return refused("Toll-free numbers are not called or texted.");
    auto const area = find_area_code(code);
    if (!area) return refused("The area code " + std::string(code) + " is none of Canada's or the United States'.");
    if (std::find(countries.begin(), countries.end(), area->country) == countries.end()) return refused(outside);
    bool const no_exchange = exchange[0] < '2' || exchange.ends_with("11");
    bool const directory = exchange == "555" && line == "1212";
    if (no_exchange || directory || is_among(exchange, service_exchanges))
        return refused("No person has this number: it is kept for services.");
    return {};
}
