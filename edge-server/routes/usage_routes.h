#pragma once

#include "edge-server/http/router.h"
#include "edge-server/routes/access.h"

// What was used and what it costs: by day, line by line, and as a file for a spreadsheet.
void add_usage_routes(http::Router& router, sql::Database& database, Access& access);
