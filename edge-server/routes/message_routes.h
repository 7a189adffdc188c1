#pragma once

#include "edge-server/http/router.h"
#include "edge-server/routes/access.h"
#include "edge-server/services/texts.h"

// Texts: threads, the texts of a lead or an organisation, and sending one.
void add_message_routes(http::Router& router, Texts& texts, sql::Database& database, Access& access);
