#pragma once

#include "edge-server/http/router.h"
#include "edge-server/providers/provider_client.h"
#include "edge-server/sql/database.h"

#include <vector>

// GET /metrics, Prometheus' text format, for this machine only.
void add_metrics_routes(http::Router& router, sql::Database& database, std::vector<ProviderClient const*> providers);
