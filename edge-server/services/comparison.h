#pragma once

#include "edge-server/providers/twilio_client.h"
#include "edge-server/sql/database.h"
#include "shared/base/result.h"

// What Twilio says of each call and text of the last days beside our ledger. The differences become drift, those of the time before go.
Outcome compare_bills(sql::Database& database, TwilioClient& twilio, Time present);
