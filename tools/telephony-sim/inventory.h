#pragma once

#include "tools/telephony-sim/database.h"
#include "tools/telephony-sim/json.h"
#include "tools/telephony-sim/places.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace simulator {

// A number that can be bought.
struct Offer {
    std::string phone_number;
    Place place;
    bool voice = true;
    bool sms = true;
    bool mms = true;
    bool beta = false;
    std::string address_requirements = "none";
};

Json capabilities_of(Offer const& offer);

// What is for sale: the same for the same seed, less what is sold, or exactly the list an area code was limited to.
class Inventory {
public:
    explicit Inventory(uint64_t seed) : m_seed(seed) { }

    std::vector<Offer> offers(Database& db, std::string const& area_code) const;
    std::optional<Offer> find(Database& db, std::string const& phone_number) const;

    // Sells the number to somebody who is none of the accounts.
    static void give_away(Database& db, std::string const& phone_number);

    // `numbers` is a list of E.164 strings or of objects {phone_number, sms, mms, voice, beta, address_requirements}; null lifts the limit.
    // Returns what is wrong with it, or "".
    static std::string limit(Database& db, std::string const& area_code, Json const& numbers);

private:
    Offer generated(std::string const& area_code, uint64_t hash, std::vector<Place> const& places) const;

    uint64_t m_seed;
};

} // namespace simulator
