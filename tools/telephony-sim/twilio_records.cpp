#include "tools/telephony-sim/call_book.h"
#include "tools/telephony-sim/message_book.h"
#include "tools/telephony-sim/number_book.h"
#include "tools/telephony-sim/page_of.h"
#include "tools/telephony-sim/twilio_api.h"
#include "tools/telephony-sim/twilio_fields.h"

#include <algorithm>
#include <array>

namespace simulator {

namespace {

constexpr std::array message_fields{"To", "From", "Body", "MediaUrl", "StatusCallback", "MessagingServiceSid", "ContentSid",
    "ContentVariables", "ApplicationSid", "MaxPrice", "ProvideFeedback", "Attempt", "ValidityPeriod", "ForceDelivery", "ContentRetention",
    "AddressRetention", "SmartEncoded", "PersistentAction", "TrafficType", "ShortenUrls", "ScheduleType", "SendAt", "SendAsMms",
    "RiskCheck", "FallbackFrom"};
constexpr std::array message_filters{"To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page", "PageToken"};
constexpr std::array call_filters{"To", "From", "ParentCallSid", "Status", "StartTime", "StartTime<", "StartTime>", "EndTime", "EndTime<",
    "EndTime>", "PageSize", "Page", "PageToken"};
constexpr std::array usage_filters{"Category", "StartDate", "EndDate", "IncludeSubaccounts", "PageSize", "Page", "PageToken"};

template <typename Names>
std::function<bool(std::string const&)> one_of(Names const& names)
{
    return [&names](std::string const& name) { return std::find(names.begin(), names.end(), name) != names.end(); };
}

bool nothing(std::string const&)
{
    return false;
}

TwilioRefusal not_found(Request const& request)
{
    return {404, 20404, "The requested resource " + request.path + " was not found"};
}

template <typename Record>
Answer listed(char const* name, Request const& request, PageRequest const& wanted, std::optional<PageOf<Record>> const& page, int64_t now)
{
    if (!page) return twilio_refusal({400, 21481, "Invalid PageToken"});
    Json records = Json::array();
    for (auto const& record : page->records)
        records.push_back(described(record, now));
    auto const& all = page->records;
    Json body{{name, records}};
    body.update(page_members(request, wanted, all.size(), page->has_older, page->has_newer, all.empty() ? "" : all.front().sid,
        all.empty() ? "" : all.back().sid));
    return twilio_answer(200, body);
}

Answer empty(int status)
{
    auto answer = twilio_answer(status, nullptr);
    answer.body.clear();
    answer.content_type.clear();
    return answer;
}

// What one category of usage adds up to.
struct Sum {
    char const* category;
    char const* description;
    char const* unit;
    char const* sql; // count, usage and micro-dollars of what began from $1 to before $2
};
constexpr std::array sums{
    Sum{"calls-inbound-local", "Inbound Local Calls", "minutes",
        "SELECT COUNT(*), COALESCE(SUM((duration + 59) / 60), 0), COALESCE(SUM(price), 0) FROM calls"
        " WHERE direction = 'inbound' AND started_at >= $1 AND started_at < $2"},
    Sum{"calls-outbound", "Outbound Calls", "minutes",
        "SELECT COUNT(*), COALESCE(SUM((duration + 59) / 60), 0), COALESCE(SUM(price), 0) FROM calls"
        " WHERE direction <> 'inbound' AND started_at >= $1 AND started_at < $2"},
    Sum{"calls", "Voice Minutes", "minutes",
        "SELECT COUNT(*), COALESCE(SUM((duration + 59) / 60), 0), COALESCE(SUM(price), 0) FROM calls"
        " WHERE started_at >= $1 AND started_at < $2"},
    Sum{"sms-inbound-longcode", "Inbound Long Code SMS", "segments",
        "SELECT COUNT(*), COALESCE(SUM(segments), 0), COALESCE(SUM(price), 0) FROM messages"
        " WHERE direction = 'inbound' AND created_at >= $1 AND created_at < $2"},
    Sum{"sms-outbound-longcode", "Outbound Long Code SMS", "segments",
        "SELECT COUNT(*), COALESCE(SUM(segments), 0), COALESCE(SUM(price), 0) FROM messages"
        " WHERE direction <> 'inbound' AND price > 0 AND created_at >= $1 AND created_at < $2"},
    Sum{"sms", "SMS", "segments",
        "SELECT COUNT(*), COALESCE(SUM(segments), 0), COALESCE(SUM(price), 0) FROM messages"
        " WHERE price > 0 AND created_at >= $1 AND created_at < $2"},
    Sum{"phonenumbers-local", "Local PhoneNumbers", "numbers",
        "SELECT COUNT(*), COUNT(*), CAST(COALESCE(SUM(monthly_price * 1000000), 0) AS INTEGER) FROM sales WHERE sold_at >= $1 AND sold_at "
        "< $2"},
    Sum{"totalprice", "Total Price", "usd", nullptr},
};

constexpr int64_t day_ms = 86'400'000;

int64_t start_of_month(int64_t ms)
{
    return *parsed_time(rfc3339(ms).substr(0, 8) + "01");
}

int64_t next_month(int64_t start)
{
    return start_of_month(start + 32 * day_ms);
}

struct Period {
    int64_t from;
    int64_t to;
};

// What `kind` (the last part of the path) splits the time into, latest first.
std::vector<Period> periods(std::string const& kind, int64_t from, int64_t to, int64_t now)
{
    auto const today = now / day_ms * day_ms;
    if (kind == "Today") return {{today, today + day_ms}};
    if (kind == "Yesterday") return {{today - day_ms, today}};
    if (kind == "ThisMonth") return {{start_of_month(now), next_month(start_of_month(now))}};
    if (kind == "LastMonth") return {{start_of_month(start_of_month(now) - 1), start_of_month(now)}};
    if (kind != "Daily" && kind != "Monthly") return {{from, to}};
    bool const is_daily = kind == "Daily";
    std::vector<Period> out;
    constexpr size_t most = 400;
    auto start = is_daily ? today : start_of_month(now);
    for (auto end = is_daily ? start + day_ms : next_month(start); end > from && out.size() < most;) {
        out.push_back({start, end});
        end = start;
        start = is_daily ? start - day_ms : start_of_month(start - 1);
    }
    return out;
}

} // namespace

TwilioApi::Operation TwilioApi::messages_operation(Request const& request, std::vector<std::string> const& segments, std::string const& sid)
{
    if (segments.size() == 6) {
        if (request.method != "GET") return {"twilio.list_media", nothing, nullptr};
        return {"twilio.list_media", nothing, [this, &request, sid] { return list_media(request, sid); }};
    }
    if (sid.empty()) {
        if (request.method == "GET")
            return {"twilio.list_messages", one_of(message_filters), [this, &request] {
                        auto const page = page_request(request);
                        return listed("messages", request, page, m_state.look([&](Database& db) {
                            return page.is_valid ? simulator::list_messages(db, request.query_fields(), page) : std::nullopt;
                        }),
                            now_ms());
                    }};
        if (request.method != "POST") return {"twilio.create_message", one_of(message_fields), nullptr};
        return {"twilio.create_message", one_of(message_fields), [this, &request] { return create_message(request); }};
    }
    auto const knows = [](std::string const& name) { return name == "Body" || name == "Status"; };
    if (request.method == "POST") return {"twilio.update_message", knows, [this, &request, sid] { return update_message(request, sid); }};
    if (request.method == "DELETE")
        return {"twilio.delete_message", nothing, [this, &request, sid] { return remove_message(request, sid); }};
    if (request.method != "GET") return {"twilio.fetch_message", nothing, nullptr};
    return {"twilio.fetch_message", nothing, [this, &request, sid] {
                auto const found = m_state.look([&](Database& db) { return find_message(db, sid); });
                return found ? twilio_answer(200, described(*found, now_ms())) : twilio_refusal(not_found(request));
            }};
}

TwilioApi::Operation TwilioApi::calls_operation(Request const& request, std::string const& sid)
{
    if (sid.empty()) {
        if (request.method != "GET") return {"twilio.list_calls", one_of(call_filters), nullptr};
        return {"twilio.list_calls", one_of(call_filters), [this, &request] {
                    auto const page = page_request(request);
                    auto const now = now_ms();
                    return listed("calls", request, page, m_state.look([&](Database& db) {
                        return page.is_valid ? simulator::list_calls(db, request.query_fields(), page, now) : std::nullopt;
                    }),
                        now);
                }};
    }
    if (request.method != "GET") return {"twilio.fetch_call", nothing, nullptr};
    return {"twilio.fetch_call", nothing, [this, &request, sid] {
                auto const found = m_state.look([&](Database& db) { return find_call(db, sid); });
                return found ? twilio_answer(200, described(*found, now_ms())) : twilio_refusal(not_found(request));
            }};
}

TwilioApi::Operation TwilioApi::usage_operation(Request const& request, std::string const& kind)
{
    static constexpr std::array kinds{"", "Daily", "Monthly", "ThisMonth", "LastMonth", "Today", "Yesterday", "AllTime"};
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
        return {"twilio.usage", nothing, [&request] { return twilio_refusal(not_found(request)); }};
    if (request.method != "GET") return {"twilio.usage", one_of(usage_filters), nullptr};
    return {"twilio.usage", one_of(usage_filters), [this, &request, kind] { return usage(request, kind); }};
}

Answer TwilioApi::create_message(Request const& request)
{
    auto const sent = m_texting.send(request.form_fields());
    if (auto const* refusal = std::get_if<TwilioRefusal>(&sent)) return twilio_refusal(*refusal);
    auto const& message = std::get<TextMessage>(sent);
    return twilio_answer(201, described(message, message.created_at - 1)); // as it is at first, whatever has happened to it already
}

Answer TwilioApi::update_message(Request const& request, std::string const& sid)
{
    auto const form = request.form_fields();
    auto const updated = m_state.change([&](Database& db) -> std::variant<TextMessage, TwilioRefusal> {
        auto message = find_message(db, sid);
        if (!message) return not_found(request);
        if (field(form, "Status")) return TwilioRefusal{400, 30409, "Only a scheduled message can be canceled"};
        if (field(form, "Body").value_or("-").empty()) message->body.clear();
        save_message(db, *message);
        return *message;
    });
    if (auto const* refusal = std::get_if<TwilioRefusal>(&updated)) return twilio_refusal(*refusal);
    return twilio_answer(200, described(std::get<TextMessage>(updated), now_ms()));
}

Answer TwilioApi::remove_message(Request const& request, std::string const& sid)
{
    auto const now = now_ms();
    auto const refusal = m_state.change([&](Database& db) -> std::optional<TwilioRefusal> {
        auto const message = find_message(db, sid);
        if (!message) return not_found(request);
        if (status_of(*message, now) == "queued") return TwilioRefusal{409, 20009, "Message delete error"};
        delete_message(db, sid);
        return std::nullopt;
    });
    return refusal ? twilio_refusal(*refusal) : empty(204);
}

// Nobody simulates pictures: what a message says of them is all there is.
Answer TwilioApi::list_media(Request const& request, std::string const& sid)
{
    if (!m_state.look([&](Database& db) { return find_message(db, sid); })) return twilio_refusal(not_found(request));
    Json body{{"media_list", Json::array()}};
    body.update(page_members(request, page_request(request), 0, false, false, "", ""));
    return twilio_answer(200, body);
}

Answer TwilioApi::usage(Request const& request, std::string const& kind)
{
    auto const query = request.query_fields();
    auto const category = field(query, "Category").value_or("");
    auto const now = now_ms();
    auto const sold_first
        = m_state.look([](Database& db) { return db.run("SELECT COALESCE(MIN(sold_at), 0) FROM sales").front().number(0); });
    auto const from = parsed_time(field(query, "StartDate").value_or("")).value_or(kind == "Daily" || kind == "Monthly" ? sold_first : 0);
    auto const to = parsed_time(field(query, "EndDate").value_or("")).value_or(now) + day_ms;
    Json records = Json::array();
    for (auto const& period : periods(kind, from, to, now)) {
        int64_t total = 0;
        for (auto const& sum : sums) {
            std::vector<Row> rows;
            if (sum.sql) rows = m_state.look([&](Database& db) { return db.run(sum.sql, {period.from, period.to}); });
            auto const count = rows.empty() ? 0 : rows.front().number(0);
            auto const used = rows.empty() ? 0 : rows.front().number(1);
            auto const micros = rows.empty() ? total : rows.front().number(2);
            bool const is_part = std::string_view(sum.category) != "calls" && std::string_view(sum.category) != "sms";
            if (is_part) total += micros;
            if (!category.empty() && category != sum.category) continue;
            auto const path = request.path.substr(0, request.path.find("/Usage")) + "/Usage/Records.json?Category=" + sum.category;
            records.push_back({{"account_sid", account_sid}, {"api_version", "2010-04-01"},
                {"as_of", rfc3339(now).substr(0, 19) + "+00:00"}, {"category", sum.category}, {"count", std::to_string(count)},
                {"count_unit", sum.sql ? sum.unit : "usd"}, {"description", sum.description},
                {"end_date", rfc3339(period.to - 1).substr(0, 10)}, {"price", static_cast<double>(micros) / 1'000'000},
                {"price_unit", "usd"}, {"start_date", rfc3339(period.from).substr(0, 10)}, {"subresource_uris", Json::object()},
                {"uri", path}, {"usage", std::to_string(used)}, {"usage_unit", sum.unit}});
        }
    }
    Json body{{"usage_records", records}};
    body.update(page_members(request, page_request(request), records.size(), false, false, "", ""));
    return twilio_answer(200, body);
}

} // namespace simulator
