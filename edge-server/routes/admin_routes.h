#pragma once

#include "edge-server/http/router.h"
#include "edge-server/routes/access.h"
#include "edge-server/services/provisioning.h"

// What the platform's admins do: notifications, and the manual step of activating an imported number.
// `providers`: how the vendors and our own parts do at present.
void add_admin_routes(
    http::Router& router, Provisioning& provisioning, sql::Database& database, Access& access, std::function<Json()> providers);
