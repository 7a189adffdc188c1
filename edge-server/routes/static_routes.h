#pragma once

#include "edge-server/http/files.h"
#include "edge-server/http/router.h"
#include "edge-server/sql/database.h"

// Pages and assets, and whether the server is alive and may serve.
void add_static_routes(http::Router& router, http::Files const& files, sql::Database& database);
