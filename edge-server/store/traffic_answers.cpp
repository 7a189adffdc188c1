#include "edge-server/store/traffic_answers.h"
#include "edge-server/store/activity_store.h"
#include "edge-server/store/conversation_store.h"
#include "edge-server/store/inbox_store.h"
#include "edge-server/store/lead_store.h"
#include "edge-server/store/list_query.h"
#include "edge-server/store/opt_out_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/phone_number_store.h"
#include "shared/api/records.h"
#include "shared/base/text.h"
#include "shared/domain/ledger.h"

#include <charconv>
#include <limits>

namespace {

constexpr std::string_view newest = "newest";
constexpr int conversations_shown = 20;
constexpr int notes_shown = 100;
constexpr std::size_t body_limit = 256 * 1024; // bytes of an item that are shown
constexpr std::int64_t hour_milliseconds = 3'600'000;
constexpr std::int64_t hours_a_day = 24;
constexpr std::array<std::string_view, 3> conversation_filters{"answered", "failed", "in_progress"};

Json text_or_null(std::string const& text)
{
    return text.empty() ? Json(nullptr) : Json(text);
}

// Where a list that is ordered by a time goes on: (time, id) before this.
struct Before {
    Time time{std::numeric_limits<std::int64_t>::max()};
    std::string id = above_all_ids;
};

Result<Before> before_of(Query const& query)
{
    auto const cursor = query("cursor").value_or("");
    if (cursor.empty()) return Before{};
    auto const position = position_of(cursor, newest);
    if (!position) return position.error();
    Before before{{}, position->id};
    auto const& key = position->key;
    auto const [end, problem] = std::from_chars(key.data(), key.data() + key.size(), before.time.milliseconds);
    if (problem != std::errc() || end != key.data() + key.size())
        return Error{ErrorKind::Malformed, "invalid_cursor", "This is not a cursor that this list answered.", "cursor"};
    return before;
}

template <typename Record>
bool has_more(std::vector<Record>& found, int limit)
{
    if (found.size() <= static_cast<std::size_t>(limit)) return false;
    found.resize(static_cast<std::size_t>(limit));
    return true;
}

std::string cursor_at(Time time, std::string const& id)
{
    return cursor_after(newest, std::to_string(time.milliseconds), id);
}

Json listed(ListedConversation const& found)
{
    auto json = to_json(found.conversation);
    json["organization_name"] = found.organization_name;
    json["lead_name"] = text_or_null(found.lead_name);
    json["excerpt"] = text_or_null(found.excerpt);
    return json;
}

// A status as people ask for it.
std::string status_of(std::string const& filter)
{
    return filter == "answered" ? "done" : filter;
}

} // namespace

Error no_lead()
{
    return {ErrorKind::NotFound, "not_found", "There is no such lead."};
}

Result<Json> answer_conversations(sql::Reader& db, Viewer const& viewer, std::string const& organization_id, Query const& query)
{
    // The usual rules of a list: limit and search; its order is one only.
    auto const page = page_of([&](char const* name) { return std::string_view(name) == "cursor" ? std::nullopt : query(name); }, viewer,
        {"filter", conversation_filters, std::span(&newest, 1)});
    if (!page) return page.error();
    auto const before = before_of(query);
    if (!before) return before.error();
    ConversationFilter const filter{organization_id, viewer.member_user_id, query("lead_id").value_or(""), status_of(page->filter),
        trimmed(query("search").value_or("")), before->time, before->id, page->limit};
    if (!filter.lead_id.empty() && !find_lead(db, organization_id, filter.lead_id)) return no_lead();
    auto found = list_conversations(db, filter);
    Json next = nullptr;
    if (has_more(found, page->limit - 1)) next = cursor_at(found.back().conversation.started_at, found.back().conversation.id);
    auto conversations = Json::array();
    for (auto const& one : found)
        conversations.push_back(listed(one));
    return Json{{"conversations", conversations}, {"next_cursor", next}};
}

Result<Json> answer_conversation(sql::Reader& db, std::string const& organization_id, std::string const& id)
{
    auto const found = find_conversation(db, organization_id, id);
    if (!found) return Error{ErrorKind::NotFound, "not_found", "There is no such conversation."};
    auto json = to_json(*found);
    auto const detail = conversation_detail(db, id);
    auto const organization = find_organization(db, organization_id);
    auto const number = find_phone_number(db, found->phone_number_id);
    auto const lead = found->lead_id.empty() ? std::nullopt : find_lead(db, organization_id, found->lead_id);
    auto const cost = agent_cost_of(db, id);
    json["organization_name"] = organization ? organization->organization.name : "";
    json["lead_name"] = lead ? text_or_null(lead->name) : Json(nullptr);
    json["phone_number"] = number ? Json(number->phone_number) : Json(nullptr);
    json["transcript"] = to_json(detail.transcript);
    json["variables"] = to_json(detail.variables);
    json["collected"] = to_json(detail.collected);
    json["agent_cost"] = cost ? Json(money(*cost)) : Json(nullptr);
    return Json{{"conversation", json}};
}

Result<Json> answer_leads(sql::Reader& db, Viewer const& viewer, std::string const& organization_id, Query const& query)
{
    auto const page = page_of([&](char const* name) { return std::string_view(name) == "cursor" ? std::nullopt : query(name); }, viewer,
        {"stage", lead_stages, std::span(&newest, 1)});
    if (!page) return page.error();
    auto const before = before_of(query);
    if (!before) return before.error();
    LeadFilter const filter{
        organization_id, viewer.member_user_id, page->filter, page->search, page->digits, before->time, before->id, page->limit};
    auto found = list_leads(db, filter);
    Json next = nullptr;
    if (has_more(found, page->limit - 1)) next = cursor_at(found.back().lead.last_contact_at, found.back().lead.id);
    auto leads = Json::array();
    for (auto const& one : found) {
        leads.push_back(to_json(one.lead));
        leads.back()["organization_name"] = one.organization_name;
    }
    Json answer{{"leads", leads}, {"next_cursor", next}};
    if (query("cursor").value_or("").empty()) {
        auto counts = count_leads(db, filter);
        auto json = Json::object();
        std::int64_t all = 0;
        for (auto const stage : lead_stages) {
            json[std::string(stage)] = counts[std::string(stage)];
            all += counts[std::string(stage)];
        }
        json["all"] = all;
        json["total"] = filter.stage.empty() ? Json(all) : json[filter.stage];
        json["wants_person"] = counts["wants_person"];
        answer["counts"] = json;
    }
    return answer;
}

Result<Json> answer_lead(sql::Reader& db, std::string const& organization_id, std::string const& id)
{
    auto const lead = find_lead(db, organization_id, id);
    if (!lead) return no_lead();
    auto json = to_json(*lead);
    auto const organization = find_organization(db, organization_id);
    json["organization_name"] = organization ? organization->organization.name : "";
    auto notes = Json::array();
    for (auto const& note : list_notes(db, id, notes_shown))
        notes.push_back(to_json(note));
    json["notes"] = notes;
    auto conversations = Json::array();
    ConversationFilter filter{organization_id, {}, id, {}, {}, Before{}.time, above_all_ids, conversations_shown};
    for (auto const& one : list_conversations(db, filter))
        conversations.push_back(listed(one));
    json["conversations"] = conversations;
    auto const contacts = count_contacts(db, organization_id, id);
    json["calls"] = contacts.calls;
    json["texts"] = contacts.texts;
    Json our_number = nullptr, sms_status = nullptr, sms_reason = nullptr;
    for (auto const& number : list_phone_numbers(db, organization_id)) {
        if (number.state == "released") continue;
        our_number = number.phone_number;
        sms_status = number.sms_status;
        sms_reason = text_or_null(number.sms_reason);
    }
    json["our_number"] = our_number;
    json["sms_status"] = sms_status;
    json["sms_reason"] = sms_reason;
    auto const stop
        = our_number.is_null() ? std::nullopt : find_stop(db, organization_id, our_number.get<std::string>(), lead->phone_number);
    json["opt_out"] = stop ? Json{{"words", stop->words}, {"at", to_rfc3339(stop->at)}} : Json(nullptr);
    return Json{{"lead", json}};
}

namespace {

Json to_json(InboxItem const& item)
{
    return {{"id", item.id}, {"source", item.source}, {"kind", item.kind}, {"subject", text_or_null(item.subject)},
        {"organization_id", text_or_null(item.organization_id)}, {"organization_name", text_or_null(item.organization_name)},
        {"via", item.via}, {"state", item.state}, {"cause", text_or_null(item.cause)}, {"attempts", item.attempts},
        {"received_at", to_rfc3339(item.received_at)},
        {"processed_at", item.processed_at ? Json(to_rfc3339(item.processed_at)) : Json(nullptr)}};
}

} // namespace

Result<Json> answer_inbox(sql::Reader& db, Query const& query)
{
    auto const page = page_of(query, {}, {"state", inbox_states, std::span(&newest, 1)});
    if (!page) return page.error();
    auto found = list_inbox(db, page->filter, page->after_id, page->limit);
    Json next = nullptr;
    if (has_more(found, page->limit - 1)) next = cursor_after(newest, {}, found.back().id);
    auto items = Json::array();
    for (auto const& item : found)
        items.push_back(to_json(item));
    Json answer{{"items", items}, {"next_cursor", next}};
    if (query("cursor").value_or("").empty()) {
        auto counts = count_inbox(db);
        auto json = Json::object();
        std::int64_t all = 0;
        for (auto const state : inbox_states) {
            json[std::string(state)] = counts[std::string(state)];
            all += counts[std::string(state)];
        }
        json["all"] = all;
        json["total"] = page->filter.empty() ? Json(all) : json[page->filter];
        answer["counts"] = json;
    }
    return answer;
}

Result<Json> answer_inbox_item(sql::Reader& db, std::string const& id)
{
    auto const item = find_inbox_item(db, id);
    if (!item) return Error{ErrorKind::NotFound, "not_found", "There is no such item."};
    auto json = to_json(*item);
    auto const body = item->body.size() <= body_limit ? parse_foreign(item->body) : Json(Json::value_t::discarded);
    json["body"] = body.is_discarded() ? item->body.substr(0, body_limit) : body.dump(2, ' ', false, Json::error_handler_t::replace);
    return Json{{"item", json}};
}

Result<Json> answer_activity(sql::Reader& db, Viewer const& viewer, std::string const& organization_id, Query const& query)
{
    auto const limit = limit_of(query);
    if (!limit) return limit.error();
    auto activity = Json::array();
    for (auto const& one : list_activity(db, organization_id, viewer.member_user_id, *limit))
        activity.push_back({{"id", one.id}, {"kind", one.kind}, {"organization_id", one.organization_id},
            {"organization_name", one.organization_name}, {"text", one.text}, {"at", to_rfc3339(one.at)}, {"address", one.address}});
    return Json{{"activity", activity}};
}

Json traffic_overview(sql::Reader& db, std::int64_t utc_offset_milliseconds, Time present)
{
    auto const local = present.milliseconds + utc_offset_milliseconds;
    auto const first_hour = local / hour_milliseconds / hours_a_day * hours_a_day; // of today
    auto const week_ago = first_hour - 7 * hours_a_day;
    Time const since{week_ago * hour_milliseconds - utc_offset_milliseconds};
    auto by_hour = Json::array(), last_week = Json::array();
    for (int hour = 0; hour < hours_a_day; ++hour) {
        by_hour.push_back({{"hour", hour}, {"answered", 0}, {"missed", 0}});
        last_week.push_back(0);
    }
    std::int64_t answered = 0, missed = 0;
    for (auto const& hour : count_calls_by_hour(db, since, utc_offset_milliseconds)) {
        auto const today = hour.hour - first_hour, then = hour.hour - week_ago;
        if (then >= 0 && then < hours_a_day) last_week[static_cast<std::size_t>(then)] = hour.answered + hour.missed;
        if (today < 0 || today >= hours_a_day) continue;
        by_hour[static_cast<std::size_t>(today)]["answered"] = hour.answered;
        by_hour[static_cast<std::size_t>(today)]["missed"] = hour.missed;
        answered += hour.answered;
        missed += hour.missed;
    }
    auto const texts = count_texts(db, {first_hour * hour_milliseconds - utc_offset_milliseconds});
    auto const month = month_of(present);
    auto const calls = answered + missed;
    return {{"calls",
                {{"today", calls}, {"answered_percent", calls == 0 ? Json(nullptr) : Json(answered * 100 / calls)}, {"by_hour", by_hour},
                    {"last_week", last_week}}},
        {"texts", {{"today", texts.all}, {"not_delivered", texts.not_delivered}}},
        {"spend", {{"month", month}, {"amount", money(spent_in(db, month))}}}};
}
