#pragma once

#include "edge-server/http/router.h"
#include "edge-server/routes/access.h"
#include "edge-server/services/outbound_calls.h"

// Calls that a dealership makes: begun here, dialled by a worker.
void add_call_routes(http::Router& router, OutboundCalls& calls, sql::Database& database, Access& access);
