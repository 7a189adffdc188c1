#pragma once

#include "shared/base/json.h"
#include "shared/domain/notification.h"
#include "shared/domain/organization.h"
#include "shared/domain/phone_number.h"
#include "shared/domain/provisioning.h"

#include <vector>

// Records as they cross the wire: one spelling for member, key and column; times RFC 3339, null when never.
Json to_json(PhoneNumber const& number);
Json to_json(Notification const& notification);
Json to_json(ProvisioningRun const& run, std::vector<ProvisioningStep> const& steps);

// `status`: what a list shows of an organisation, from its own state, its run's and its number's.
Json to_json(Organization const& organization, std::string const& status);
