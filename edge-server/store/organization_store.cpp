#include "edge-server/store/organization_store.h"
#include "edge-server/store/event_store.h"

namespace {

OrganizationSummary to_summary(sql::Row const& row)
{
    return {
        {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.time(7)}, row.text(8), row.text(9)};
}

} // namespace

void insert_organization(sql::Writer& db, Organization const& organization)
{
    db.run("INSERT INTO organizations (id, name, slug, email, area_code, time_zone, state, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, "
           "$8)",
        {organization.id, organization.name, organization.slug, organization.email, organization.area_code, organization.time_zone,
            organization.state, organization.created_at});
    append_event(db, organization.id, "organization", organization.id);
}

std::optional<OrganizationSummary> find_organization(sql::Reader& db, std::string const& id)
{
    auto const rows = db.run(R"(
        SELECT o.id, o.name, o.slug, o.email, o.area_code, o.time_zone, o.state, o.created_at,
               CASE WHEN o.state <> 'open' THEN o.state WHEN n.is_active = 1 THEN 'active' WHEN n.state = 'suspended' THEN 'suspended'
                    WHEN r.state IN ('held', 'needs_attention') THEN r.state ELSE 'provisioning' END,
               n.phone_number
        FROM organizations o
        LEFT JOIN provisioning_runs r ON r.organization_id = o.id
        LEFT JOIN phone_numbers n ON n.id = r.phone_number_id AND n.released_at IS NULL
        WHERE o.id = $1)",
        {id});
    if (rows.empty()) return {};
    return to_summary(rows.front());
}

std::vector<OrganizationSummary> list_organizations(sql::Reader& db, OrganizationPage const& page)
{
    std::vector<OrganizationSummary> list;
    // Names are compared in lower case; the user's text is a value, never a pattern.
    for (auto const& row : db.run(R"(
        SELECT o.id, o.name, o.slug, o.email, o.area_code, o.time_zone, o.state, o.created_at,
               CASE WHEN o.state <> 'open' THEN o.state WHEN n.is_active = 1 THEN 'active' WHEN n.state = 'suspended' THEN 'suspended'
                    WHEN r.state IN ('held', 'needs_attention') THEN r.state ELSE 'provisioning' END,
               n.phone_number
        FROM organizations o
        LEFT JOIN provisioning_runs r ON r.organization_id = o.id
        LEFT JOIN phone_numbers n ON n.id = r.phone_number_id AND n.released_at IS NULL
        WHERE ($1 = '' OR o.id < $1)
          AND ($2 = '' OR replace(lower(o.name), lower($2), '') <> lower(o.name) OR replace(o.slug, lower($2), '') <> o.slug)
          AND ($3 = '' OR EXISTS (SELECT 1 FROM memberships m WHERE m.organization_id = o.id AND m.user_id = $3))
        ORDER BY o.id DESC LIMIT $4)",
             {page.after_id, page.search, page.member_user_id, page.limit}))
        list.push_back(to_summary(row));
    return list;
}

bool slug_exists(sql::Reader& db, std::string const& slug)
{
    return !db.run("SELECT 1 FROM organizations WHERE slug = $1", {slug}).empty();
}

void update_organization_settings(sql::Writer& db, Organization const& organization)
{
    db.run(
        "UPDATE organizations SET name = $1, time_zone = $2 WHERE id = $3", {organization.name, organization.time_zone, organization.id});
    append_event(db, organization.id, "organization", organization.id);
}

std::optional<IdempotencyRecord> find_idempotency_key(sql::Reader& db, std::string const& key)
{
    auto const rows = db.run("SELECT organization_id, fingerprint FROM idempotency_keys WHERE key = $1", {key});
    if (rows.empty()) return {};
    return IdempotencyRecord{rows.front().text(0), rows.front().text(1)};
}

void insert_idempotency_key(sql::Writer& db, std::string const& key, IdempotencyRecord const& record)
{
    db.run("INSERT INTO idempotency_keys (key, organization_id, fingerprint, created_at) VALUES ($1, $2, $3, $4)",
        {key, record.organization_id, record.fingerprint, now()});
}

std::int64_t rate_of(sql::Reader& db, std::string const& kind)
{
    auto const rows = db.run("SELECT micro_dollars FROM rates WHERE kind = $1", {kind});
    return rows.empty() ? 0 : rows.front().integer(0);
}

void append_audit(sql::Writer& db, AuditEntry const& entry, Digest digest)
{
    auto const last
        = db.run("SELECT sequence, hash FROM audit_log WHERE organization_id = $1 ORDER BY sequence DESC LIMIT 1", {entry.organization_id});
    auto const sequence = last.empty() ? 1 : last.front().integer(0) + 1;
    auto const previous = last.empty() ? std::string() : last.front().text(1);
    auto const at = now();
    std::string hashed = previous;
    for (auto const& part : {entry.organization_id, std::to_string(sequence), entry.actor, entry.action, entry.subject, entry.detail,
             std::to_string(at.milliseconds)})
        hashed += std::to_string(part.size()) + ':' + part; // lengths: no two entries hash the same text
    db.run(R"(
        INSERT INTO audit_log (organization_id, sequence, actor, action, subject, detail, at, previous_hash, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9))",
        {entry.organization_id, sequence, entry.actor, entry.action, entry.subject, entry.detail, at, previous, digest(hashed)});
}
