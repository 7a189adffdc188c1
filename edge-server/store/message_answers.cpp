#include "edge-server/store/message_answers.h"
#include "edge-server/store/lead_store.h"
#include "edge-server/store/list_query.h"
#include "edge-server/store/message_store.h"
#include "shared/api/records.h"

#include <array>
#include <charconv>
#include <limits>

namespace {

constexpr std::array<std::string_view, 3> thread_filters{"all", "unread", "opted_out"};
constexpr std::array<std::string_view, 1> newest_first{"newest"};
constexpr std::string_view newest = newest_first.front();

// The moment that a list goes on before; for a first page, none.
Result<Time> moment_of(std::string const& key)
{
    Time time{std::numeric_limits<std::int64_t>::max()};
    if (key.empty()) return time;
    auto const* end = key.data() + key.size();
    auto const [rest, problem] = std::from_chars(key.data(), end, time.milliseconds);
    if (problem != std::errc() || rest != end)
        return Error{ErrorKind::Malformed, "invalid_cursor", "This is not a cursor that this list answered.", "cursor"};
    return time;
}

// Takes off the one record too many; where the next page begins, if there is one.
template <typename Record, typename Key>
Json next_cursor(std::vector<Record>& found, int limit, Key&& key)
{
    if (found.size() < static_cast<std::size_t>(limit)) return nullptr;
    found.pop_back();
    auto const [time, id] = key(found.back());
    return cursor_after(newest, std::to_string(time.milliseconds), id);
}

} // namespace

Result<Json> answer_threads(sql::Reader& db, Viewer const& viewer, Query const& query)
{
    auto const page = page_of(query, viewer, {"filter", thread_filters, newest_first});
    if (!page) return page.error();
    auto const before = moment_of(page->after_key);
    if (!before) return before.error();
    ThreadFilter const filter{query("organization_id").value_or(""), page->member_user_id, page->filter == "all" ? "" : page->filter,
        page->search, page->digits, *before, page->after_id, page->limit};
    auto found = list_threads(db, filter);
    auto const next = next_cursor(found, filter.limit, [](ListedLead const& listed) {
        return std::pair{listed.lead.last_message_at, listed.lead.id};
    });
    auto threads = Json::array();
    for (auto const& listed : found) {
        auto thread = to_json(listed.lead);
        thread["organization_name"] = listed.organization_name;
        threads.push_back(std::move(thread));
    }
    Json answer{{"threads", threads}, {"next_cursor", next}};
    if (query("cursor").value_or("").empty()) answer["counts"] = count_threads(db, filter);
    return answer;
}

Result<Json> answer_texts(sql::Reader& db, std::string const& organization_id, Query const& query)
{
    auto const limit = limit_of(query);
    if (!limit) return limit.error();
    auto const position = position_of(query("cursor").value_or(""), newest);
    if (!position) return position.error();
    auto const before = moment_of(position->key);
    if (!before) return before.error();
    TextFilter const filter{organization_id, query("lead_id").value_or(""), *before, position->id, *limit + 1};
    auto found = list_texts(db, filter);
    auto const next = next_cursor(found, filter.limit, [](Message const& text) { return std::pair{text.sent_at, text.id}; });
    auto messages = Json::array();
    for (auto const& text : found)
        messages.push_back(to_json(text));
    return Json{{"messages", messages}, {"next_cursor", next}};
}
