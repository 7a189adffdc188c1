#pragma once

#include "shared/base/json.h"
#include "web-client/state/app_state.h"

#include <optional>

namespace console {

// The server's answers, read leniently: a member that is missing is empty.
std::optional<Session> session_from(Json const& answer); // nothing without a user
OrganizationRow organization_row_from(Json const& json);
NumberRow number_row_from(Json const& json);
Overview overview_from(Json const& answer);
DriftReport drift_from(Json const& answer);
std::vector<Orphan> orphans_from(Json const& answer);
Run run_with_steps_from(Json const& answer);
std::map<std::string, int> counts_from(Json const& counts);

ConversationRow conversation_row_from(Json const& json);
ConversationPage conversation_page_from(Json const& json);
LeadRow lead_row_from(Json const& json);
LeadPage lead_page_from(Json const& json);
Usage usage_from(Json const& answer);
LedgerRow ledger_row_from(Json const& json);
InboxRow inbox_row_from(Json const& json);
std::vector<Activity> activity_from(Json const& answer);
Traffic traffic_from(Json const& overview);

} // namespace console
