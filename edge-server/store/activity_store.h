#pragma once

#include "edge-server/sql/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What happened lately, over calls, texts, leads and lines; and small sums of it.

struct Activity {
    std::string id; // of the record
    std::string kind; // call, missed_call, outbound_call, text_in, text_out, lead, opt_out, line, notification
    std::string organization_id;
    std::string organization_name;
    std::string text; // one sentence, without the organisation
    std::string address; // of the record in the console
    Time at;
};
// Newest first. `organization_id`: '' for all; `member_user_id`: '' for the platform.
std::vector<Activity> list_activity(sql::Reader& db, std::string const& organization_id, std::string const& member_user_id, int limit);

struct Contacts {
    std::int64_t calls = 0;
    std::int64_t texts = 0;
};
Contacts count_contacts(sql::Reader& db, std::string const& organization_id, std::string const& lead_id);

struct TextCounts {
    std::int64_t all = 0;
    std::int64_t not_delivered = 0;
};
TextCounts count_texts(sql::Reader& db, Time since);
std::int64_t spent_in(sql::Reader& db, std::string const& month); // micro-dollars, everyone's
