#pragma once

#include "edge-server/http/router.h"
#include "edge-server/sql/database.h"
#include "shared/base/bound.h"
#include "shared/base/json.h"

#include <functional>

// GET /metrics, Prometheus' text format, for this machine only.
// `providers`: how the vendors and our own parts do at present. `bounds`: every queue, pool and crowd, and how full it is.
void add_metrics_routes(http::Router& router, sql::Database& database, std::function<Json()> providers, std::function<Bounds()> bounds);
