#pragma once

#include "edge-server/http/router.h"
#include "edge-server/services/inbox.h"
#include "edge-server/services/initiation.h"

struct Config;

// What ElevenLabs calls.
void add_webhook_routes(http::Router& router, Initiation& initiation, Inbox& inbox, Config const& config);
