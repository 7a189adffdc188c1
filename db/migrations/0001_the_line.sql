-- What it takes to go from a signup to an answered call. Portable types only: TEXT, BIGINT, SMALLINT for yes/no.
-- Times are Unix milliseconds; ids are UUIDv7 text unless said otherwise.

CREATE TABLE installation (
    id         TEXT   PRIMARY KEY NOT NULL, -- 16 random hex digits: part of the mark on every number that is bought
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id            TEXT   PRIMARY KEY NOT NULL,
    email         TEXT   NOT NULL UNIQUE, -- lower case
    password_hash TEXT   NOT NULL,
    platform_role TEXT   NOT NULL DEFAULT '', -- '', 'admin' or 'viewer'
    created_at    BIGINT NOT NULL
);

CREATE TABLE sessions (
    token_hash   TEXT   PRIMARY KEY NOT NULL, -- hex; the token itself is only in the cookie
    user_id      TEXT   NOT NULL REFERENCES users (id),
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE organizations (
    id         TEXT   PRIMARY KEY NOT NULL,
    name       TEXT   NOT NULL,
    slug       TEXT   NOT NULL UNIQUE,
    email      TEXT   NOT NULL,
    area_code  TEXT   NOT NULL, -- '' when the form did not say
    time_zone  TEXT   NOT NULL,
    state      TEXT   NOT NULL DEFAULT 'open', -- 'open', 'suspended' or 'closed'
    created_at BIGINT NOT NULL
);

CREATE TABLE memberships (
    organization_id TEXT   NOT NULL REFERENCES organizations (id),
    user_id         TEXT   NOT NULL REFERENCES users (id),
    role            TEXT   NOT NULL, -- 'admin' or 'staff'
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX memberships_by_user ON memberships (user_id);

-- One row is one period of ownership: a number that comes back later is a new row.
CREATE TABLE phone_numbers (
    id                  TEXT     PRIMARY KEY NOT NULL,
    organization_id     TEXT     NOT NULL REFERENCES organizations (id),
    phone_number        TEXT     NOT NULL, -- E.164
    state               TEXT     NOT NULL, -- bought, imported, active, suspended, releasing, released, needs_attention
    state_reason        TEXT     NOT NULL DEFAULT '',
    is_active           SMALLINT NOT NULL DEFAULT 0,
    sms_status          TEXT     NOT NULL, -- ready, needs_registration, unavailable
    sms_reason          TEXT     NOT NULL DEFAULT '',
    twilio_sid          TEXT     NOT NULL UNIQUE,
    twilio_account_sid  TEXT     NOT NULL,
    elevenlabs_phone_id TEXT     NOT NULL DEFAULT '',
    agent_id            TEXT     NOT NULL DEFAULT '',
    place               TEXT     NOT NULL DEFAULT '',
    created_at          BIGINT   NOT NULL,
    activated_at        BIGINT,
    released_at         BIGINT
);
CREATE UNIQUE INDEX phone_numbers_owned ON phone_numbers (phone_number) WHERE released_at IS NULL;
CREATE INDEX phone_numbers_by_organization ON phone_numbers (organization_id, created_at);

CREATE TABLE provisioning_runs (
    id                  TEXT   PRIMARY KEY NOT NULL,
    organization_id     TEXT   NOT NULL UNIQUE REFERENCES organizations (id),
    state               TEXT   NOT NULL, -- queued, choosing, buying, importing, verifying, done, held, needs_attention
    resume_state        TEXT   NOT NULL DEFAULT '', -- where a stopped run goes on
    cause               TEXT   NOT NULL DEFAULT '', -- stopped: what happened
    next_step           TEXT   NOT NULL DEFAULT '', -- stopped: the one thing that a human must do
    area_code           TEXT   NOT NULL, -- where to look; '' lets the installation decide
    phone_number_id     TEXT   REFERENCES phone_numbers (id),
    elevenlabs_phone_id TEXT   NOT NULL DEFAULT '', -- given by hand
    attempts            BIGINT NOT NULL DEFAULT 0, -- of the present state
    purchase_approved   SMALLINT NOT NULL DEFAULT 0, -- by a platform admin, past the spend guard
    due_at              BIGINT NOT NULL, -- not worked on before
    lease_owner         TEXT   NOT NULL DEFAULT '',
    lease_until         BIGINT NOT NULL DEFAULT 0,
    created_at          BIGINT NOT NULL,
    finished_at         BIGINT
);
CREATE INDEX provisioning_runs_due ON provisioning_runs (state, due_at);

CREATE TABLE provisioning_steps (
    id              TEXT   PRIMARY KEY NOT NULL,
    organization_id TEXT   NOT NULL REFERENCES organizations (id),
    run_id          TEXT   NOT NULL REFERENCES provisioning_runs (id),
    step            TEXT   NOT NULL, -- the run's state it belongs to
    attempt         BIGINT NOT NULL,
    state           TEXT   NOT NULL, -- started, succeeded, failed
    message         TEXT   NOT NULL,
    started_at      BIGINT NOT NULL,
    finished_at     BIGINT
);
CREATE INDEX provisioning_steps_by_run ON provisioning_steps (run_id, id);

-- Every number that a run ever wanted. Posted ones stay on record: a buy may take effect late.
CREATE TABLE number_candidates (
    id              TEXT   PRIMARY KEY NOT NULL,
    organization_id TEXT   NOT NULL REFERENCES organizations (id),
    run_id          TEXT   NOT NULL REFERENCES provisioning_runs (id),
    phone_number    TEXT   NOT NULL,
    place           TEXT   NOT NULL,
    state           TEXT   NOT NULL, -- reserved, posted, refused, bought, abandoned
    cause           TEXT   NOT NULL DEFAULT '',
    created_at      BIGINT NOT NULL,
    posted_at       BIGINT,
    decided_at      BIGINT
);
CREATE INDEX number_candidates_by_time ON number_candidates (created_at);
CREATE UNIQUE INDEX number_candidates_open ON number_candidates (phone_number) WHERE state IN ('reserved', 'posted', 'refused');
CREATE INDEX number_candidates_by_run ON number_candidates (run_id, id);

CREATE TABLE admin_notifications (
    id              TEXT   PRIMARY KEY NOT NULL,
    type            TEXT   NOT NULL,
    subject         TEXT   NOT NULL, -- what it is about; one pending notification per type and subject
    organization_id TEXT   REFERENCES organizations (id),
    phone_number    TEXT,
    message         TEXT   NOT NULL,
    cause           TEXT   NOT NULL DEFAULT '',
    next_step       TEXT   NOT NULL DEFAULT '',
    status          TEXT   NOT NULL DEFAULT 'pending', -- pending, resolved, dismissed
    created_at      BIGINT NOT NULL,
    decided_at      BIGINT,
    decided_by      TEXT   REFERENCES users (id)
);
CREATE UNIQUE INDEX admin_notifications_pending ON admin_notifications (type, subject) WHERE status = 'pending';
CREATE INDEX admin_notifications_by_status ON admin_notifications (status, id);
CREATE INDEX admin_notifications_by_organization ON admin_notifications (organization_id, status);

CREATE TABLE leads (
    id               TEXT     PRIMARY KEY NOT NULL,
    organization_id  TEXT     NOT NULL REFERENCES organizations (id),
    phone_number     TEXT     NOT NULL,
    name             TEXT     NOT NULL DEFAULT '',
    status           TEXT     NOT NULL DEFAULT '', -- '' until someone sets it; then theirs
    first_call_sid   TEXT     NOT NULL DEFAULT '', -- the contact that made this lead
    created_at       BIGINT   NOT NULL,
    last_contact_at  BIGINT   NOT NULL
);
CREATE UNIQUE INDEX leads_by_number ON leads (organization_id, phone_number);

CREATE TABLE conversations (
    id              TEXT   PRIMARY KEY NOT NULL,
    organization_id TEXT   NOT NULL REFERENCES organizations (id),
    phone_number_id TEXT   REFERENCES phone_numbers (id),
    lead_id         TEXT   REFERENCES leads (id), -- none for a withheld or odd caller id
    call_sid        TEXT   NOT NULL UNIQUE,
    direction       TEXT   NOT NULL, -- inbound, outbound
    agent_id        TEXT   NOT NULL DEFAULT '',
    started_at      BIGINT NOT NULL,
    summary         TEXT
);
CREATE INDEX conversations_by_organization ON conversations (organization_id, started_at);
CREATE INDEX conversations_by_lead ON conversations (organization_id, lead_id, started_at) WHERE summary IS NOT NULL;

-- A repeated signup is recognised by its key, or by its e-mail and slug.
CREATE TABLE idempotency_keys (
    key             TEXT   PRIMARY KEY NOT NULL,
    organization_id TEXT   NOT NULL REFERENCES organizations (id),
    fingerprint     TEXT   NOT NULL, -- of every field but the password
    created_at      BIGINT NOT NULL
);

CREATE TABLE rates (
    kind          TEXT   PRIMARY KEY NOT NULL,
    micro_dollars BIGINT NOT NULL
);
INSERT INTO rates (kind, micro_dollars) VALUES ('number_month', 1000000), ('voice_minute', 12500), ('sms_segment', 7500);

-- One hash chain per organisation, and one for the platform (organization_id '').
CREATE TABLE audit_log (
    organization_id TEXT   NOT NULL,
    sequence        BIGINT NOT NULL,
    actor           TEXT   NOT NULL,
    action          TEXT   NOT NULL,
    subject         TEXT   NOT NULL,
    detail          TEXT   NOT NULL DEFAULT '',
    at              BIGINT NOT NULL,
    previous_hash   TEXT   NOT NULL,
    hash            TEXT   NOT NULL,
    PRIMARY KEY (organization_id, sequence)
);
