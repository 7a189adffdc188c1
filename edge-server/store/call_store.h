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
std::string last_summary(sql::Reader& db, std::string const& organization_id, std::string const& lead_id); // '' without one
// Of contacts before this call; `most` of each kind.
Memory memory_of(sql::Reader& db, std::string const& organization_id, std::string const& lead_id, std::string const& call_sid, int most);
void record_inbound_call(sql::Writer& db, InboundCall const& call); // a call recorded before stays as it is
