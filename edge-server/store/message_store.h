#pragma once

#include "edge-server/sql/database.h"
#include "shared/domain/message.h"

#include <optional>
#include <string>
#include <vector>

// False: there is one of this SID already, and nothing was written.
bool insert_inbound_text(sql::Writer& db, Message const& message);
// Due at once. `request_key`: of the click that sends it, '' without one.
void insert_outbound_text(sql::Writer& db, Message const& message, std::string const& author_id, std::string const& request_key);
// What Twilio says of it: state, error, SID and segments. It is due no more when `settled`.
void update_text(sql::Writer& db, Message const& message, bool settled);

std::optional<Message> find_text(sql::Reader& db, std::string const& id);
std::optional<Message> find_text_by_sid(sql::Reader& db, std::string const& twilio_sid);
std::optional<Message> find_text_by_request(sql::Reader& db, std::string const& request_key);

// A text on its way to Twilio.
struct OutgoingText {
    Message message;
    int attempts = 0;
    Time posted_at; // when the request left us; never: it has not
};
// One at a time for each lead, in the order in which they were written.
std::optional<OutgoingText> claim_due_text(sql::Writer& db, std::string const& owner, Time present, Time lease_until);
// False: another worker has it.
bool renew_text_lease(sql::Writer& db, std::string const& id, std::string const& owner, Time lease_until);
void release_text_lease(sql::Writer& db, std::string const& id, std::string const& owner);
void void_all_text_leases(sql::Writer& db);
void mark_text_posted(sql::Writer& db, std::string const& id, Time at);
void postpone_text(sql::Writer& db, OutgoingText const& text, Time due_at); // with its attempts and its posted_at
std::optional<Time> next_due_text(sql::Reader& db);
// Of those that Twilio has and that may change yet.
std::optional<Time> oldest_text_on_the_way(sql::Reader& db, Time since);
// The text whose fate is not known and that is this one of Twilio's; none, when several could be.
std::optional<Message> find_unclear_text(
    sql::Reader& db, std::string const& from_number, std::string const& to_number, std::string const& body, Time at);

struct TextFilter {
    std::string organization_id;
    std::string lead_id; // '' for all
    Time before; // keyset: (sent_at, id) before this
    std::string before_id;
    int limit = 50;
};
std::vector<Message> list_texts(sql::Reader& db, TextFilter const& filter); // newest first
