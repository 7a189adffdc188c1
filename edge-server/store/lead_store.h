#pragma once

#include "edge-server/sql/database.h"
#include "edge-server/store/list_page.h"
#include "shared/domain/lead.h"
#include "shared/domain/message.h"

#include <optional>
#include <string>
#include <vector>

// Finds or makes the lead of a number. `contact_sid`: of the call or text that reached us. refresh_lead() afterwards. Its id.
std::string reach_lead(
    sql::Writer& db, std::string const& organization_id, std::string const& e164, std::string const& contact_sid, Time at);
// Everything that follows from the lead's calls and texts is computed anew from them, so that their order of arrival does not matter.
void refresh_lead(sql::Writer& db, std::string const& organization_id, std::string const& lead_id);
// The thread's columns, after a text was written or changed. An inbound one that is new counts as unread.
void note_text(sql::Writer& db, Message const& message, bool is_new);
void set_opted_out(sql::Writer& db, std::string const& lead_id, bool opted_out);

std::optional<Lead> find_lead(sql::Reader& db, std::string const& organization_id, std::string const& lead_id);
std::optional<Lead> find_lead_by_number(sql::Reader& db, std::string const& organization_id, std::string const& e164);

struct LeadChange {
    std::optional<std::string> name, status, interest, trade_in, appointment;
    std::optional<bool> wants_person;
};
void change_lead(sql::Writer& db, Lead const& lead, LeadChange const& change);
void mark_read(sql::Writer& db, std::string const& organization_id, std::string const& lead_id);
void insert_note(
    sql::Writer& db, std::string const& organization_id, std::string const& lead_id, std::string const& author_id, std::string const& text);
std::vector<Note> list_notes(sql::Reader& db, std::string const& lead_id, int limit); // newest first

struct ListedLead {
    Lead lead;
    std::string organization_name;
};
// Which leads a list has.
struct LeadFilter {
    std::string organization_id; // '' for all that may be seen
    std::string member_user_id; // '' for the platform
    std::string stage; // '' for all
    std::string search; // lower case
    std::string digits;
    Time before; // keyset: (last_contact_at, id) before this
    std::string before_id;
    int limit = 50;
};
std::vector<ListedLead> list_leads(sql::Reader& db, LeadFilter const& filter); // last contact first
Counts count_leads(sql::Reader& db, LeadFilter const& filter); // by stage, whatever the filter's; and wants_person

// Which threads a list has: leads with texts.
struct ThreadFilter {
    std::string organization_id; // '' for all that may be seen
    std::string member_user_id; // '' for the platform
    std::string kind; // unread, opted_out; '' for all
    std::string search; // lower case
    std::string digits;
    Time before; // keyset: (last_message_at, id) before this
    std::string before_id;
    int limit = 50;
};
std::vector<ListedLead> list_threads(sql::Reader& db, ThreadFilter const& filter); // last text first
Counts count_threads(sql::Reader& db, ThreadFilter const& filter); // all, unread and opted_out, whatever the filter's kind
