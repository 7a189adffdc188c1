#pragma once

#include "edge-server/sql/database.h"

#include <optional>
#include <string>
#include <vector>

// What an inbound call needs: who was called, who calls, what was said last.

struct CalledNumber {
    std::string phone_number_id;
    std::string organization_id;
    std::string organization_name;
};

// What is known of a lead, as far as Jack is told.
struct KnownCaller {
    std::string lead_id;
    std::string name;
    std::string status; // '' until someone sets it
    std::string first_call_sid;
    std::string interest;
    std::string appointment;
    bool has_texts = false;
};

// The last things between a lead and the dealership, newest first.
struct Memory {
    struct Contact {
        Time at;
        std::string direction; // inbound, outbound
        std::string words; // of a call its summary, '' without one
    };
    std::vector<Contact> calls;
    std::vector<Contact> texts;
    std::vector<std::string> notes;
    std::string last_summary; // '' without one
};

struct InboundCall {
    std::string id; // of the conversation to be recorded
    std::string organization_id;
    std::string phone_number_id;
    std::string call_sid;
    std::string caller; // E.164; '' makes a conversation without a lead
    std::string known_lead_id; // of the caller, when there is one
    std::string new_lead_id; // used when there is none
    std::string agent_id;
    std::string variables; // JSON: what Jack is told
    Time started_at;
};

// An owned number in every state; the tenant follows from the number alone.
std::optional<CalledNumber> find_called_number(sql::Reader& db, std::string const& e164);
std::optional<KnownCaller> find_caller(sql::Reader& db, std::string const& organization_id, std::string const& e164);
std::optional<KnownCaller> find_known_lead(sql::Reader& db, std::string const& organization_id, std::string const& lead_id);
// Of contacts other than this call; `most` of each kind.
Memory memory_of(sql::Reader& db, std::string const& organization_id, KnownCaller const& lead, std::string const& call_sid, int most);
void record_inbound_call(sql::Writer& db, InboundCall const& call); // a call recorded before stays as it is

// Writes down a call of a known lead, or of nobody, where it costs least: it counts as recorded, and becomes a conversation when it is
// filed. False: it lies there already.
bool put_aside(sql::Writer& db, InboundCall const& call);
// Makes a call that was put aside a conversation; without a row, or when it is recorded already, nothing.
void file_call(sql::Writer& db, std::string const& call_sid);
std::vector<std::string> calls_put_aside(sql::Reader& db, int most); // their call_sids
std::size_t count_calls_put_aside(sql::Reader& db);
