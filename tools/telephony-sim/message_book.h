#pragma once

#include "tools/telephony-sim/database.h"
#include "tools/telephony-sim/json.h"
#include "tools/telephony-sim/page_of.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace simulator {

// Texts, as Twilio records and charges them, and who wants none.

struct TextMessage {
    std::string sid;
    std::string direction; // inbound, outbound-api, outbound-reply
    std::string from;
    std::string to;
    std::string body;
    int64_t segments = 1;
    int64_t media = 0;
    int64_t created_at = 0; // milliseconds, all three
    std::optional<int64_t> sent_at = {}; // nothing: it never left
    std::optional<int64_t> ended_at = {}; // when it reaches its outcome; nothing: never
    std::string outcome = {}; // received; delivered, undelivered, failed, canceled
    int64_t error_code = 0;
    int64_t price = 0; // micro-dollars
};

void save_message(Database& db, TextMessage const& message); // new or changed
std::optional<TextMessage> find_message(Database& db, std::string const& sid);
bool delete_message(Database& db, std::string const& sid);
std::optional<PageOf<TextMessage>> list_messages(Database& db, Fields const& query, PageRequest const& page);
std::vector<TextMessage> messages_between(Database& db, std::string const& one, std::string const& other); // oldest first
int64_t count_replies(Database& db, std::string const& from, std::string const& to, int64_t since);

TextMessage message_of(Row const& row); // all columns but the sequence, in their order
std::string status_of(TextMessage const& message, int64_t now);
Json described(TextMessage const& message, int64_t now);

void stop_texts(Database& db, std::string const& our_number, std::string const& customer);
void allow_texts(Database& db, std::string const& our_number, std::string const& customer);
bool are_texts_stopped(Database& db, std::string const& our_number, std::string const& customer);

} // namespace simulator
