#pragma once

#include "edge-server/store/answers.h"

// What the reading half of the API answers of money. `organization_id`: '' for all that the viewer may see.

Result<Json> answer_usage(sql::Reader& db, Viewer const& viewer, std::string const& organization_id, Query const& query, Time present);
Result<Json> answer_usage_lines(
    sql::Reader& db, Viewer const& viewer, std::string const& organization_id, Query const& query, Time present);

struct UsageFile {
    std::string name;
    std::string csv;
};
// One line a ledger line, oldest last. Too many for one file are refused.
Result<UsageFile> usage_file(sql::Reader& db, Viewer const& viewer, std::string const& organization_id, Query const& query, Time present);
