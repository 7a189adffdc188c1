#pragma once

#include "edge-server/http/router.h"
#include "edge-server/routes/access.h"
#include "edge-server/services/provisioning.h"

// Organisations: list, detail, settings, numbers, and the run that provisions them.
void add_organization_routes(http::Router& router, Provisioning& provisioning, sql::Database& database, Access& access);
