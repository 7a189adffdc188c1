#pragma once

#include "shared/base/json.h"
#include "shared/domain/notification.h"
#include "shared/domain/organization.h"
#include "shared/domain/phone_number.h"
#include "shared/domain/provisioning.h"

// Records as a client reads them from the wire. Lenient: what is missing or of another type is empty, what is unknown is ignored.
Organization organization_from(Json const& json);
PhoneNumber phone_number_from(Json const& json);
Notification notification_from(Json const& json);
ProvisioningRun run_from(Json const& json);
ProvisioningStep step_from(Json const& json);

Time time_of(Json const& object, std::string_view name); // never, when it is missing or cannot be read
std::int64_t integer_of(Json const& object, std::string_view name); // 0 when it is missing
