#pragma once

#include "edge-server/providers/twilio_client.h"
#include "edge-server/services/inbox.h"
#include "edge-server/services/twilio_signature.h"
#include "edge-server/store/message_store.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>

struct Config;

// --- what Twilio brings ---

// A customer's text, and how one of ours fares, as they are kept. `message_id`: of our text, as its callback's address says.
InboxItem text_item(TwilioForm const& form);
InboxItem text_status_item(TwilioForm const& form, std::string const& message_id);
// The same, of a text that Twilio lists.
InboxItem polled_text_item(TwilioText const& text);
InboxItem polled_status_item(TwilioText const& text, std::string const& message_id);

// A text belongs to the owner of the number that was texted, and to nobody else.
Processed take_text(sql::Writer& db, Config const& config, InboxItem const& item);
// States only move forward, whatever comes first.
Processed take_message_status(sql::Writer& db, InboxItem const& item);
// What Twilio's status makes of a text that it has. '' for one that we do not know.
std::string text_state_of(std::string const& twilio_status);
bool is_forward(std::string const& from_state, std::string const& to_state);

// --- what we send ---

struct NewText {
    std::string organization_id;
    std::string lead_id; // or a number:
    std::string to_number; // as people write it
    std::string body;
    std::string author_id;
    std::string request_key; // of the click; '' without one
};

// Texts from the console: checked and written down first, then handed to Twilio by a worker, once each whatever happens on the way.
// A request whose end is not known is looked for in Twilio's list; what is not found there is said to be unclear and never sent again
// by itself.
class Texts {
public:
    Texts(sql::Database& database, Config const& config, TwilioClient& twilio);

    // Inside the caller's transaction; wake() afterwards. A repeated click is answered with the first one's text.
    Result<Message> write(sql::Writer& db, NewText const& text, Time at) const;

    // Hands over one text, or looks for one. False: none is due.
    bool send_next(std::string const& worker);
    // Asks Twilio when a STOP or a START was written. False: none is to be asked for.
    bool ask_next();
    // Sleeps until something is due, wake() was called since `calls_seen`, or `longest` has passed.
    void wait_for_work(std::uint64_t& calls_seen, std::chrono::milliseconds longest);
    void wake();

private:
    enum class Ready { Yes, Refused, Lost };

    Ready prepare(OutgoingText const& text, std::string const& worker);
    void post(OutgoingText text);
    void look_for(OutgoingText text, std::string const& worker);
    void fail(std::string const& id, std::string const& code, std::string const& words);
    void adopt(std::string const& id, TwilioText const& at_twilio);
    void postpone(OutgoingText const& text, std::chrono::milliseconds delay);
    std::string callback_of(std::string const& message_id) const;

    sql::Database& m_database;
    Config const& m_config;
    TwilioClient& m_twilio;
    std::mutex m_mutex;
    std::condition_variable m_called;
    std::uint64_t m_calls = 0; // of wake()
};
