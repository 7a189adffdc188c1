#pragma once

#include "shared/base/time.h"

#include <string>

// The durable work that takes one organisation from "signed up" to "live number".
struct ProvisioningRun {
    std::string id;
    std::string organization_id;
    std::string state; // queued, choosing, buying, importing, verifying, done, held, needs_attention
    std::string resume_state; // where a stopped run goes on
    std::string cause; // stopped: what happened
    std::string next_step; // stopped: the one thing that a human must do
    std::string area_code;
    std::string phone_number_id;
    std::string elevenlabs_phone_id; // given by hand
    int attempts = 0; // of the present state
    bool purchase_approved = false; // by a platform admin, past the spend guard
    Time due_at;
    Time created_at;
    Time finished_at;

    bool is_running() const { return state != "done" && state != "held" && state != "needs_attention"; }
};

struct ProvisioningStep {
    std::string id;
    std::string step; // the run's state that it belongs to
    int attempt = 0;
    std::string state; // started, succeeded, failed
    std::string message;
    Time started_at;
    Time finished_at;
};

// A number that a run wants. Once posted it stays on record: a buy may take effect late.
struct NumberCandidate {
    std::string id;
    std::string phone_number;
    std::string place;
    std::string state; // reserved, posted, refused, bought, abandoned
    std::string cause;
    Time posted_at;
    Time decided_at;
};
