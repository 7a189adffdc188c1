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

#include <vector>

// Records as they cross the wire: one spelling for member, key and column; times RFC 3339, null when never.
Json to_json(PhoneNumber const& number);
Json to_json(Notification const& notification);
Json to_json(ProvisioningRun const& run, std::vector<ProvisioningStep> const& steps);

// `status`: what a list shows of an organisation, from its own state, its run's and its number's.
Json to_json(Organization const& organization, std::string const& status);

Json to_json(OrganizationSettings const& settings);
Json to_json(Lead const& lead);
Json to_json(Note const& note);
Json to_json(Conversation const& conversation);
Json to_json(Message const& message);
Json to_json(LedgerEntry const& entry);
Json to_json(std::vector<Turn> const& transcript);
Json to_json(NamedValues const& values); // [{name, value}]

std::string money(std::int64_t micro_dollars); // "0.0125", as JSON says it
