#include "tools/telephony-sim/number_book.h"

#include "tools/telephony-sim/settings.h"
#include "tools/telephony-sim/text.h"

#include <algorithm>
#include <limits>

namespace simulator {

namespace {

bool matches(std::string_view pattern, std::string_view text)
{
    if (pattern.empty()) return true;
    if (pattern[0] == '*') {
        for (size_t skip = 0; skip <= text.size(); ++skip) {
            if (matches(pattern.substr(1), text.substr(skip))) return true;
        }
        return false;
    }
    return !text.empty() && pattern[0] == text[0] && matches(pattern.substr(1), text.substr(1));
}

bool matches_anywhere(std::string const& pattern, std::string const& number)
{
    std::string wanted;
    for (char const c : pattern) {
        bool const repeats_star = c == '*' && wanted.ends_with('*');
        if ((c == '*' || (c >= '0' && c <= '9')) && !repeats_star) wanted += c;
    }
    auto const digits = std::string_view(number).substr(1);
    for (size_t start = 0; start <= digits.size(); ++start) {
        if (matches(wanted, digits.substr(start))) return true;
    }
    return false;
}

std::optional<Json> first_resource(std::vector<Row> const& rows)
{
    if (rows.empty()) return std::nullopt;
    return Json::parse(rows.front().text(0));
}

} // namespace

std::optional<Json> find_owned(Database& db, std::string const& sid)
{
    return first_resource(db.run("SELECT resource FROM numbers WHERE sid = $1", {sid}));
}

std::optional<Json> find_owned_by_number(Database& db, std::string const& phone_number)
{
    return first_resource(db.run("SELECT resource FROM numbers WHERE phone_number = $1", {phone_number}));
}

Json fresh_number(Offer const& offer)
{
    auto const now = rfc2822(now_ms());
    auto const sid = random_hex("PN", 32);
    return {{"sid", sid}, {"account_sid", account_sid}, {"friendly_name", national(offer.phone_number)},
        {"phone_number", offer.phone_number}, {"voice_url", "https://demo.twilio.com/welcome/voice/"}, {"voice_method", "POST"},
        {"voice_fallback_url", nullptr}, {"voice_fallback_method", "POST"}, {"voice_caller_id_lookup", false},
        {"voice_application_sid", nullptr}, {"voice_receive_mode", "voice"}, {"date_created", now}, {"date_updated", now},
        {"sms_url", "https://demo.twilio.com/welcome/sms/reply"}, {"sms_method", "POST"}, {"sms_fallback_url", nullptr},
        {"sms_fallback_method", "POST"}, {"sms_application_sid", nullptr}, {"trunk_sid", nullptr}, {"status_callback", nullptr},
        {"status_callback_method", "POST"}, {"api_version", "2010-04-01"}, {"capabilities", capabilities_of(offer)}, {"beta", offer.beta},
        {"origin", "twilio"}, {"type", "local"}, {"status", "in-use"}, {"address_requirements", offer.address_requirements},
        {"address_sid", nullptr}, {"identity_sid", nullptr}, {"bundle_sid", nullptr}, {"emergency_status", "Inactive"},
        {"emergency_address_sid", nullptr}, {"emergency_address_status", "unregistered"},
        {"uri", std::string("/2010-04-01/Accounts/") + account_sid + "/IncomingPhoneNumbers/" + sid + ".json"}};
}

void record_sale(Database& db, Json const& number)
{
    auto const sid = text_at(number, "sid");
    auto const phone_number = text_at(number, "phone_number");
    auto const friendly_name = text_at(number, "friendly_name");
    auto const area_code = area_code_of(phone_number);
    auto const sale = db.run(R"(
        INSERT INTO sales (sid, phone_number, area_code, account_sid, friendly_name, monthly_price, sold_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING sequence)",
        {sid, phone_number, area_code, text_at(number, "account_sid"), friendly_name, monthly_price, now_ms()});
    db.run("INSERT INTO numbers (sequence, sid, phone_number, area_code, friendly_name, resource) VALUES ($1, $2, $3, $4, $5, $6)",
        {sale.front().number(0), sid, phone_number, area_code, friendly_name, to_text(number)});
}

void update_owned(Database& db, Json& number)
{
    number["date_updated"] = rfc2822(now_ms());
    db.run("UPDATE numbers SET friendly_name = $1, resource = $2 WHERE sid = $3",
        {text_at(number, "friendly_name"), to_text(number), text_at(number, "sid")});
}

bool release_owned(Database& db, std::string const& sid)
{
    if (db.run("DELETE FROM numbers WHERE sid = $1 RETURNING sid", {sid}).empty()) return false;
    db.run("UPDATE sales SET released_at = $1 WHERE sid = $2", {now_ms(), sid});
    return true;
}

std::optional<OwnedPage> list_owned(
    Database& db, OwnedFilter const& filter, Direction direction, std::string const& from_sid, size_t page_size)
{
    int64_t from = std::numeric_limits<int64_t>::max();
    if (!from_sid.empty()) {
        auto const sale = db.run("SELECT sequence FROM sales WHERE sid = $1", {from_sid});
        if (sale.empty()) return std::nullopt;
        from = sale.front().number(0);
    }
    OwnedPage page;
    auto const wanted = [&](Row const& row) {
        return (filter.friendly_name.empty() || row.text(1) == filter.friendly_name)
            && (filter.number_pattern.empty() || matches_anywhere(filter.number_pattern, row.text(0)));
    };
    auto const rows = direction == Direction::older
        ? db.run("SELECT phone_number, friendly_name, resource FROM numbers WHERE sequence < $1 ORDER BY sequence DESC", {from})
        : db.run("SELECT phone_number, friendly_name, resource FROM numbers WHERE sequence > $1 ORDER BY sequence", {from});
    bool more = false;
    for (auto const& row : rows) {
        if (!wanted(row)) continue;
        if (page.numbers.size() == page_size) {
            more = true;
            break;
        }
        page.numbers.push_back(Json::parse(row.text(2)));
    }
    if (direction == Direction::newer) std::reverse(page.numbers.begin(), page.numbers.end());
    page.has_older = direction == Direction::older ? more : true;
    page.has_newer = direction == Direction::newer ? more : !from_sid.empty();
    return page;
}

} // namespace simulator
