#pragma once

#include "edge-server/store/answers.h"

// What the API answers of texts.

Result<Json> answer_threads(sql::Reader& db, Viewer const& viewer, Query const& query); // or one organisation's, if the query names it
Result<Json> answer_texts(sql::Reader& db, std::string const& organization_id, Query const& query);
