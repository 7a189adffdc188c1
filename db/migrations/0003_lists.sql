-- Lists over many organisations: each order has an index, and the status is kept where it is counted.

ALTER TABLE organizations ADD COLUMN status TEXT NOT NULL DEFAULT 'provisioning'; -- active, provisioning, needs_attention, held, suspended, closed
UPDATE organizations SET status = COALESCE(
    (SELECT CASE WHEN o.state <> 'open' THEN o.state WHEN n.is_active = 1 THEN 'active' WHEN n.state = 'suspended' THEN 'suspended'
                 WHEN r.state IN ('held', 'needs_attention') THEN r.state ELSE 'provisioning' END
     FROM organizations o
     LEFT JOIN provisioning_runs r ON r.organization_id = o.id
     LEFT JOIN phone_numbers n ON n.id = r.phone_number_id AND n.released_at IS NULL
     WHERE o.id = organizations.id), 'provisioning');
CREATE INDEX organizations_by_status ON organizations (status, id);
CREATE INDEX organizations_by_name ON organizations (lower(name), id DESC);
CREATE INDEX organizations_by_status_and_name ON organizations (status, lower(name), id DESC);
CREATE INDEX organizations_by_time ON organizations (created_at, status);

-- An organisation with its own number and why its run stands still.
CREATE VIEW organization_summaries AS
SELECT o.id AS id, o.name AS name, lower(o.name) AS name_key, o.slug AS slug, o.email AS email, o.area_code AS area_code,
       o.time_zone AS time_zone, o.state AS state, o.created_at AS created_at, o.status AS status,
       n.phone_number AS phone_number, n.place AS place,
       CASE WHEN r.state IN ('held', 'needs_attention') THEN r.cause ELSE '' END AS cause
FROM organizations o
LEFT JOIN provisioning_runs r ON r.organization_id = o.id
LEFT JOIN phone_numbers n ON n.id = r.phone_number_id AND n.released_at IS NULL;

CREATE INDEX phone_numbers_by_state ON phone_numbers (state, id);
CREATE INDEX phone_numbers_by_number ON phone_numbers (phone_number, id DESC);
CREATE INDEX phone_numbers_by_state_and_number ON phone_numbers (state, phone_number, id DESC);
CREATE INDEX provisioning_runs_by_end ON provisioning_runs (state, finished_at);
