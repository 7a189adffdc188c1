#pragma once

#include "edge-server/http/router.h"
#include "edge-server/routes/access.h"

// Calls and what was said in them, leads with their notes, and what happened lately.
void add_conversation_routes(http::Router& router, sql::Database& database, Access& access);
void add_lead_routes(http::Router& router, sql::Database& database, Access& access);
