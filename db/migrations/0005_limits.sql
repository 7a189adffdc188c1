-- How many signups one address made lately; a restart does not begin to count anew. Rows older than an hour are removed by the next signup.

CREATE TABLE address_signups (
    id      TEXT     PRIMARY KEY NOT NULL,
    address TEXT     NOT NULL,
    held    SMALLINT NOT NULL, -- 1: beyond what an address may cause to be bought
    at      BIGINT   NOT NULL
);
CREATE INDEX address_signups_by_address ON address_signups (address, at);
CREATE INDEX address_signups_by_time ON address_signups (at);
