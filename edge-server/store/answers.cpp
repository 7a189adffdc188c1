#include "edge-server/store/answers.h"
#include "edge-server/store/drift_store.h"
#include "edge-server/store/ledger_store.h"
#include "edge-server/store/list_query.h"
#include "edge-server/store/notification_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/phone_number_store.h"
#include "edge-server/store/provisioning_store.h"
#include "edge-server/store/traffic_answers.h"
#include "shared/api/records.h"
#include "shared/base/text.h"

#include <array>
#include <charconv>

namespace {

constexpr std::array<std::string_view, 3> organization_sorts{"attention", "name", "newest"};
constexpr std::array<std::string_view, 2> number_sorts{"newest", "number"};
constexpr std::array<std::string_view, 3> notification_statuses{"pending", "resolved", "dismissed"};
constexpr std::array<std::string_view, 11> notification_types{"elevenlabs_import_required", "manual_setup_required", "purchase_held",
    "number_choice_needed", "drift_found", "orphan_number", "credentials_refused", "provider_down", "webhook_failing", "budget_warning",
    "unrouted_message"};
constexpr std::string_view newest = "newest";
constexpr std::int64_t day_milliseconds = 86'400'000;
constexpr std::int64_t days_shown = 30;
constexpr int oldest_shown = 5;
constexpr int drift_shown = 5000;
constexpr std::string_view orphan = "orphan";

Json text_or_null(std::string const& text)
{
    return text.empty() ? Json(nullptr) : Json(text);
}

// Each known one, also when there is none of it.
Json shown(Counts const& counts, std::span<std::string_view const> known)
{
    auto json = Json::object();
    for (auto const name : known) {
        auto const found = counts.find(std::string(name));
        json[std::string(name)] = found == counts.end() ? 0 : found->second;
    }
    return json;
}

// `all` matches the search, `total` the filter too.
Json shown_with_totals(Counts const& counts, std::span<std::string_view const> known, std::string const& filter)
{
    auto json = shown(counts, known);
    std::int64_t all = 0;
    for (auto const& [name, count] : counts)
        all += count;
    json["all"] = all;
    json["total"] = filter.empty() ? Json(all) : json[filter];
    return json;
}

// Takes off the one record too many, and says whether there was one.
template <typename Record>
bool has_more(std::vector<Record>& found, int limit)
{
    if (found.size() < static_cast<std::size_t>(limit)) return false;
    found.pop_back();
    return true;
}

Json to_json(ListedNumber const& listed)
{
    auto json = to_json(listed.number);
    json["organization_name"] = listed.organization_name;
    json["released_at"] = listed.released_at ? Json(to_rfc3339(listed.released_at)) : Json(nullptr);
    return json;
}

Json to_json(std::vector<Notification> const& notifications)
{
    auto list = Json::array();
    for (auto const& notification : notifications)
        list.push_back(to_json(notification));
    return list;
}

Json to_json(DriftFinding const& finding)
{
    return {{"id", finding.id()}, {"kind", finding.kind}, {"phone_number", text_or_null(finding.phone_number)},
        {"organization_id", text_or_null(finding.organization_id)}, {"organization_name", text_or_null(finding.organization_name)},
        {"message", finding.message}, {"repair", text_or_null(finding.repair)}, {"next_step", text_or_null(finding.next_step)},
        {"found_at", to_rfc3339(finding.found_at)}};
}

Result<std::int64_t> utc_offset_of(Query const& query)
{
    std::int64_t minutes = 0;
    auto const text = query("utc_offset").value_or("0");
    auto const* end = text.data() + text.size();
    auto const [rest, problem] = std::from_chars(text.data(), end, minutes);
    if (problem != std::errc() || rest != end || minutes < -720 || minutes > 840)
        return Error{ErrorKind::Malformed, "invalid_utc_offset", "An offset is a number of minutes from -720 to 840.", "utc_offset"};
    return minutes * 60'000;
}

// The last 30 days of the reader's zone, also those without a signup.
Json signups_by_day(sql::Reader& db, std::int64_t offset, Time present)
{
    auto const today = (present.milliseconds + offset) / day_milliseconds;
    auto const first = today - days_shown + 1;
    std::map<std::int64_t, DailySignups> known;
    for (auto const& day : count_signups(db, {first * day_milliseconds - offset}, offset))
        known[day.day] = day;
    auto list = Json::array();
    for (auto day = first; day <= today; ++day)
        list.push_back({{"date", to_rfc3339({day * day_milliseconds}).substr(0, 10)}, {"organizations", known[day].organizations},
            {"live", known[day].live}});
    return list;
}

} // namespace

Error no_organization()
{
    return {ErrorKind::NotFound, "not_found", "There is no such organisation."};
}

Json to_json(OrganizationSummary const& summary)
{
    auto json = to_json(summary.organization, summary.status);
    json["phone_number"] = text_or_null(summary.phone_number);
    json["place"] = text_or_null(summary.place);
    json["cause"] = text_or_null(summary.cause);
    json["release_at"] = summary.release_at ? Json(to_rfc3339(summary.release_at)) : Json(nullptr);
    return json;
}

Result<Json> answer_organizations(sql::Reader& db, Viewer const& viewer, Query const& query)
{
    auto const page = page_of(query, viewer, {"status", organization_statuses, organization_sorts, "attention"});
    if (!page) return page.error();
    auto found = list_organizations(db, *page);
    Json next = nullptr;
    if (has_more(found, page->limit)) {
        auto const& last = found.back();
        auto const key = page->sort == "name" ? last.name_key : page->sort == "attention" ? last.status : std::string();
        next = cursor_after(page->sort, key, last.organization.id);
    }
    auto organizations = Json::array();
    for (auto const& summary : found)
        organizations.push_back(to_json(summary));
    Json answer{{"organizations", organizations}, {"next_cursor", next}};
    if (query("cursor").value_or("").empty())
        answer["counts"] = shown_with_totals(count_organizations(db, *page), organization_statuses, page->filter);
    return answer;
}

Result<Json> answer_organization(sql::Reader& db, std::string const& id)
{
    auto const found = find_organization(db, id);
    if (!found) return no_organization();
    auto organization = to_json(*found);
    organization.update(to_json(find_settings(db, id)));
    return Json{{"organization", std::move(organization)}};
}

Result<Json> answer_numbers_of(sql::Reader& db, std::string const& organization_id)
{
    if (!find_organization(db, organization_id)) return no_organization();
    auto numbers = Json::array();
    for (auto const& number : list_phone_numbers(db, organization_id))
        numbers.push_back(to_json(number));
    return Json{{"phoneNumbers", numbers}};
}

Result<Json> answer_provisioning(sql::Reader& db, std::string const& organization_id)
{
    auto const run = find_run_of(db, organization_id);
    if (!run) return Error{ErrorKind::NotFound, "not_found", "This organisation has no provisioning run."};
    return to_json(*run, list_steps(db, run->id));
}

Result<Json> answer_phone_numbers(sql::Reader& db, Viewer const& viewer, Query const& query)
{
    auto const page = page_of(query, viewer, {"state", phone_number_states, number_sorts});
    if (!page) return page.error();
    auto found = list_all_numbers(db, *page);
    Json next = nullptr;
    if (has_more(found, page->limit)) {
        auto const& last = found.back().number;
        next = cursor_after(page->sort, page->sort == "number" ? last.phone_number : std::string(), last.id);
    }
    auto numbers = Json::array();
    for (auto const& listed : found)
        numbers.push_back(to_json(listed));
    Json answer{{"phone_numbers", numbers}, {"next_cursor", next}};
    if (query("cursor").value_or("").empty())
        answer["counts"] = shown_with_totals(count_numbers(db, *page), phone_number_states, page->filter);
    return answer;
}

Result<Json> answer_notifications(sql::Reader& db, Query const& query)
{
    auto const limit = limit_of(query);
    if (!limit) return limit.error();
    auto const cursor = query("cursor").value_or("");
    auto const position = position_of(cursor, newest);
    if (!position) return position.error();
    NotificationFilter const filter{
        query("status").value_or(""), query("type").value_or(""), query("organization_id").value_or(""), position->id, *limit + 1};
    if (!filter.status.empty() && !is_one_of(notification_statuses, filter.status))
        return Error{ErrorKind::Malformed, "invalid_status", "A status is pending, resolved or dismissed.", "status"};
    if (!filter.type.empty() && !is_one_of(notification_types, filter.type))
        return Error{ErrorKind::Malformed, "invalid_type", "There is no notification of this type.", "type"};
    auto found = list_notifications(db, filter);
    Json next = nullptr;
    if (has_more(found, filter.limit)) next = cursor_after(newest, {}, found.back().id);
    Json answer{{"notifications", to_json(found)}, {"next_cursor", next}};
    if (cursor.empty()) answer["counts"] = shown(count_notifications(db, filter), notification_statuses);
    return answer;
}

Result<Json> answer_notification(sql::Reader& db, std::string const& id)
{
    auto const found = find_notification(db, id);
    if (!found) return Error{ErrorKind::NotFound, "not_found", "There is no such notification."};
    return Json{{"notification", to_json(*found)}};
}

Result<Json> answer_drift(sql::Reader& db)
{
    auto const look = last_drift_look(db);
    auto findings = Json::array();
    for (auto const& finding : list_drift(db, drift_shown))
        if (finding.kind != orphan) findings.push_back(to_json(finding));
    Json answer{{"looked_at", nullptr}, {"failure", nullptr}, {"findings", findings}, {"counts", count_drift(db)}, {"at_twilio", 0},
        {"at_elevenlabs", 0}, {"not_ours", 0}};
    if (!look) return answer;
    answer["looked_at"] = to_rfc3339(look->looked_at);
    answer["failure"] = text_or_null(look->failure);
    answer["at_twilio"] = look->at_twilio;
    answer["at_elevenlabs"] = look->at_elevenlabs;
    answer["not_ours"] = look->not_ours;
    return answer;
}

Result<Json> answer_orphans(sql::Reader& db)
{
    auto const rent = rate_at(db, "number_month", now()).micro_dollars;
    auto orphans = Json::array();
    for (auto const& finding : list_drift(db, drift_shown)) {
        if (finding.kind != orphan) continue;
        auto json = to_json(finding);
        json["twilio_sid"] = finding.subject;
        json["monthly_cost"] = dollars(rent).substr(1);
        orphans.push_back(json);
    }
    auto const count = static_cast<std::int64_t>(orphans.size());
    return Json{{"orphans", orphans}, {"monthly_cost", dollars(count * rent).substr(1)}};
}

Result<Json> answer_overview(sql::Reader& db, Query const& query, Time present, Json providers)
{
    auto const offset = utc_offset_of(query);
    if (!offset) return offset.error();
    auto const numbers = count_owned_numbers(db);
    auto const oldest = list_oldest_pending(db, oldest_shown);
    auto const pending = count_notifications(db, {})["pending"];
    auto const seconds = median_seconds_to_live(db);
    auto const signups = signups_by_day(db, *offset, present);
    auto const& last_day = signups.back();
    Json answer{{"organizations", shown_with_totals(count_organizations(db, {}), organization_statuses, {})},
        {"numbers",
            {{"owned", numbers.owned}, {"active", numbers.active},
                {"monthly_rent", dollars(numbers.owned * rate_at(db, "number_month", now()).micro_dollars).substr(1)}}}, // without the sign
        {"notifications",
            {{"pending", pending}, {"oldest_created_at", oldest.empty() ? Json(nullptr) : Json(to_rfc3339(oldest.front().created_at))},
                {"oldest", to_json(oldest)}}},
        {"signups", signups}, {"signups_today", last_day["organizations"]}, {"seconds_to_live", seconds ? Json(*seconds) : Json(nullptr)},
        {"providers", std::move(providers)}};
    answer.update(traffic_overview(db, *offset, present));
    return answer;
}
