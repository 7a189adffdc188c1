#pragma once

#include "edge-server/sql/database.h"

#include <string>

// Whether the latest word of this customer to this number of ours was STOP.
bool is_opted_out(sql::Reader& db, std::string const& organization_id, std::string const& our_number, std::string const& customer_number);
