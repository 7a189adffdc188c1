#include "tools/telephony-sim/number_search.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <functional>

namespace simulator {

namespace {

constexpr size_t default_page = 50;
constexpr size_t largest_page = 1000;
constexpr int default_distance = 25;
constexpr int largest_distance = 500;

using Filter = std::function<bool(Offer const&)>;

struct Search {
    std::vector<Filter> filters;
    std::string area_code;
    std::optional<Place> near;
    size_t page_size = default_page;
};

std::optional<int> whole_number(std::string const& text)
{
    int value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<double> decimal(std::string const& text)
{
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

TwilioRefusal bad(std::string const& message)
{
    return {400, 20422, message};
}

// Letters stand for the keys they are on; '*' is any digit.
std::optional<std::string> digits_of(std::string const& text)
{
    constexpr std::string_view keys = "22233344455566677778889999";
    std::string out;
    for (unsigned char const c : text) {
        if (std::isdigit(c) || c == '*')
            out += static_cast<char>(c);
        else if (std::isalpha(c))
            out += keys[static_cast<size_t>(std::tolower(c) - 'a')];
        else if (c != '+' || !out.empty())
            return std::nullopt;
    }
    return out;
}

bool contains(std::string const& number, std::string const& pattern)
{
    for (size_t start = 1; start + pattern.size() <= number.size(); ++start) {
        bool const fits = std::equal(pattern.begin(), pattern.end(), number.begin() + static_cast<std::ptrdiff_t>(start),
            [](char wanted, char got) { return wanted == '*' || wanted == got; });
        if (fits) return true;
    }
    return false;
}

bool same_words(std::string const& a, std::string const& b)
{
    return lower(a) == lower(b);
}

std::optional<TwilioRefusal> add_flags(Fields const& query, Search& search)
{
    struct Flag {
        char const* name;
        bool wanted; // the value that filters; with the other everything passes
        Filter filter;
    };
    std::array const flags{
        Flag{"VoiceEnabled", true, [](Offer const& offer) { return offer.voice; }},
        Flag{"VoiceEnabled", false, [](Offer const& offer) { return !offer.voice; }},
        Flag{"SmsEnabled", true, [](Offer const& offer) { return offer.sms; }},
        Flag{"SmsEnabled", false, [](Offer const& offer) { return !offer.sms; }},
        Flag{"MmsEnabled", true, [](Offer const& offer) { return offer.mms; }},
        Flag{"MmsEnabled", false, [](Offer const& offer) { return !offer.mms; }},
        Flag{"FaxEnabled", true, [](Offer const&) { return false; }},
        Flag{"Beta", false, [](Offer const& offer) { return !offer.beta; }},
        Flag{"ExcludeAllAddressRequired", true, [](Offer const& offer) { return offer.address_requirements == "none"; }},
        Flag{"ExcludeLocalAddressRequired", true, [](Offer const& offer) { return offer.address_requirements != "local"; }},
        Flag{"ExcludeForeignAddressRequired", true, [](Offer const& offer) { return offer.address_requirements != "foreign"; }},
    };
    for (auto const& flag : flags) {
        auto const value = field(query, flag.name);
        if (!value) continue;
        auto const text = lower(*value);
        if (text != "true" && text != "false") return bad(std::string(flag.name) + " must be true or false");
        if ((text == "true") == flag.wanted) search.filters.push_back(flag.filter);
    }
    return std::nullopt;
}

void add_places(Fields const& query, Search& search)
{
    auto const add = [&](char const* name, std::string Place::*member) {
        if (auto value = field(query, name); value && !value->empty())
            search.filters.push_back([wanted = *value, member](Offer const& offer) { return same_words(offer.place.*member, wanted); });
    };
    add("InRegion", &Place::region);
    add("InLocality", &Place::locality);
    add("InRateCenter", &Place::rate_center);
    add("InPostalCode", &Place::postal_code);
    add("InLata", &Place::lata);
}

std::optional<TwilioRefusal> add_distance(Database& db, Inventory const& inventory, Fields const& query, Search& search)
{
    auto const near_number = field(query, "NearNumber");
    auto const near_point = field(query, "NearLatLong");
    if (near_number && !near_number->empty()) {
        auto const known = area_codes().find(area_code_of(*near_number));
        if (known == area_codes().end()) return bad("NearNumber must be a phone number of this country: " + *near_number);
        auto const offer = inventory.find(db, *near_number);
        search.near = offer ? offer->place : known->second.front();
    } else if (near_point && !near_point->empty()) {
        auto const parts = split(*near_point, ',');
        auto const latitude = parts.size() == 2 ? decimal(parts[0]) : std::nullopt;
        auto const longitude = parts.size() == 2 ? decimal(parts[1]) : std::nullopt;
        if (!latitude || !longitude) return bad("NearLatLong must be two decimal numbers with a comma between them");
        search.near = Place{.country = "",
            .region = "",
            .lata = "",
            .locality = "",
            .rate_center = "",
            .postal_code = "",
            .latitude = *latitude,
            .longitude = *longitude};
    }
    if (!search.near) return std::nullopt;
    int distance = default_distance;
    if (auto const value = field(query, "Distance")) {
        auto const number = whole_number(*value);
        if (!number || *number < 0) return bad("Distance must be whole miles");
        distance = std::min(*number, largest_distance);
    }
    search.filters.push_back([near = *search.near, distance](Offer const& offer) {
        return miles_between(near, offer.place.latitude, offer.place.longitude) <= distance;
    });
    return std::nullopt;
}

std::optional<TwilioRefusal> add_digits(Fields const& query, Search& search)
{
    if (auto const value = field(query, "AreaCode"); value && !value->empty()) {
        auto const number = whole_number(*value);
        if (value->size() != 3 || !number || *number < 200) return TwilioRefusal{400, 21451, "Invalid area code: " + *value};
        search.area_code = *value;
    }
    if (auto const value = field(query, "Contains")) {
        auto const pattern = digits_of(*value);
        auto const length = pattern ? pattern->size() : 0;
        if (length < 2 || length > 16) return bad("Contains must be 2 to 16 digits, letters or *: " + *value);
        search.filters.push_back([wanted = *pattern](Offer const& offer) { return contains(offer.phone_number, wanted); });
    }
    if (auto const value = field(query, "PageSize")) {
        auto const number = whole_number(*value);
        if (!number || *number < 1) return bad("PageSize must be 1 to 1000");
        search.page_size = std::min(static_cast<size_t>(*number), largest_page);
    }
    return std::nullopt;
}

} // namespace

std::variant<std::vector<Offer>, TwilioRefusal> search_numbers(
    Database& db, Inventory const& inventory, std::string const& country, Fields const& query)
{
    Search search;
    if (auto refusal = add_digits(query, search)) return *refusal;
    if (auto refusal = add_flags(query, search)) return *refusal;
    if (auto refusal = add_distance(db, inventory, query, search)) return *refusal;
    add_places(query, search);

    struct Hit {
        double order;
        Offer offer;
    };
    std::vector<Hit> hits;
    for (auto const& [code, places] : area_codes()) {
        if (!search.area_code.empty() && code != search.area_code) continue;
        if (places.front().country != country) continue;
        double position = 0; // without a point to be near to, every area code shows its first, then every one its second
        for (auto& offer : inventory.offers(db, code)) {
            position += 1;
            bool const wanted
                = std::all_of(search.filters.begin(), search.filters.end(), [&](Filter const& filter) { return filter(offer); });
            if (!wanted) continue;
            auto const order = search.near ? miles_between(*search.near, offer.place.latitude, offer.place.longitude) : position;
            hits.push_back({order, std::move(offer)});
        }
    }
    std::stable_sort(hits.begin(), hits.end(), [](Hit const& a, Hit const& b) { return a.order < b.order; });
    std::vector<Offer> page;
    for (auto& hit : hits) {
        if (page.size() == search.page_size) break;
        page.push_back(std::move(hit.offer));
    }
    return page;
}

bool is_search_parameter(std::string const& name)
{
    static constexpr std::array names{"AreaCode", "Contains", "SmsEnabled", "MmsEnabled", "VoiceEnabled", "FaxEnabled",
        "ExcludeAllAddressRequired", "ExcludeLocalAddressRequired", "ExcludeForeignAddressRequired", "Beta", "NearNumber", "NearLatLong",
        "Distance", "InPostalCode", "InRegion", "InRateCenter", "InLata", "InLocality", "PageSize", "Page", "PageToken"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

Json described(Offer const& offer)
{
    auto const& place = offer.place;
    return {{"friendly_name", national(offer.phone_number)}, {"phone_number", offer.phone_number}, {"lata", place.lata},
        {"locality", place.locality}, {"rate_center", place.rate_center}, {"latitude", place.latitude}, {"longitude", place.longitude},
        {"region", place.region}, {"postal_code", place.postal_code}, {"iso_country", place.country},
        {"address_requirements", offer.address_requirements}, {"beta", offer.beta}, {"capabilities", capabilities_of(offer)}};
}

} // namespace simulator
