#pragma once

#include "shared/base/json.h"
#include "shared/domain/conversation.h"
#include "shared/domain/lead.h"
#include "shared/domain/ledger.h"
#include "shared/domain/message.h"
#include "shared/domain/notification.h"
#include "shared/domain/organization.h"
#include "shared/domain/phone_number.h"
#include "shared/domain/provisioning.h"

// Records as a client reads them from the wire. Lenient: what is missing or of another type is empty, what is unknown is ignored.
Organization organization_from(Json const& json);
OrganizationSettings settings_from(Json const& json); // of an organisation
PhoneNumber phone_number_from(Json const& json);
Notification notification_from(Json const& json);
ProvisioningRun run_from(Json const& json);
ProvisioningStep step_from(Json const& json);
Lead lead_from(Json const& json);
Note note_from(Json const& json);
Conversation conversation_from(Json const& json);
Message message_from(Json const& json);
LedgerEntry ledger_entry_from(Json const& json);
std::vector<Turn> transcript_from(Json const& json);
NamedValues named_values_from(Json const& json);

Time time_of(Json const& object, std::string_view name); // never, when it is missing or cannot be read
std::int64_t integer_of(Json const& object, std::string_view name); // 0 when it is missing
std::int64_t money_of(Json const& object, std::string_view name); // micro-dollars of "0.0125"; 0 when it is missing or cannot be read
