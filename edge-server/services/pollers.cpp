#include "edge-server/services/pollers.h"
#include "edge-server/config.h"
#include "edge-server/services/post_call.h"
#include "edge-server/services/retrying.h"
#include "edge-server/store/conversation_store.h"
#include "edge-server/store/notification_store.h"
#include "shared/base/id.h"

#include <algorithm>
#include <optional>
#include <sstream>

namespace {

constexpr std::int64_t overlap = 2 * 3600; // seconds: a call that began so long ago may have ended since
constexpr std::int64_t first_look_back = 24 * 3600;
constexpr std::int64_t lost_after = 6 * 3600;
constexpr std::int64_t looked_back = 3 * 24 * 3600;
constexpr int most_pages = 50; // of 100 conversations, in one go
constexpr int most_unclear = 3; // conversations without an answer; the breaker opens at five failures in a row
constexpr int most_given_up = 100;
constexpr std::int64_t recent_failure = 3600;
constexpr auto webhook_type = "webhook_failing";
constexpr auto webhook_subject = "post-call";

// Through ElevenLabs' list, the newest call first; over several looks when it is long.
struct Sweep {
    std::int64_t from; // Unix seconds: calls that began since
    std::int64_t next; // where the next one begins
    std::string cursor; // of the page to go on with; '' at the start

    std::string to_string() const { return std::to_string(from) + ' ' + std::to_string(next) + ' ' + cursor; }
};

Sweep sweep_at(std::string const& position, std::int64_t present)
{
    Sweep sweep{0, 0, {}};
    std::istringstream parts(position);
    parts >> sweep.from >> sweep.next >> sweep.cursor;
    if (sweep.from == 0) sweep.from = present - first_look_back;
    if (sweep.cursor.empty()) sweep.next = present - overlap;
    return sweep;
}

Error unavailable(ProviderAnswer const& answer)
{
    return {ErrorKind::Unavailable, "provider", quoted("ElevenLabs", answer)};
}

} // namespace

Pollers::Pollers(sql::Database& database, Config const& config, Inbox& inbox, ElevenLabsClient& elevenlabs)
    : m_database(database), m_config(config), m_inbox(inbox), m_elevenlabs(elevenlabs)
{
}

bool Pollers::is_known(ListedCall const& call)
{
    return m_database.read(sql::Scope::routing(), [&](sql::Reader& db) {
        auto const found = find_conversation_by_vendor_id(db, call.conversation_id);
        return (found && found->status != "in_progress") || waits_in_inbox(db, call.conversation_id);
    });
}

Outcome Pollers::poll_conversations(std::string& position)
{
    auto const present = now().milliseconds / 1000;
    auto sweep = sweep_at(position, present);
    std::optional<Error> failure;
    int unclear = 0;
    for (int page = 0; page < most_pages; ++page) {
        auto const listed = m_elevenlabs.list_conversations(m_config.elevenlabs_agent_id, Time{}.plus_seconds(sweep.from), sweep.cursor);
        if (!listed.answer) {
            if (listed.answer.ending == Ending::Refused) sweep.cursor.clear(); // it may be too old to go on with
            position = sweep.to_string();
            return unavailable(listed.answer);
        }
        for (auto const& call : listed.value.calls) {
            bool const has_ended = call.status == "done" || call.status == "failed";
            if (!has_ended || is_known(call)) continue;
            auto const conversation = m_elevenlabs.get_conversation(call.conversation_id);
            if (!conversation) {
                if (conversation.ending != Ending::Refused && conversation.ending != Ending::Unclear) return unavailable(conversation);
                failure = unavailable(conversation);
                // Whether it is ElevenLabs that is unwell, or these: before so many in a row keep everybody from it.
                if (conversation.ending == Ending::Unclear && ++unclear % most_unclear == 0)
                    if (auto const again
                        = m_elevenlabs.list_conversations(m_config.elevenlabs_agent_id, Time{}.plus_seconds(sweep.from), sweep.cursor);
                        !again.answer)
                        return unavailable(again.answer);
                sweep.next = std::min(sweep.next, std::max(call.started_at.milliseconds / 1000, present - first_look_back));
                continue;
            }
            m_inbox.keep(polled_conversation_item(
                call.conversation_id, call.status, conversation.body.dump(-1, ' ', false, Json::error_handler_t::replace)));
        }
        sweep.cursor = listed.value.next_cursor;
        position = sweep.cursor.empty() ? std::to_string(sweep.next) : sweep.to_string();
        if (sweep.cursor.empty()) break;
    }
    if (failure) return *failure;
    return Nothing{};
}

Outcome Pollers::check_webhook()
{
    if (m_config.elevenlabs_webhook_secret.empty()) return Nothing{}; // nothing could be taken from it
    auto const listed = m_elevenlabs.list_webhooks();
    if (!listed.answer) return unavailable(listed.answer);
    auto const url = m_config.public_url + "/webhooks/elevenlabs/post-call";
    std::string cause = "ElevenLabs has no webhook that leads to " + url + '.';
    for (auto const& webhook : listed.value) {
        if (webhook.url != url) continue;
        bool const fails = webhook.last_failure_at && webhook.last_failure_at.plus_seconds(recent_failure) > now();
        cause = webhook.is_disabled ? "ElevenLabs has switched our post-call webhook off."
            : fails                 ? "ElevenLabs could not deliver to our post-call webhook"
                + (webhook.last_failure.empty() ? std::string(".") : " (" + webhook.last_failure + ").")
                    : std::string();
        if (cause.empty()) break;
    }
    m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        if (cause.empty()) return resolve_notifications_about(db, webhook_subject);
        put_notification(db,
            {new_id(), webhook_type, webhook_subject, {}, {}, {}, "Results of calls do not arrive by themselves", cause,
                "Check that the public address answers, then run dealerline-edge doctor --fix. Until then we ask ElevenLabs every minute.",
                "pending", now(), {}});
    });
    return Nothing{};
}

void give_up_lost_calls(sql::Database& database)
{
    database.write(sql::Scope::platform(), [](sql::Writer& db) {
        give_up_conversations(db, now().plus_seconds(-looked_back), now().plus_seconds(-lost_after), "no result came", most_given_up);
    });
}
