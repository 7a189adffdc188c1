#pragma once

#include "edge-server/http/files.h"
#include "edge-server/http/router.h"
#include "edge-server/routes/access.h"
#include "edge-server/services/provisioning.h"
#include "edge-server/services/signup.h"

// POST /api/signup, and the page that does the same for people, with and without scripts.
void add_signup_routes(http::Router& router, Signups& signups, Provisioning& provisioning, sql::Database& database, Access& access,
    http::Files const& files, Config const& config);
