-- What changed, for consoles that listen. Numbered in the writing transaction: the counter's row is locked until it commits,
-- so numbers appear in order, and whoever resumes after one misses none.

CREATE TABLE event_counter (
    last_sequence BIGINT NOT NULL -- survives the events that are no longer kept
);
INSERT INTO event_counter (last_sequence) VALUES (0);

CREATE TABLE events (
    sequence        BIGINT PRIMARY KEY NOT NULL,
    organization_id TEXT   REFERENCES organizations (id), -- none: the platform's
    kind            TEXT   NOT NULL, -- organization, phone_number, run, notification; access: a user's sessions or memberships
    subject_id      TEXT   NOT NULL,
    at              BIGINT NOT NULL
);
