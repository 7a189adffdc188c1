#include "edge-server/services/message_poller.h"
#include "edge-server/config.h"
#include "edge-server/services/retrying.h"
#include "edge-server/services/texts.h"
#include "edge-server/store/conversation_store.h"

#include <algorithm>

namespace {

constexpr std::int64_t overlap_seconds = 600; // between the clocks, and for what Twilio lists late
constexpr std::int64_t furthest_back_seconds = 24 * 3600;
constexpr std::int64_t settled_after_seconds = 120;
constexpr std::int64_t longest_way_seconds = 5 * 3600; // of a text at Twilio: four hours in its queue

// None: nothing new, or a text of a number that is not ours.
std::optional<InboxItem> news_in(sql::Reader& db, Config const& config, TwilioText const& text)
{
    auto const known = find_text_by_sid(db, text.sid);
    if (text.direction == "inbound") {
        auto const at = text.sent_at ? text.sent_at : text.created_at;
        if (known || (text.to_number != config.default_number && !find_owner_at(db, text.to_number, end_of_second(at)))) return {};
        return polled_text_item(text);
    }
    auto const state = text_state_of(text.status);
    if (state.empty()) return {};
    if (known) return is_forward(known->state, state) ? std::optional(polled_status_item(text, known->id)) : std::nullopt;
    // One that has just been sent may not have its SID in our books yet.
    if (text.created_at.plus_seconds(settled_after_seconds) > now()) return {};
    auto const lost = find_unclear_text(db, text.from_number, text.to_number, text.body, text.created_at);
    return lost ? std::optional(polled_status_item(text, lost->id)) : std::nullopt;
}

} // namespace

Outcome poll_messages(sql::Database& database, Config const& config, TwilioClient& twilio, Inbox& inbox, std::string& position)
{
    auto const started = now();
    auto const earliest = started.plus_seconds(-furthest_back_seconds);
    auto since = from_rfc3339(position);
    since = since ? std::max(since.plus_seconds(-overlap_seconds), earliest) : earliest;
    auto const on_the_way = database.read(
        sql::Scope::platform(), [&](sql::Reader& db) { return oldest_text_on_the_way(db, started.plus_seconds(-longest_way_seconds)); });
    if (on_the_way) since = std::min(since, on_the_way->plus_seconds(-overlap_seconds));
    auto const answer = twilio.texts_since(since, [&](TwilioText const& text) {
        auto const news = database.read(sql::Scope::platform(), [&](sql::Reader& db) {
            auto item = news_in(db, config, text);
            return item && is_in_inbox(db, item->dedupe_key) ? std::nullopt : item;
        });
        if (news) inbox.keep(*news);
        return true;
    });
    if (!answer) return Error{ErrorKind::Unavailable, "twilio_unavailable", quoted("Twilio", answer)};
    position = to_rfc3339(started);
    return Nothing{};
}
