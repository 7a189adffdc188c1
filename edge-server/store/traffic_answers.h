#pragma once

#include "edge-server/store/answers.h"

// What the reading half of the API answers of calls, leads and the webhook inbox. `organization_id`: '' for all that the viewer may see.

Result<Json> answer_conversations(sql::Reader& db, Viewer const& viewer, std::string const& organization_id, Query const& query);
Result<Json> answer_conversation(sql::Reader& db, std::string const& organization_id, std::string const& id);
Result<Json> answer_leads(sql::Reader& db, Viewer const& viewer, std::string const& organization_id, Query const& query);
Result<Json> answer_lead(sql::Reader& db, std::string const& organization_id, std::string const& id);
Result<Json> answer_inbox(sql::Reader& db, Query const& query);
Result<Json> answer_inbox_item(sql::Reader& db, std::string const& id); // with its body
Result<Json> answer_activity(sql::Reader& db, Viewer const& viewer, std::string const& organization_id, Query const& query);
// Calls of today and of a week ago by hour, texts of today, this month's spend: part of the overview.
Json traffic_overview(sql::Reader& db, std::int64_t utc_offset_milliseconds, Time present);

Error no_lead();
