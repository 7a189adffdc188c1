#pragma once

#include "edge-server/http/router.h"
#include "edge-server/services/inbox.h"

struct Config;

// What Twilio calls: texts, how ours fare, and calls that Jack cannot answer.
void add_twilio_routes(http::Router& router, Inbox& inbox, sql::Database& database, Config const& config);
