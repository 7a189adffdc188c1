#pragma once

#include "edge-server/http/router.h"
#include "edge-server/routes/access.h"
#include "edge-server/services/drift.h"

// What differs between our books and the vendors', its repair, and the numbers that are paid for and used by nobody.
void add_drift_routes(http::Router& router, Drift& drift, sql::Database& database, Access& access);
