#include "tools/telephony-sim/twilio_api.h"

#include "tools/telephony-sim/number_book.h"
#include "tools/telephony-sim/number_search.h"
#include "tools/telephony-sim/settings.h"
#include "tools/telephony-sim/twilio_fields.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace simulator {

namespace {

// Twilio's own numbers for testing; bought as often as you like, they cost nothing and stay nowhere.
constexpr std::string_view magic_prefix = "+1500555";
constexpr char const* magic_unavailable = "+15005550000";
constexpr char const* magic_invalid = "+15005550001";
constexpr char const* magic_fine = "+15005550006";
constexpr char const* magic_area_code = "500";
constexpr char const* magic_empty_area_code = "533";

constexpr int default_page = 50;
constexpr int largest_page = 1000;

TwilioRefusal not_found(Request const& request)
{
    return {404, 20404, "The requested resource " + request.path + " was not found"};
}

TwilioRefusal not_available(std::string const& phone_number)
{
    return {400, 21422, phone_number + " is not available."};
}

std::optional<TwilioRefusal> refused_credentials(Request const& request, std::string const& path_sid)
{
    TwilioRefusal const refusal{401, 20003, "Authentication Error - invalid username"};
    constexpr std::string_view scheme = "basic ";
    if (lower(request.authorization.substr(0, scheme.size())) != scheme) return refusal;
    auto const credentials = base64_decoded(std::string_view(request.authorization).substr(scheme.size()));
    if (!credentials) return refusal;
    auto const colon = credentials->find(':');
    if (colon == std::string::npos || credentials->substr(0, colon) != account_sid) return refusal;
    if (credentials->substr(colon + 1) != account_token) return TwilioRefusal{401, 20003, "Authenticate"};
    bool const account_shaped = path_sid.size() == 34 && path_sid.starts_with("AC");
    if (!path_sid.empty() && !account_shaped) return not_found(request);
    if (!path_sid.empty() && path_sid != account_sid)
        return TwilioRefusal{401, 20003, "Authentication Error - no access to account " + path_sid};
    return std::nullopt;
}

bool knows_nothing(std::string const&)
{
    return false;
}

std::string without_json(std::string const& leaf)
{
    return leaf.ends_with(".json") ? leaf.substr(0, leaf.size() - 5) : "";
}

int number_or(std::optional<std::string> const& text, int otherwise)
{
    int value = otherwise;
    if (text) std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

std::string account_path(std::string const& rest)
{
    return std::string("/2010-04-01/Accounts/") + account_sid + rest;
}

} // namespace

Answer TwilioApi::handle(Request const& request)
{
    return m_gate.pass(find(request).name, request, [this](Request const& received) { return perform(received); });
}

Answer TwilioApi::perform(Request const& request)
{
    auto const segments = request.segments();
    auto const path_sid = segments.size() < 3 ? "" : segments.size() == 3 ? without_json(segments[2]) : segments[2];
    auto const operation = find(request);
    auto const refusal = refused_credentials(request, path_sid);
    auto answer = refusal ? twilio_refusal(*refusal) : operation.work();
    for (auto const& fields : {request.query_fields(), request.form_fields()}) {
        for (auto const& [name, value] : fields) {
            if (!operation.knows(name)) answer.unknown_parameters.push_back(name);
        }
    }
    return answer;
}

TwilioApi::Operation TwilioApi::find(Request const& request)
{
    auto const segments = request.segments();
    Operation const unknown{"twilio.unknown", knows_nothing, [&request] { return twilio_refusal(not_found(request)); }};
    if (segments.size() < 2 || (segments[1] != "Accounts" && segments[1] != "Accounts.json")) return unknown;
    Operation found = unknown;
    if (segments.size() <= 3) {
        found = account_operation(request, segments.size() == 2 ? segments[1] : segments[2]);
    } else if (segments[3].starts_with("AvailablePhoneNumbers")) {
        found = search_operation(request, segments);
    } else if (segments.size() == 4 && segments[3] == "IncomingPhoneNumbers.json") {
        found = numbers_operation(request, "");
    } else if (segments.size() == 4 && segments[3] == "Balance.json") {
        found = {"twilio.balance", knows_nothing, [this] { return balance(); }};
        if (request.method != "GET") found.work = nullptr;
    } else if (segments.size() == 5 && segments[3] == "IncomingPhoneNumbers") {
        auto const leaf = without_json(segments[4]);
        if (leaf == "Local" || leaf == "TollFree" || leaf == "Mobile")
            found = numbers_operation(request, leaf);
        else if (!leaf.empty())
            found = number_operation(request, leaf);
    }
    auto const leaf_of = [&](size_t index) { return segments.size() > index ? without_json(segments[index]) : ""; };
    bool const is_list = segments.size() == 4;
    if (is_list && segments[3] == "Messages.json") found = messages_operation(request, segments, "");
    if (is_list && segments[3] == "Calls.json") found = calls_operation(request, "");
    if (segments.size() == 5 && segments[3] == "Messages" && !leaf_of(4).empty()) found = messages_operation(request, segments, leaf_of(4));
    if (segments.size() == 6 && segments[3] == "Messages" && segments[5] == "Media.json")
        found = messages_operation(request, segments, segments[4]);
    if (segments.size() == 5 && segments[3] == "Calls" && !leaf_of(4).empty()) found = calls_operation(request, leaf_of(4));
    if (segments.size() == 5 && segments[3] == "Usage" && segments[4] == "Records.json") found = usage_operation(request, "");
    if (segments.size() == 6 && segments[3] == "Usage" && segments[4] == "Records" && !leaf_of(5).empty())
        found = usage_operation(request, leaf_of(5));
    if (!found.work) {
        found.work = [&request] { return twilio_refusal({405, 20004, "Method not allowed: " + request.method}); };
    }
    return found;
}

TwilioApi::Operation TwilioApi::account_operation(Request const& request, std::string const& leaf)
{
    if (leaf == "Accounts.json") {
        auto const knows = [](std::string const& name) {
            return name == "FriendlyName" || name == "Status" || name == "PageSize" || name == "Page" || name == "PageToken";
        };
        if (request.method != "GET") return {"twilio.account", knows, nullptr};
        return {"twilio.account", knows, [this, &request] { return account(request, true); }};
    }
    if (without_json(leaf).empty()) return {"twilio.unknown", knows_nothing, [&request] { return twilio_refusal(not_found(request)); }};
    if (request.method != "GET") return {"twilio.account", knows_nothing, nullptr};
    return {"twilio.account", knows_nothing, [this, &request] { return account(request, false); }};
}

TwilioApi::Operation TwilioApi::search_operation(Request const& request, std::vector<std::string> const& segments)
{
    Operation operation{"twilio.search", is_search_parameter, nullptr};
    bool const reads = request.method == "GET";
    if (segments.size() == 4 && segments[3] == "AvailablePhoneNumbers.json") {
        if (reads) operation.work = [this, &request] { return countries(request, ""); };
        return operation;
    }
    if (segments.size() == 5) {
        auto const country = without_json(segments[4]);
        if (reads) operation.work = [this, &request, country] { return countries(request, country); };
        return operation;
    }
    bool const sold_here = segments.size() == 6 && (segments[4] == "CA" || segments[4] == "US") && segments[5] == "Local.json";
    if (!sold_here)
        operation.work = [&request] { return twilio_refusal(not_found(request)); };
    else if (reads)
        operation.work = [this, &request, country = segments[4]] { return search(request, country); };
    return operation;
}

TwilioApi::Operation TwilioApi::numbers_operation(Request const& request, std::string const& type)
{
    if (request.method == "GET") {
        auto const knows = [](std::string const& name) {
            static constexpr std::array names{"PhoneNumber", "FriendlyName", "Beta", "Origin", "PageSize", "Page", "PageToken"};
            return std::find(names.begin(), names.end(), name) != names.end();
        };
        return {"twilio.list", knows, [this, &request, type] { return list(request, type); }};
    }
    auto const knows = [](std::string const& name) { return name == "PhoneNumber" || name == "AreaCode" || is_number_field(name); };
    if (request.method != "POST") return {"twilio.buy", knows, nullptr};
    return {"twilio.buy", knows, [this, &request, type] { return buy(request, type); }};
}

TwilioApi::Operation TwilioApi::number_operation(Request const& request, std::string const& sid)
{
    if (request.method == "POST") {
        auto const knows = [](std::string const& name) { return name == "AccountSid" || is_number_field(name); };
        return {"twilio.update", knows, [this, &request, sid] { return update(request, sid); }};
    }
    if (request.method == "DELETE") return {"twilio.delete", knows_nothing, [this, &request, sid] { return release(request, sid); }};
    if (request.method == "GET") return {"twilio.fetch", knows_nothing, [this, &request, sid] { return fetch(request, sid); }};
    return {"twilio.fetch", knows_nothing, nullptr};
}

Answer TwilioApi::account(Request const& request, bool in_list)
{
    auto const born = rfc2822(0);
    Json const resource{{"sid", account_sid}, {"friendly_name", "Simulated account"}, {"status", "active"}, {"type", "Full"},
        {"owner_account_sid", account_sid}, {"auth_token", account_token}, {"date_created", born}, {"date_updated", born},
        {"uri", account_path(".json")},
        {"subresource_uris",
            {{"available_phone_numbers", account_path("/AvailablePhoneNumbers.json")},
                {"incoming_phone_numbers", account_path("/IncomingPhoneNumbers.json")}, {"messages", account_path("/Messages.json")},
                {"calls", account_path("/Calls.json")}, {"balance", account_path("/Balance.json")}}}};
    if (!in_list) return twilio_answer(200, resource);
    auto const query = request.query_fields();
    auto const name = field(query, "FriendlyName");
    auto const status = field(query, "Status");
    bool const listed = (!name || *name == "Simulated account") && (!status || *status == "active");
    auto const accounts = listed ? Json::array({resource}) : Json::array();
    auto const uri = "/2010-04-01/Accounts.json" + (request.query.empty() ? "" : "?" + request.query);
    return twilio_answer(200,
        {{"accounts", accounts}, {"page", 0}, {"page_size", default_page}, {"start", 0}, {"end", 0}, {"uri", uri}, {"first_page_uri", uri},
            {"next_page_uri", nullptr}, {"previous_page_uri", nullptr}});
}

Answer TwilioApi::balance()
{
    return twilio_answer(200, {{"account_sid", account_sid}, {"balance", "1000.00"}, {"currency", "USD"}});
}

Answer TwilioApi::countries(Request const& request, std::string const& only)
{
    auto const described_country = [](std::string const& code, std::string const& name) -> Json {
        auto const uri = account_path("/AvailablePhoneNumbers/" + code);
        return {{"country_code", code}, {"country", name}, {"uri", uri + ".json"}, {"beta", false},
            {"subresource_uris", {{"local", uri + "/Local.json"}}}};
    };
    auto const canada = described_country("CA", "Canada");
    auto const states = described_country("US", "United States");
    if (only == "CA") return twilio_answer(200, canada);
    if (only == "US") return twilio_answer(200, states);
    if (!only.empty()) return twilio_refusal(not_found(request));
    return twilio_answer(200, {{"countries", Json::array({canada, states})}, {"uri", account_path("/AvailablePhoneNumbers.json")}});
}

Answer TwilioApi::search(Request const& request, std::string const& country)
{
    auto const found = m_state.look([&](Database& db) { return search_numbers(db, m_inventory, country, request.query_fields()); });
    if (auto const* refusal = std::get_if<TwilioRefusal>(&found)) return twilio_refusal(*refusal);
    Json numbers = Json::array();
    for (auto const& offer : std::get<std::vector<Offer>>(found))
        numbers.push_back(described(offer));
    return twilio_answer(
        200, {{"available_phone_numbers", numbers}, {"uri", request.path + (request.query.empty() ? "" : "?" + request.query)}});
}

Answer TwilioApi::buy(Request const& request, std::string const& type)
{
    auto const form = request.form_fields();
    auto const phone_number = field(form, "PhoneNumber").value_or("");
    auto const area_code = field(form, "AreaCode").value_or("");
    if (!type.empty() && !area_code.empty()) return twilio_refusal({400, 21457, "AreaCode is not supported here; give a PhoneNumber"});
    if (phone_number.empty() && area_code.empty()) return twilio_refusal({400, 21421, "PhoneNumber or AreaCode is required"});
    if (area_code == magic_empty_area_code && phone_number.empty())
        return twilio_refusal({400, 21452, "No phone numbers found in area code " + area_code});
    if (phone_number.starts_with(magic_prefix)) return buy_magic(phone_number, form);
    if (phone_number.empty() && area_code == magic_area_code) return buy_magic(magic_fine, form);
    if (!phone_number.empty() && !is_e164(phone_number)) return twilio_refusal({400, 21421, phone_number + " is not a valid number"});

    bool const updates_owned = m_settings.repeated_buy_updates();
    auto const bought = m_state.change([&](Database& db) -> std::variant<Json, TwilioRefusal> {
        if (auto owned = updates_owned ? find_owned_by_number(db, phone_number) : std::nullopt) {
            if (auto refusal = apply_number_fields(form, *owned)) return *refusal;
            update_owned(db, *owned);
            return *owned;
        }
        std::optional<Offer> offer;
        if (!phone_number.empty()) {
            offer = m_inventory.find(db, phone_number);
            if (!offer) return not_available(phone_number);
            if (type == "TollFree" || type == "Mobile") return TwilioRefusal{400, 21458, phone_number + " is not a " + type + " number"};
        } else {
            if (area_code.size() != 3 || area_code < "200" || area_code > "999")
                return TwilioRefusal{400, 21451, "Invalid area code: " + area_code};
            auto const offers = m_inventory.offers(db, area_code);
            if (offers.empty()) return TwilioRefusal{400, 21452, "No phone numbers found in area code " + area_code};
            offer = offers.front();
        }
        auto number = fresh_number(*offer);
        if (auto refusal = apply_number_fields(form, number)) return *refusal;
        bool const has_address = !number["address_sid"].is_null();
        if (offer->address_requirements == "local" && !has_address)
            return TwilioRefusal{400, 21615, "Phone number requires a local address: AddressSid is missing"};
        if (offer->address_requirements != "none" && !has_address)
            return TwilioRefusal{400, 21631, "Phone number requires an address: AddressSid is missing"};
        record_sale(db, number);
        return number;
    });
    if (auto const* refusal = std::get_if<TwilioRefusal>(&bought)) return twilio_refusal(*refusal);
    return twilio_answer(201, std::get<Json>(bought));
}

Answer TwilioApi::buy_magic(std::string const& phone_number, Fields const& form)
{
    if (phone_number == magic_invalid) return twilio_refusal({400, 21421, phone_number + " is not a valid number"});
    if (phone_number == magic_unavailable || phone_number != magic_fine) return twilio_refusal(not_available(phone_number));
    Offer offer;
    offer.phone_number = phone_number;
    auto number = fresh_number(offer);
    if (auto const refusal = apply_number_fields(form, number)) return twilio_refusal(*refusal);
    return twilio_answer(201, number);
}

Answer TwilioApi::list(Request const& request, std::string const& type)
{
    auto const query = request.query_fields();
    auto const size = std::clamp(number_or(field(query, "PageSize"), default_page), 1, largest_page);
    auto const index = std::max(number_or(field(query, "Page"), 0), 0);
    auto const token = field(query, "PageToken").value_or("");
    // A token names the sale that the page lies behind ("PA") or before ("PB"), so that buying and releasing in between loses none.
    auto const direction = token.starts_with("PB") ? Direction::newer : Direction::older;
    bool const shaped = token.starts_with("PA") || token.starts_with("PB");
    TwilioRefusal const bad_token{400, 21481, "Invalid PageToken"};
    if (token.empty() ? index > 0 : !shaped || token.size() < 3) return twilio_refusal(bad_token);

    OwnedFilter const filter{field(query, "PhoneNumber").value_or(""), field(query, "FriendlyName").value_or("")};
    bool const none_match = type == "TollFree" || type == "Mobile" || lower(field(query, "Origin").value_or("twilio")) != "twilio";
    auto const page = m_state.look(
        [&](Database& db) { return list_owned(db, filter, direction, token.empty() ? "" : token.substr(2), static_cast<size_t>(size)); });
    if (!page) return twilio_refusal(bad_token);

    auto numbers = Json::array();
    auto const beta = lower(field(query, "Beta").value_or("true"));
    for (auto const& number : page->numbers) {
        if (!none_match && (beta != "false" || !number.value("beta", false))) numbers.push_back(number);
    }
    auto const uri = [&](int page_index, std::string const& page_token) {
        Fields kept;
        for (auto const* name : {"PhoneNumber", "FriendlyName", "Beta", "Origin"}) {
            if (auto value = field(query, name)) kept.emplace_back(name, *value);
        }
        kept.emplace_back("PageSize", std::to_string(size));
        kept.emplace_back("Page", std::to_string(page_index));
        if (!page_token.empty()) kept.emplace_back("PageToken", page_token);
        return request.path + "?" + encoded_form(kept);
    };
    auto const neighbour = [&](bool there, int page_index, std::string const& prefix, Json const& edge) {
        return there && !page->numbers.empty() ? Json(uri(page_index, prefix + text_at(edge, "sid"))) : Json(nullptr);
    };
    auto const start = index * size;
    auto const first = page->numbers.empty() ? Json() : page->numbers.front();
    auto const last = page->numbers.empty() ? Json() : page->numbers.back();
    return twilio_answer(200,
        {{"incoming_phone_numbers", numbers}, {"page", index}, {"page_size", size}, {"start", start},
            {"end", start + std::max(static_cast<int>(numbers.size()) - 1, 0)}, {"uri", uri(index, token)}, {"first_page_uri", uri(0, "")},
            {"next_page_uri", neighbour(page->has_older, index + 1, "PA", last)},
            {"previous_page_uri", neighbour(page->has_newer && index > 0, index - 1, "PB", first)}});
}

Answer TwilioApi::fetch(Request const& request, std::string const& sid)
{
    auto const number = m_state.look([&](Database& db) { return find_owned(db, sid); });
    return number ? twilio_answer(200, *number) : twilio_refusal(not_found(request));
}

Answer TwilioApi::update(Request const& request, std::string const& sid)
{
    auto const form = request.form_fields();
    auto const updated = m_state.change([&](Database& db) -> std::variant<Json, TwilioRefusal> {
        auto number = find_owned(db, sid);
        if (!number) return not_found(request);
        if (field(form, "AccountSid").value_or(account_sid) != account_sid) return TwilioRefusal{400, 21470, "Invalid AccountSid"};
        if (auto refusal = apply_number_fields(form, *number)) return *refusal;
        update_owned(db, *number);
        return *number;
    });
    if (auto const* refusal = std::get_if<TwilioRefusal>(&updated)) return twilio_refusal(*refusal);
    return twilio_answer(200, std::get<Json>(updated));
}

Answer TwilioApi::release(Request const& request, std::string const& sid)
{
    if (!m_state.change([&](Database& db) { return release_owned(db, sid); })) return twilio_refusal(not_found(request));
    auto answer = twilio_answer(204, nullptr);
    answer.body.clear();
    answer.content_type.clear();
    return answer;
}

} // namespace simulator
