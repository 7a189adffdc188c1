-- Inbound calls that were answered in a crowd, until they are filed among the conversations: a row here costs the disk a sixth of one there,
-- which has five indexes to be kept. Nothing refers to these rows, and they refer to nothing that is ever deleted.
CREATE TABLE begun_calls (
    call_sid        TEXT   PRIMARY KEY NOT NULL,
    id              TEXT   NOT NULL, -- of the conversation to be
    organization_id TEXT   NOT NULL,
    phone_number_id TEXT   NOT NULL,
    lead_id         TEXT,
    agent_id        TEXT   NOT NULL,
    started_at      BIGINT NOT NULL,
    external_number TEXT   NOT NULL,
    variables       TEXT   NOT NULL
);
