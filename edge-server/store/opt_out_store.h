#pragma once

#include "edge-server/sql/database.h"

#include <optional>
#include <string>
#include <vector>

// A STOP or a START with its evidence.
struct OptOut {
    std::string id;
    std::string organization_id; // '' when it went to the platform's default number
    std::string phone_number_id;
    std::string our_number;
    std::string customer_number;
    std::string kind; // stop, start
    std::string words; // as they were written
    std::string message_sid;
    Time at;
    Time ask_at = {}; // never: `at` is Twilio's own time
    int asked = 0;
};

// Once for each message_sid.
void record_opt_out(sql::Writer& db, OptOut const& opt_out);

// The STOP for which nothing is sent from our number to the customer; none, when they may be reached.
// What counts is the latest word to that number or to any other of the organisation's, by Twilio's time; if the organisation says so, a
// STOP to one of its group too, and one to the default number for whoever sends from it. A text that nobody has processed yet counts
// already when it says STOP.
std::optional<OptOut> find_stop(
    sql::Reader& db, std::string const& organization_id, std::string const& our_number, std::string const& customer_number);
bool is_opted_out(sql::Reader& db, std::string const& organization_id, std::string const& our_number, std::string const& customer_number);

// Leads show what the opt-outs say: those of this number whose organisation a word to `our_number` may concern.
// `organization_id`: whom the word was for; '' for the default number, which concerns whoever has no active number of its own.
void refresh_opted_out(
    sql::Writer& db, std::string const& organization_id, std::string const& our_number, std::string const& customer_number);

std::vector<OptOut> opt_outs_to_ask(sql::Reader& db, Time present, int limit);
std::optional<Time> next_opt_out_to_ask(sql::Reader& db);
void set_opt_out_time(sql::Writer& db, OptOut const& opt_out, Time at); // Twilio's own
void ask_opt_out_later(sql::Writer& db, std::string const& id, Time ask_at);
