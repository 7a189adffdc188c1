#pragma once

#include "edge-server/sql/database.h"
#include "edge-server/store/list_page.h"
#include "shared/domain/organization.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What an organisation's status may be, in the order of the attention that it needs.
inline constexpr std::array<std::string_view, 6> organization_statuses{
    "needs_attention", "held", "provisioning", "suspended", "active", "closed"};

// An organisation with what a list shows beside it.
struct OrganizationSummary {
    Organization organization;
    std::string status;
    std::string phone_number; // the one that it owns, '' without
    std::string place; // of the number
    std::string cause; // of a stopped run
    std::string name_key; // as lists by name sort it
    Time release_at; // closed: its number is released then
};

void insert_organization(sql::Writer& db, Organization const& organization);
std::optional<OrganizationSummary> find_organization(sql::Reader& db, std::string const& id);
// Sorted by attention, name or newest.
std::vector<OrganizationSummary> list_organizations(sql::Reader& db, ListPage const& page);
Counts count_organizations(sql::Reader& db, ListPage const& page); // of all that match the search, whatever the filter
// After every write to the organisation, its run or its number that its status may follow from.
void refresh_status(sql::Writer& db, std::string const& organization_id);

struct DailySignups {
    std::int64_t day = 0; // since 1970, in the reader's zone
    std::int64_t organizations = 0;
    std::int64_t live = 0; // of them, today
};
std::vector<DailySignups> count_signups(sql::Reader& db, Time since, std::int64_t utc_offset_milliseconds);
void set_organization_state(sql::Writer& db, std::string const& id, std::string const& state); // open, suspended, closed
bool slug_exists(sql::Reader& db, std::string const& slug);
void update_organization_settings(sql::Writer& db, Organization const& organization); // name, time_zone

inline constexpr std::int64_t default_budget = 50'000'000; // micro-dollars, of an organisation that was given none

OrganizationSettings find_settings(sql::Reader& db, std::string const& organization_id);
void update_settings(sql::Writer& db, std::string const& organization_id, OrganizationSettings const& settings); // all but the budget

struct IdempotencyRecord {
    std::string organization_id;
    std::string fingerprint;
};
std::optional<IdempotencyRecord> find_idempotency_key(sql::Reader& db, std::string const& key);
void insert_idempotency_key(sql::Writer& db, std::string const& key, IdempotencyRecord const& record);

// Signups that one address made since a time.
struct AddressSignups {
    std::int64_t free = 0;
    std::int64_t held = 0; // beyond what an address may cause to be bought
};
AddressSignups count_address_signups(sql::Reader& db, std::string const& address, Time since);
void insert_address_signup(sql::Writer& db, std::string const& id, std::string const& address, bool held);
void delete_address_signups(sql::Writer& db, Time before);

struct AuditEntry {
    std::string organization_id; // '' for the platform's chain
    std::string actor; // user id, or what acted
    std::string action;
    std::string subject;
    std::string detail = {};
};
using Digest = std::string (*)(std::string_view);
void append_audit(sql::Writer& db, AuditEntry const& entry, Digest digest);
