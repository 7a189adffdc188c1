-- Everything that happens on a live line: calls, texts, leads, money, and the webhooks that bring them.

CREATE TABLE groups (
    id         TEXT   PRIMARY KEY NOT NULL,
    name       TEXT   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);
ALTER TABLE organizations ADD COLUMN group_id TEXT REFERENCES groups (id);
ALTER TABLE organizations ADD COLUMN shares_opt_outs SMALLINT NOT NULL DEFAULT 0; -- a STOP to one of its group counts for it too
ALTER TABLE organizations ADD COLUMN outbound_allowed SMALLINT NOT NULL DEFAULT 0; -- to people who did not write first
ALTER TABLE organizations ADD COLUMN forwarding_number TEXT NOT NULL DEFAULT ''; -- the dealership's own phone: calls go there when Jack cannot answer

-- What the vendors told us, as it came; never lost, processed in any order and any number of times to the same end.
CREATE TABLE webhook_inbox (
    id              TEXT   PRIMARY KEY NOT NULL,
    source          TEXT   NOT NULL, -- elevenlabs, twilio
    kind            TEXT   NOT NULL, -- post_call_transcription, call_initiation_failure, sms, message_status; others as they came
    dedupe_key      TEXT   NOT NULL UNIQUE,
    subject         TEXT   NOT NULL DEFAULT '', -- the vendor's id of what it is about; of a text 'from>to'
    organization_id TEXT   REFERENCES organizations (id), -- once it is known whose it is
    via             TEXT   NOT NULL, -- webhook, poll
    body            TEXT   NOT NULL, -- JSON; a form as an object of its fields
    state           TEXT   NOT NULL, -- waiting, done, failed, unrouted
    cause           TEXT   NOT NULL DEFAULT '',
    attempts        BIGINT NOT NULL DEFAULT 0,
    due_at          BIGINT NOT NULL,
    received_at     BIGINT NOT NULL,
    processed_at    BIGINT
);
CREATE INDEX webhook_inbox_due ON webhook_inbox (due_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_inbox_open_subject ON webhook_inbox (subject) WHERE state IN ('waiting', 'failed');
CREATE INDEX webhook_inbox_by_state ON webhook_inbox (state, id);

-- What runs again and again, also with several servers: one of them holds the lease.
CREATE TABLE jobs (
    name        TEXT   PRIMARY KEY NOT NULL,
    position    TEXT   NOT NULL DEFAULT '', -- where the job goes on, in its own terms
    due_at      BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT   NOT NULL DEFAULT '',
    lease_until BIGINT NOT NULL DEFAULT 0,
    ran_at      BIGINT,
    failure     TEXT   NOT NULL DEFAULT '' -- of the last time
);

ALTER TABLE leads ADD COLUMN by_person TEXT NOT NULL DEFAULT ''; -- columns that a person has set, separated by spaces: no call changes them
ALTER TABLE leads ADD COLUMN stage TEXT NOT NULL DEFAULT 'New Inquiry'; -- the status, or what follows from the contacts
ALTER TABLE leads ADD COLUMN interest TEXT NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN trade_in TEXT NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN appointment TEXT NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN wants_person SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE leads ADD COLUMN attended_at BIGINT NOT NULL DEFAULT 0; -- when a person last dealt with what they want
ALTER TABLE leads ADD COLUMN last_contact_kind TEXT NOT NULL DEFAULT 'call'; -- call, text
ALTER TABLE leads ADD COLUMN last_message_at BIGINT; -- texts make a thread
ALTER TABLE leads ADD COLUMN last_message TEXT NOT NULL DEFAULT ''; -- its beginning
ALTER TABLE leads ADD COLUMN last_direction TEXT NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN unread BIGINT NOT NULL DEFAULT 0; -- texts that nobody has opened
ALTER TABLE leads ADD COLUMN opted_out SMALLINT NOT NULL DEFAULT 0; -- as the opt_outs say, kept here for lists
UPDATE leads SET stage = CASE WHEN status <> '' THEN status
    WHEN EXISTS (SELECT 1 FROM conversations c WHERE c.lead_id = leads.id AND c.call_sid <> leads.first_call_sid) THEN 'Returning Customer'
    ELSE 'New Inquiry' END;
CREATE INDEX leads_by_time ON leads (organization_id, last_contact_at, id);
CREATE INDEX leads_by_stage ON leads (organization_id, stage, last_contact_at, id);
CREATE INDEX leads_of_all_by_time ON leads (last_contact_at, id);
CREATE INDEX leads_by_message ON leads (organization_id, last_message_at, id) WHERE last_message_at IS NOT NULL;
CREATE INDEX leads_of_all_by_message ON leads (last_message_at, id) WHERE last_message_at IS NOT NULL;

CREATE TABLE notes (
    id              TEXT   PRIMARY KEY NOT NULL,
    organization_id TEXT   NOT NULL REFERENCES organizations (id),
    lead_id         TEXT   NOT NULL REFERENCES leads (id),
    author_id       TEXT   NOT NULL REFERENCES users (id),
    text            TEXT   NOT NULL,
    created_at      BIGINT NOT NULL
);
CREATE INDEX notes_by_lead ON notes (lead_id, id);

ALTER TABLE conversations ADD COLUMN conversation_id TEXT; -- ElevenLabs'
ALTER TABLE conversations ADD COLUMN status TEXT NOT NULL DEFAULT 'in_progress'; -- in_progress, done, failed
ALTER TABLE conversations ADD COLUMN outcome TEXT NOT NULL DEFAULT ''; -- success, failure, unknown: as ElevenLabs judges
ALTER TABLE conversations ADD COLUMN external_number TEXT NOT NULL DEFAULT ''; -- the customer's; '' when withheld
ALTER TABLE conversations ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN duration_seconds BIGINT;
ALTER TABLE conversations ADD COLUMN failure TEXT NOT NULL DEFAULT ''; -- busy, no-answer, …
ALTER TABLE conversations ADD COLUMN termination_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN variables TEXT NOT NULL DEFAULT ''; -- JSON: what Jack was told
ALTER TABLE conversations ADD COLUMN collected TEXT NOT NULL DEFAULT ''; -- JSON: [{name, value}]
ALTER TABLE conversations ADD COLUMN agent_cost BIGINT; -- micro-dollars, as ElevenLabs reports them
ALTER TABLE conversations ADD COLUMN attempt_id TEXT; -- of an outbound call
CREATE UNIQUE INDEX conversations_by_conversation_id ON conversations (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE UNIQUE INDEX conversations_by_attempt ON conversations (attempt_id) WHERE attempt_id IS NOT NULL;
DROP INDEX conversations_by_lead;
CREATE INDEX conversations_of_lead ON conversations (organization_id, lead_id, started_at) WHERE lead_id IS NOT NULL;
CREATE INDEX conversations_by_time ON conversations (started_at, id);

CREATE TABLE transcripts (
    conversation_id TEXT PRIMARY KEY NOT NULL REFERENCES conversations (id),
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    turns           TEXT NOT NULL, -- JSON: [{role, message, at_seconds}]
    words_row       BIGINT NOT NULL UNIQUE -- of the search index
);

CREATE TABLE messages (
    id              TEXT   PRIMARY KEY NOT NULL,
    organization_id TEXT   NOT NULL REFERENCES organizations (id),
    phone_number_id TEXT   REFERENCES phone_numbers (id), -- none: the platform's default number
    lead_id         TEXT   REFERENCES leads (id), -- none for short codes
    direction       TEXT   NOT NULL, -- inbound, outbound
    from_number     TEXT   NOT NULL,
    to_number       TEXT   NOT NULL,
    body            TEXT   NOT NULL,
    encoding        TEXT   NOT NULL, -- gsm7, ucs2
    segments        BIGINT NOT NULL,
    pictures        BIGINT NOT NULL DEFAULT 0, -- noted, never fetched
    state           TEXT   NOT NULL, -- received; queued, sending, sent, delivered, undelivered, failed, unclear
    error_code      TEXT   NOT NULL DEFAULT '', -- Twilio's
    error           TEXT   NOT NULL DEFAULT '', -- in words
    twilio_sid      TEXT   UNIQUE,
    author_id       TEXT   REFERENCES users (id), -- who wrote it here
    request_key     TEXT   UNIQUE, -- of the click that sent it
    attempts        BIGINT NOT NULL DEFAULT 0,
    due_at          BIGINT, -- outbound, not yet with Twilio
    posted_at       BIGINT, -- when the request left us
    lease_owner     TEXT   NOT NULL DEFAULT '',
    lease_until     BIGINT NOT NULL DEFAULT 0,
    sent_at         BIGINT NOT NULL, -- Twilio's time where we know it, else ours
    created_at      BIGINT NOT NULL
);
CREATE INDEX messages_by_lead ON messages (lead_id, sent_at, id);
CREATE INDEX messages_by_organization ON messages (organization_id, sent_at, id);
CREATE INDEX messages_by_time ON messages (sent_at, id);
CREATE INDEX messages_due ON messages (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX messages_on_the_way ON messages (lead_id, id) WHERE due_at IS NOT NULL;
CREATE INDEX messages_waiting ON messages (organization_id) WHERE state IN ('queued', 'sending');

-- Every STOP and START with its evidence; the latest one of a pair counts.
CREATE TABLE opt_outs (
    id              TEXT   PRIMARY KEY NOT NULL,
    organization_id TEXT   REFERENCES organizations (id), -- none: a STOP to the platform's default number
    phone_number_id TEXT   REFERENCES phone_numbers (id),
    our_number      TEXT   NOT NULL,
    customer_number TEXT   NOT NULL,
    kind            TEXT   NOT NULL, -- stop, start
    words           TEXT   NOT NULL, -- as they were written
    message_sid     TEXT   NOT NULL UNIQUE, -- Twilio's; of a refusal of our own text '21610:<message id>'
    at              BIGINT NOT NULL, -- Twilio's time; until it is asked, when we heard of it
    ask_at          BIGINT, -- Twilio is to be asked for its time then; until it has said it, a START does not count
    asked           BIGINT NOT NULL DEFAULT 0 -- how often
);
CREATE INDEX opt_outs_by_customer ON opt_outs (customer_number, our_number, at);
CREATE INDEX opt_outs_to_ask ON opt_outs (ask_at) WHERE ask_at IS NOT NULL;

-- One click, one attempt; its id is the user_id that ElevenLabs can be asked for.
CREATE TABLE call_attempts (
    id              TEXT   PRIMARY KEY NOT NULL,
    organization_id TEXT   NOT NULL REFERENCES organizations (id),
    phone_number_id TEXT   NOT NULL REFERENCES phone_numbers (id),
    lead_id         TEXT   REFERENCES leads (id),
    to_number       TEXT   NOT NULL,
    reason          TEXT   NOT NULL DEFAULT '', -- what the call is about, for Jack
    variables       TEXT   NOT NULL, -- JSON: what Jack is told
    state           TEXT   NOT NULL, -- waiting, posted, placed, refused, failed, ended
    cause           TEXT   NOT NULL DEFAULT '',
    reserved        BIGINT NOT NULL, -- micro-dollars, until it has ended
    author_id       TEXT   REFERENCES users (id),
    request_key     TEXT   UNIQUE,
    attempts        BIGINT NOT NULL DEFAULT 0,
    due_at          BIGINT,
    lease_owner     TEXT   NOT NULL DEFAULT '',
    lease_until     BIGINT NOT NULL DEFAULT 0,
    created_at      BIGINT NOT NULL,
    posted_at       BIGINT,
    ended_at        BIGINT
);
CREATE INDEX call_attempts_due ON call_attempts (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX call_attempts_open ON call_attempts (organization_id) WHERE ended_at IS NULL;

-- Rates are added, never changed: a line keeps the version that it was billed at.
ALTER TABLE rates RENAME TO first_rates;
CREATE TABLE rates (
    kind          TEXT   NOT NULL, -- number_month, voice_minute, sms_segment
    version       BIGINT NOT NULL,
    micro_dollars BIGINT NOT NULL,
    valid_from    BIGINT NOT NULL,
    PRIMARY KEY (kind, version)
);
INSERT INTO rates (kind, version, micro_dollars, valid_from) SELECT kind, 1, micro_dollars, 0 FROM first_rates;
DROP TABLE first_rates;

CREATE TABLE ledger_entries (
    id              TEXT   PRIMARY KEY NOT NULL,
    organization_id TEXT   NOT NULL REFERENCES organizations (id),
    kind            TEXT   NOT NULL, -- number_month, sms_segment_in, sms_segment_out, voice_minute, agent_cost, adjustment
    reference       TEXT   NOT NULL UNIQUE, -- of the fact: no fact is billed twice
    subject_id      TEXT   NOT NULL, -- of the number, message or conversation
    what            TEXT   NOT NULL, -- in words
    quantity        BIGINT NOT NULL,
    rate_version    BIGINT NOT NULL, -- 0: the amount is the vendor's own
    rate            BIGINT NOT NULL, -- micro-dollars for one
    amount          BIGINT NOT NULL, -- micro-dollars
    month           TEXT   NOT NULL, -- 2026-11, UTC
    at              BIGINT NOT NULL, -- of the fact
    created_at      BIGINT NOT NULL
);
CREATE INDEX ledger_by_month ON ledger_entries (organization_id, month, at, id);
CREATE INDEX ledger_of_all_by_month ON ledger_entries (month, at, id);

-- Running sums of the ledger by day, written with each line: a budget is asked for before every call.
CREATE TABLE ledger_days (
    organization_id TEXT   NOT NULL REFERENCES organizations (id),
    day             TEXT   NOT NULL, -- 2026-11-27, UTC
    kind            TEXT   NOT NULL,
    quantity        BIGINT NOT NULL,
    amount          BIGINT NOT NULL,
    PRIMARY KEY (organization_id, day, kind)
);
CREATE INDEX ledger_days_of_all ON ledger_days (day, kind);

CREATE TABLE budgets (
    organization_id TEXT   PRIMARY KEY NOT NULL REFERENCES organizations (id),
    monthly         BIGINT NOT NULL, -- micro-dollars
    warned          TEXT   NOT NULL DEFAULT '', -- the month in which a warning was given
    changed_at      BIGINT NOT NULL
);
