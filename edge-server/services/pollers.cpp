#include "edge-server/services/pollers.h"
#include "edge-server/config.h"
#include "edge-server/services/post_call.h"
#include "edge-server/services/retrying.h"
#include "edge-server/store/conversation_store.h"
#include "edge-server/store/notification_store.h"
#include "shared/base/id.h"

#include <charconv>

namespace {

constexpr std::int64_t overlap = 2 * 3600; // seconds: a call that began so long ago may have ended since
constexpr std::int64_t first_look_back = 24 * 3600;
constexpr std::int64_t lost_after = 6 * 3600;
constexpr std::int64_t looked_back = 3 * 24 * 3600;
constexpr int most_pages = 50; // of 100 conversations, in one go
constexpr int most_given_up = 100;
constexpr std::int64_t recent_failure = 3600;
constexpr auto webhook_type = "webhook_failing";
constexpr auto webhook_subject = "post-call";

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
    std::int64_t from = 0;
    std::from_chars(position.data(), position.data() + position.size(), from);
    if (from == 0) from = present - first_look_back;
    std::string cursor;
    for (int page = 0; page < most_pages; ++page) {
        auto const listed = m_elevenlabs.list_conversations(m_config.elevenlabs_agent_id, Time{}.plus_seconds(from), cursor);
        if (!listed.answer) return unavailable(listed.answer);
        for (auto const& call : listed.value.calls) {
            bool const has_ended = call.status == "done" || call.status == "failed";
            if (!has_ended || is_known(call)) continue;
            auto const conversation = m_elevenlabs.get_conversation(call.conversation_id);
            if (!conversation) return unavailable(conversation);
            m_inbox.keep(polled_conversation_item(
                call.conversation_id, call.status, conversation.body.dump(-1, ' ', false, Json::error_handler_t::replace)));
        }
        cursor = listed.value.next_cursor;
        if (cursor.empty()) {
            position = std::to_string(present - overlap);
            return Nothing{};
        }
    }
    return Error{ErrorKind::Unavailable, "too_many", "There are more calls than one look takes; the next one begins at the same place."};
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
