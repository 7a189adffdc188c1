#include "tools/telephony-sim/inventory.h"

#include "tools/telephony-sim/mixing.h"
#include "tools/telephony-sim/text.h"

#include <algorithm>
#include <set>

namespace simulator {

namespace {

constexpr size_t shelf_size = 48;

// Service codes, directory assistance and fiction are never sold.
bool is_office_code(uint64_t nxx)
{
    return nxx % 100 != 11 && nxx != 555 && nxx != 950 && nxx != 976;
}

std::set<std::string> sold_numbers(Database& db, std::string const& area_code)
{
    std::set<std::string> sold;
    for (auto const& row : db.run(R"(
            SELECT phone_number FROM numbers WHERE area_code = $1
            UNION SELECT phone_number FROM numbers_elsewhere WHERE area_code = $1)",
             {area_code}))
        sold.insert(row.text(0));
    return sold;
}

std::optional<std::vector<Offer>> limited(Database& db, std::string const& area_code)
{
    auto const rows = db.run("SELECT offers FROM inventory_limits WHERE area_code = $1", {area_code});
    if (rows.empty()) return std::nullopt;
    auto const known = area_codes().find(area_code);
    std::vector<Offer> offers;
    for (auto const& item : Json::parse(rows.front().text(0))) {
        Offer offer;
        offer.place = known->second.front();
        offer.phone_number = item.is_string() ? item.get<std::string>() : text_at(item, "phone_number");
        if (item.is_object()) {
            offer.voice = item.value("voice", true);
            offer.sms = item.value("sms", true);
            offer.mms = item.value("mms", offer.sms);
            offer.beta = item.value("beta", false);
            offer.address_requirements = item.value("address_requirements", "none");
        }
        offers.push_back(std::move(offer));
    }
    return offers;
}

} // namespace

Json capabilities_of(Offer const& offer)
{
    return {{"voice", offer.voice}, {"sms", offer.sms}, {"mms", offer.mms}, {"fax", false}};
}

Offer Inventory::generated(std::string const& area_code, uint64_t hash, std::vector<Place> const& places) const
{
    auto const digits = [](uint64_t value, size_t count) {
        auto text = std::to_string(value);
        return std::string(count - text.size(), '0') + text;
    };
    Offer offer;
    offer.phone_number = "+1" + area_code + digits(200 + hash % 800, 3) + digits((hash >> 16) % 10000, 4);
    auto const traits = mixed(hash);
    offer.place = places[traits % places.size()];
    offer.sms = (traits >> 8) % 12 != 0;
    offer.mms = offer.sms && (traits >> 16) % 8 != 0;
    offer.beta = (traits >> 24) % 16 == 0;
    auto const addresses = (traits >> 32) % 30;
    offer.address_requirements = addresses == 0 ? "any" : addresses == 1 ? "local" : addresses == 2 ? "foreign" : "none";
    return offer;
}

std::vector<Offer> Inventory::offers(Database& db, std::string const& area_code) const
{
    auto const known = area_codes().find(area_code);
    if (known == area_codes().end()) return {};
    auto const gone = sold_numbers(db, area_code);
    auto const is_gone = [&](Offer const& offer) { return gone.contains(offer.phone_number); };
    if (auto list = limited(db, area_code)) {
        std::erase_if(*list, is_gone);
        return *list;
    }
    // The shelf grows by one with each sale and never shrinks, so whatever a search has shown can be bought until somebody has it.
    auto const sold = db.run(R"(
        SELECT (SELECT COUNT(*) FROM sales WHERE area_code = $1) + (SELECT COUNT(*) FROM numbers_elsewhere WHERE area_code = $1))",
                            {area_code})
                          .front()
                          .number(0);
    auto const wanted = shelf_size + static_cast<size_t>(sold);
    std::set<std::string> seen;
    std::vector<Offer> offers;
    for (uint64_t i = 0; seen.size() < wanted; ++i) {
        auto const hash = mixed(mixed(m_seed ^ mixed(std::stoull(area_code))) + i);
        if (!is_office_code(200 + hash % 800)) continue;
        auto offer = generated(area_code, hash, known->second);
        if (seen.insert(offer.phone_number).second && !is_gone(offer)) offers.push_back(std::move(offer));
    }
    return offers;
}

std::optional<Offer> Inventory::find(Database& db, std::string const& phone_number) const
{
    for (auto& offer : offers(db, area_code_of(phone_number))) {
        if (offer.phone_number == phone_number) return offer;
    }
    return std::nullopt;
}

void Inventory::give_away(Database& db, std::string const& phone_number)
{
    db.run("INSERT INTO numbers_elsewhere (phone_number, area_code) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        {phone_number, area_code_of(phone_number)});
}

std::string Inventory::limit(Database& db, std::string const& area_code, Json const& numbers)
{
    if (!area_codes().contains(area_code)) return "area_code is not one that is in use";
    if (numbers.is_null()) {
        db.run("DELETE FROM inventory_limits WHERE area_code = $1", {area_code});
        return "";
    }
    if (!numbers.is_array()) return "numbers must be a list, or null to lift the limit";
    for (auto const& item : numbers) {
        auto const number = item.is_string() ? item.get<std::string>() : text_at(item, "phone_number");
        if (area_code_of(number) != area_code) return "\"" + number + "\" is not a number of area code " + area_code;
        if (!item.is_object()) continue;
        for (auto const* flag : {"voice", "sms", "mms", "beta"}) {
            if (item.contains(flag) && !item[flag].is_boolean()) return std::string(flag) + " must be true or false";
        }
        auto const requirement = item.contains("address_requirements") ? text_at(item, "address_requirements") : "none";
        if (requirement != "none" && requirement != "any" && requirement != "local" && requirement != "foreign")
            return "address_requirements must be none, any, local or foreign";
    }
    db.run(
        "INSERT INTO inventory_limits (area_code, offers) VALUES ($1, $2) ON CONFLICT (area_code) DO UPDATE SET offers = excluded.offers",
        {area_code, to_text(numbers)});
    return "";
}

} // namespace simulator
