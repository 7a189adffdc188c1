#pragma once

#include "edge-server/sql/database.h"
#include "edge-server/store/list_page.h"
#include "shared/domain/phone_number.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

inline constexpr std::array<std::string_view, 7> phone_number_states{
    "active", "imported", "bought", "suspended", "releasing", "released", "needs_attention"};

// A number as the list over all organisations shows it.
struct ListedNumber {
    PhoneNumber number;
    std::string organization_name;
    Time released_at;
};

void insert_phone_number(sql::Writer& db, PhoneNumber const& number);
std::optional<PhoneNumber> find_phone_number(sql::Reader& db, std::string const& id);
std::optional<PhoneNumber> find_owned_number(sql::Reader& db, std::string const& e164); // of the present period of ownership
std::optional<PhoneNumber> find_number_by_sid(sql::Reader& db, std::string const& twilio_sid);
std::vector<PhoneNumber> list_phone_numbers(sql::Reader& db, std::string const& organization_id);
// Of all organisations, or of a member's; sorted by number or newest.
std::vector<ListedNumber> list_all_numbers(sql::Reader& db, ListPage const& page);
Counts count_numbers(sql::Reader& db, ListPage const& page); // of all that match the search, whatever the filter
// Owned ones whose line for this month (2026-11) is not in the ledger.
std::vector<PhoneNumber> list_numbers_to_bill(
    sql::Reader& db, std::string const& after_id, std::string const& month, Time present, int limit);
struct OwnedNumbers {
    std::int64_t owned = 0;
    std::int64_t active = 0;
};
OwnedNumbers count_owned_numbers(sql::Reader& db);

// `is_active` and `activated_at` follow from the state.
void set_number_state(sql::Writer& db, std::string const& id, std::string const& state, std::string const& reason);
void set_number_import(sql::Writer& db, std::string const& id, std::string const& elevenlabs_phone_id, std::string const& agent_id);
