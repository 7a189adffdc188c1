#pragma once

#include "edge-server/http/router.h"
#include "edge-server/routes/access.h"
#include "shared/base/json.h"

// Sign in, who am I, sign out.
void add_session_routes(http::Router& router, Sessions& sessions, sql::Database& database, Access& access, Json const& installation);
