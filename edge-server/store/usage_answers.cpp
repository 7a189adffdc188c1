#include "edge-server/store/usage_answers.h"
#include "edge-server/store/budget_store.h"
#include "edge-server/store/list_query.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/usage_store.h"
#include "shared/api/records.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace {

constexpr std::string_view newest = "newest";
constexpr std::int64_t most_lines_in_file = 200'000;
constexpr int lines_at_once = 10'000;
constexpr Time end_of_time{std::numeric_limits<std::int64_t>::max()};

// What a person sees as one thing.
struct Group {
    std::string_view name;
    std::string_view first_kind;
    std::string_view second_kind;
};
constexpr std::array<Group, 5> groups{{{"voice", "voice_minute", "voice_minute"}, {"texts", "sms_segment_in", "sms_segment_out"},
    {"numbers", "number_month", "number_month"}, {"agent", "agent_cost", "agent_cost"}, {"adjustments", "adjustment", "adjustment"}}};

std::size_t group_of(std::string_view kind)
{
    auto const found = std::find_if(
        groups.begin(), groups.end(), [&](Group const& group) { return group.first_kind == kind || group.second_kind == kind; });
    return static_cast<std::size_t>(found - groups.begin());
}

Result<LedgerScope> scope_of(Viewer const& viewer, std::string const& organization_id, Query const& query, Time present)
{
    auto month = query("month").value_or("");
    if (month.empty()) month = month_of(present);
    if (month.size() != 7 || !from_rfc3339(month + "-01T00:00:00Z"))
        return Error{ErrorKind::Malformed, "invalid_month", "A month is written like 2026-11.", "month"};
    return LedgerScope{organization_id, viewer.member_user_id, month};
}

// Every day of the month up to today.
std::vector<std::string> days_of(std::string const& month, Time present)
{
    std::vector<std::string> days;
    for (auto at = from_rfc3339(month + "-01T00:00:00Z"); month_of(at) == month && at <= present; at = at.plus_seconds(24 * 3600))
        days.push_back(day_of(at));
    return days;
}

Json budget_of(sql::Reader& db, LedgerScope const& scope, Time present)
{
    if (scope.organization_id.empty()) return nullptr;
    bool const is_present = scope.month == month_of(present);
    auto budget = find_budget(db, scope.organization_id, is_present ? present : from_rfc3339(scope.month + "-01T00:00:00Z"));
    if (!is_present) budget.reserved = 0; // what is under way belongs to this month
    auto const taken = budget.spent + budget.reserved;
    auto const state = taken >= budget.monthly ? "stopped" : budget.spent * 100 >= budget.monthly * warning_percent ? "warning" : "ok";
    return {{"monthly", money(budget.monthly)}, {"spent", money(budget.spent)}, {"reserved", money(budget.reserved)}, {"state", state}};
}

// Text for one cell. What a spreadsheet would run as a formula begins with an apostrophe, so that it is shown instead.
std::string cell(std::string const& text)
{
    bool const runs = !text.empty() && std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos;
    auto guarded = runs ? '\'' + text : text;
    if (guarded.find_first_of(",\"\r\n") == std::string::npos && !runs) return guarded;
    for (std::size_t at = 0; (at = guarded.find('"', at)) != std::string::npos; at += 2)
        guarded.insert(at, 1, '"');
    return '"' + guarded + '"';
}

void add_line(std::string& csv, ListedEntry const& listed)
{
    auto const& entry = listed.entry;
    for (auto const& part : {to_rfc3339(entry.at), cell(listed.organization_name), entry.kind, cell(entry.what),
             std::to_string(entry.quantity), money(entry.rate), money(entry.amount)}) {
        csv += part;
        csv += ',';
    }
    csv += entry.reference + "\r\n";
}

} // namespace

Result<Json> answer_usage(sql::Reader& db, Viewer const& viewer, std::string const& organization_id, Query const& query, Time present)
{
    auto const scope = scope_of(viewer, organization_id, query, present);
    if (!scope) return scope.error();
    if (!organization_id.empty() && !find_organization(db, organization_id)) return no_organization();
    std::array<std::int64_t, groups.size()> quantities{}, amounts{};
    std::map<std::string, std::array<std::int64_t, groups.size()>> by_day;
    std::int64_t total = 0;
    for (auto const& sum : sums_of_days(db, *scope)) {
        total += sum.amount;
        auto const group = group_of(sum.kind);
        if (group == groups.size()) continue;
        quantities[group] += sum.quantity;
        amounts[group] += sum.amount;
        by_day[sum.day][group] += sum.amount;
    }
    auto days = Json::array();
    for (auto const& day : days_of(scope->month, present)) {
        Json entry{{"date", day}};
        for (std::size_t group = 0; group < 4; ++group)
            entry[std::string(groups[group].name)] = money(by_day[day][group]);
        days.push_back(std::move(entry));
    }
    Json totals;
    for (std::size_t group = 0; group < groups.size(); ++group)
        totals[std::string(groups[group].name)] = {{"quantity", quantities[group]}, {"amount", money(amounts[group])}};
    return Json{{"month", scope->month}, {"days", std::move(days)}, {"totals", std::move(totals)}, {"total", money(total)},
        {"budget", budget_of(db, *scope, present)}};
}

Result<Json> answer_usage_lines(sql::Reader& db, Viewer const& viewer, std::string const& organization_id, Query const& query, Time present)
{
    auto const scope = scope_of(viewer, organization_id, query, present);
    if (!scope) return scope.error();
    auto const limit = limit_of(query);
    if (!limit) return limit.error();
    auto const cursor = query("cursor").value_or("");
    auto const position = position_of(cursor, newest);
    if (!position) return position.error();
    LedgerPage page{{}, {}, end_of_time, position->id, *limit + 1};
    if (!position->key.empty()) {
        auto const* end = position->key.data() + position->key.size();
        auto const [rest, problem] = std::from_chars(position->key.data(), end, page.before.milliseconds);
        if (problem != std::errc() || rest != end)
            return Error{ErrorKind::Malformed, "invalid_cursor", "This is not a cursor that this list answered.", "cursor"};
    }
    auto const kind = query("kind").value_or("");
    auto const group = std::find_if(groups.begin(), groups.end(), [&](Group const& known) { return known.name == kind; });
    if (!kind.empty() && group == groups.end())
        return Error{ErrorKind::Malformed, "invalid_kind", "A kind is voice, texts, numbers, agent or adjustments.", "kind"};
    if (!kind.empty()) {
        page.first_kind = group->first_kind;
        page.second_kind = group->second_kind;
    }
    auto found = list_entries(db, *scope, page);
    Json next = nullptr;
    if (found.size() > static_cast<std::size_t>(*limit)) {
        found.pop_back();
        next = cursor_after(newest, std::to_string(found.back().entry.at.milliseconds), found.back().entry.id);
    }
    auto lines = Json::array();
    for (auto const& listed : found) {
        auto json = to_json(listed.entry);
        json["organization_name"] = listed.organization_name;
        lines.push_back(std::move(json));
    }
    Json answer{{"lines", std::move(lines)}, {"next_cursor", next}};
    if (!cursor.empty()) return answer;
    auto counts = Json::object();
    std::int64_t all = 0;
    for (auto const& known : groups)
        counts[std::string(known.name)] = 0;
    for (auto const& [counted, number] : count_entries(db, *scope)) {
        all += number;
        if (auto const of = group_of(counted); of < groups.size()) {
            auto& count = counts[std::string(groups[of].name)];
            count = count.get<std::int64_t>() + number;
        }
    }
    counts["all"] = all;
    counts["total"] = kind.empty() ? Json(all) : counts[kind];
    answer["counts"] = std::move(counts);
    return answer;
}

Result<UsageFile> usage_file(sql::Reader& db, Viewer const& viewer, std::string const& organization_id, Query const& query, Time present)
{
    auto const scope = scope_of(viewer, organization_id, query, present);
    if (!scope) return scope.error();
    std::int64_t lines = 0;
    for (auto const& counted : count_entries(db, *scope))
        lines += counted.lines;
    if (lines > most_lines_in_file)
        return Error{
            ErrorKind::Invalid, "too_many_lines", "This month has too many lines for one file. Choose one dealership.", "organization_id"};
    auto const organization = organization_id.empty() ? std::nullopt : find_organization(db, organization_id);
    if (!organization_id.empty() && !organization) return no_organization();
    UsageFile file{"usage-" + (organization ? organization->organization.slug + '-' : std::string()) + scope->month + ".csv",
        "at,organization,kind,what,quantity,rate,amount,reference\r\n"};
    LedgerPage page{{}, {}, end_of_time, above_all_ids, lines_at_once};
    for (bool more = true; more;) {
        auto const found = list_entries(db, *scope, page);
        for (auto const& listed : found)
            add_line(file.csv, listed);
        more = found.size() == lines_at_once;
        if (more) {
            page.before = found.back().entry.at;
            page.before_id = found.back().entry.id;
        }
    }
    return file;
}
