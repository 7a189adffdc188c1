#pragma once

#include "edge-server/sql/database.h"
#include "shared/domain/phone_number.h"

#include <optional>
#include <string>
#include <vector>

void insert_phone_number(sql::Writer& db, PhoneNumber const& number);
std::optional<PhoneNumber> find_phone_number(sql::Reader& db, std::string const& id);
std::optional<PhoneNumber> find_owned_number(sql::Reader& db, std::string const& e164); // of the present period of ownership
std::optional<PhoneNumber> find_number_by_sid(sql::Reader& db, std::string const& twilio_sid);
std::vector<PhoneNumber> list_phone_numbers(sql::Reader& db, std::string const& organization_id);

// `is_active` and `activated_at` follow from the state.
void set_number_state(sql::Writer& db, std::string const& id, std::string const& state, std::string const& reason);
void set_number_import(sql::Writer& db, std::string const& id, std::string const& elevenlabs_phone_id, std::string const& agent_id);
