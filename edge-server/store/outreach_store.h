#pragma once

#include "edge-server/sql/database.h"

#include <string>

// What a customer did first: whom may be called and texted follows from it.

bool has_called_or_texted(sql::Reader& db, std::string const& organization_id, std::string const& customer_number);
bool has_texted_since(
    sql::Reader& db, std::string const& organization_id, std::string const& customer_number, std::string const& our_number, Time since);
bool may_reach_strangers(sql::Reader& db, std::string const& organization_id); // a platform admin allowed it
