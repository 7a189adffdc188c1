#pragma once

#include "edge-server/store/organization_store.h"
#include "shared/domain/organization.h"
#include "shared/domain/provisioning.h"

#include <string>
#include <vector>

struct Config;

// The signup page in each of its states, rendered from one template.
struct SignupForm {
    Signup signup; // as typed; the password is never sent back
    std::string chosen_area; // a chip's code, or "other"
    std::string idempotency_key;
    std::vector<Error> errors;
    std::string free_slug; // when the slug is taken
};

struct SignupPrices {
    std::int64_t number_month = 0; // micro-dollars
    std::int64_t voice_minute = 0;
    std::int64_t sms_segment = 0;
};

std::string render_form(std::string const& page_template, SignupForm const& form, SignupPrices const& prices, Config const& config);
std::string render_progress(std::string const& page_template, OrganizationSummary const& summary, ProvisioningRun const& run,
    std::vector<ProvisioningStep> const& steps, std::string const& email, SignupPrices const& prices, Config const& config);
