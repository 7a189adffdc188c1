-- A line's life after "live", and what the reconciler found.

ALTER TABLE organizations ADD COLUMN closed_at BIGINT; -- the cooling-off time counts from here

ALTER TABLE phone_numbers ADD COLUMN voice_url TEXT NOT NULL DEFAULT ''; -- ElevenLabs', as verified; restored when a suspended line resumes
ALTER TABLE phone_numbers ADD COLUMN release_at BIGINT; -- of a closed organisation's
ALTER TABLE phone_numbers ADD COLUMN work_due_at BIGINT; -- the vendors do not have yet what the organisation's state asks for
ALTER TABLE phone_numbers ADD COLUMN work_attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE phone_numbers ADD COLUMN lease_owner TEXT NOT NULL DEFAULT '';
ALTER TABLE phone_numbers ADD COLUMN lease_until BIGINT NOT NULL DEFAULT 0;
CREATE INDEX phone_numbers_work ON phone_numbers (work_due_at) WHERE work_due_at IS NOT NULL;

-- Every difference that the last look found; replaced by the next look.
CREATE TABLE drift (
    id              TEXT   PRIMARY KEY NOT NULL, -- '<kind>:<subject>', the same in every look
    kind            TEXT   NOT NULL,
    subject         TEXT   NOT NULL, -- a Twilio SID, an ElevenLabs phone id, a setting
    phone_number    TEXT   NOT NULL DEFAULT '',
    organization_id TEXT   REFERENCES organizations (id),
    message         TEXT   NOT NULL, -- what differs
    repair          TEXT   NOT NULL DEFAULT '', -- what a repair would do; '' when a human must act
    next_step       TEXT   NOT NULL DEFAULT '', -- what a human must do
    found_at        BIGINT NOT NULL -- by the first look that found it
);

CREATE TABLE drift_looks (
    id            BIGINT PRIMARY KEY NOT NULL, -- 1: the last one
    looked_at     BIGINT NOT NULL,
    failure       TEXT   NOT NULL, -- '' when both vendors' books could be read
    at_twilio     BIGINT NOT NULL,
    at_elevenlabs BIGINT NOT NULL,
    not_ours      BIGINT NOT NULL
);

DROP VIEW organization_summaries;
CREATE VIEW organization_summaries AS
SELECT o.id AS id, o.name AS name, lower(o.name) AS name_key, o.slug AS slug, o.email AS email, o.area_code AS area_code,
       o.time_zone AS time_zone, o.state AS state, o.created_at AS created_at, o.closed_at AS closed_at, o.status AS status,
       n.phone_number AS phone_number, n.place AS place, n.release_at AS release_at,
       CASE WHEN r.state IN ('held', 'needs_attention') THEN r.cause ELSE '' END AS cause
FROM organizations o
LEFT JOIN provisioning_runs r ON r.organization_id = o.id
LEFT JOIN phone_numbers n ON n.id = r.phone_number_id AND n.released_at IS NULL;
