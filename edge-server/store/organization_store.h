#pragma once

#include "edge-server/sql/database.h"
#include "shared/domain/organization.h"

#include <optional>
#include <string>
#include <vector>

// An organisation with what a list shows beside it.
struct OrganizationSummary {
    Organization organization;
    std::string status; // active, provisioning, needs_attention, held, suspended, closed
    std::string phone_number; // the one that it owns, '' without
};

struct OrganizationPage {
    std::string search; // part of name or slug, any case; '' for all
    std::string after_id; // keyset: ids before this one (newest first); '' for the first page
    std::string member_user_id; // '' for the platform: everyone's
    int limit = 50;
};

void insert_organization(sql::Writer& db, Organization const& organization);
std::optional<OrganizationSummary> find_organization(sql::Reader& db, std::string const& id);
std::vector<OrganizationSummary> list_organizations(sql::Reader& db, OrganizationPage const& page);
bool slug_exists(sql::Reader& db, std::string const& slug);
void update_organization_settings(sql::Writer& db, Organization const& organization); // name, time_zone

struct IdempotencyRecord {
    std::string organization_id;
    std::string fingerprint;
};
std::optional<IdempotencyRecord> find_idempotency_key(sql::Reader& db, std::string const& key);
void insert_idempotency_key(sql::Writer& db, std::string const& key, IdempotencyRecord const& record);

std::int64_t rate_of(sql::Reader& db, std::string const& kind); // micro-dollars

struct AuditEntry {
    std::string organization_id; // '' for the platform's chain
    std::string actor; // user id, or what acted
    std::string action;
    std::string subject;
    std::string detail = {};
};
using Digest = std::string (*)(std::string_view);
void append_audit(sql::Writer& db, AuditEntry const& entry, Digest digest);
