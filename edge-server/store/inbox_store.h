#pragma once

#include "edge-server/sql/database.h"
#include "edge-server/store/list_page.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

inline constexpr std::array<std::string_view, 4> inbox_states{"failed", "unrouted", "waiting", "done"};

// What a vendor told us, as it came.
struct InboxItem {
    std::string id;
    std::string source; // elevenlabs, twilio
    std::string kind; // post_call_transcription, call_initiation_failure, sms, message_status; others as they came
    std::string dedupe_key;
    std::string subject; // the vendor's id of what it is about; of a text 'from>to'
    std::string via; // webhook, poll
    std::string body; // JSON; a form as an object of its fields
    std::string state = "waiting"; // waiting, done, failed, unrouted
    std::string cause = {};
    std::string organization_id = {}; // once it is known whose it is
    std::string organization_name = {};
    int attempts = 0;
    Time received_at = {};
    Time processed_at = {};
};

// False: it is there already, and nothing was written. An item without a body has its parts, which were written before it.
bool keep_in_inbox(sql::Writer& db, InboxItem const& item);
void keep_inbox_part(sql::Writer& db, std::string const& item_id, int part, std::string_view body);
void drop_inbox_parts(sql::Writer& db, std::string const& item_id);
void drop_lost_inbox_parts(sql::Writer& db); // those whose item was never written
bool is_in_inbox(sql::Reader& db, std::string const& dedupe_key);
// Whether something about this subject is not processed yet, or could not be.
bool waits_in_inbox(sql::Reader& db, std::string const& subject);
// Those that are due, oldest first, at most `limit`; none more once their bodies come to `most_bytes`.
std::vector<InboxItem> waiting_in_inbox(sql::Reader& db, Time present, int limit, std::size_t most_bytes);
std::optional<Time> next_inbox_work(sql::Reader& db);
void settle_inbox_item(
    sql::Writer& db, std::string const& id, std::string const& state, std::string const& cause, std::string const& organization_id);
void postpone_inbox_item(sql::Writer& db, std::string const& id, std::string const& cause, Time due_at); // counts an attempt
// Waits again, whatever became of it. False: there is no such item.
bool replay_inbox_item(sql::Writer& db, std::string const& id);

std::optional<InboxItem> find_inbox_item(sql::Reader& db, std::string const& id);
// Newest first, of one state or all, without their bodies.
std::vector<InboxItem> list_inbox(sql::Reader& db, std::string const& state, std::string const& after_id, int limit);
Counts count_inbox(sql::Reader& db); // by state
