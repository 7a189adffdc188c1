#pragma once

#include "edge-server/http/router.h"
#include "edge-server/routes/access.h"
#include "edge-server/services/inbox.h"

// The webhook inbox, as the platform sees it: what waits, what could not be processed and why, and its replay.
void add_inbox_routes(http::Router& router, Inbox& inbox, sql::Database& database, Access& access);
