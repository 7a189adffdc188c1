#pragma once

#include "edge-server/http/router.h"
#include "edge-server/services/initiation.h"

struct Config;

// What the vendors call.
void add_webhook_routes(http::Router& router, Initiation& initiation, Config const& config);
