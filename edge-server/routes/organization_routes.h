#pragma once

#include "edge-server/http/router.h"
#include "edge-server/routes/access.h"
#include "edge-server/services/lines.h"

// Organisations: list, detail, settings, numbers, and the run that provisions them.
// `wake_lines`: a line has to be switched off, on or given back.
void add_organization_routes(http::Router& router, Provisioning& provisioning, std::function<void()> wake_lines, sql::Database& database,
    Access& access, Config const& config);
