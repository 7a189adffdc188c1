#pragma once

#include "edge-server/sql/database.h"
#include "shared/base/json.h"
#include "shared/base/result.h"

#include <functional>
#include <optional>
#include <string>

// What the reading half of the API answers. The routes ask here after they know who may see it; a snapshot asks without them.

using Query = std::function<std::optional<std::string>(char const* name)>; // an address's parameters, decoded

// Whose records a list has.
struct Viewer {
    std::string member_user_id; // '' for the platform: everyone's
};

Result<Json> answer_organizations(sql::Reader& db, Viewer const& viewer, Query const& query);
Result<Json> answer_organization(sql::Reader& db, std::string const& id);
Result<Json> answer_numbers_of(sql::Reader& db, std::string const& organization_id);
Result<Json> answer_provisioning(sql::Reader& db, std::string const& organization_id);
Result<Json> answer_phone_numbers(sql::Reader& db, Viewer const& viewer, Query const& query);
Result<Json> answer_notifications(sql::Reader& db, Query const& query);
Result<Json> answer_notification(sql::Reader& db, std::string const& id);
Result<Json> answer_drift(sql::Reader& db); // the last look at the vendors' books
Result<Json> answer_orphans(sql::Reader& db);
// `providers`: how the vendors answer at present, which no database knows.
Result<Json> answer_overview(sql::Reader& db, Query const& query, Time present, Json providers);

struct OrganizationSummary;
Json to_json(OrganizationSummary const& summary);
Error no_organization();
