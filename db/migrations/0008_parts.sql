-- What is too long for one write, in pieces: a call may be waiting behind each of them.
CREATE TABLE inbox_parts (
    item_id TEXT   NOT NULL, -- of webhook_inbox, which is written after its last part and has no body of its own then
    part    BIGINT NOT NULL,
    body    TEXT   NOT NULL,
    PRIMARY KEY (item_id, part)
);
CREATE TABLE transcript_parts (
    conversation_id TEXT   NOT NULL REFERENCES conversations (id),
    organization_id TEXT   NOT NULL REFERENCES organizations (id),
    part            BIGINT NOT NULL, -- from 1: what goes before is in transcripts
    turns           TEXT   NOT NULL,
    PRIMARY KEY (conversation_id, part)
);
