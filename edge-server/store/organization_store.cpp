#include "edge-server/store/organization_store.h"
#include "edge-server/store/event_store.h"
#include "shared/base/id.h"
#include "shared/base/text.h"

#include <algorithm>
#include <tuple>

namespace {

OrganizationSummary to_summary(sql::Row const& row)
{
    return {{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.time(7), row.time(13)},
        row.text(8), row.text(9), row.text(10), row.text(11), row.text(12), row.time(14)};
}

std::vector<OrganizationSummary> to_summaries(sql::Rows const& rows)
{
    std::vector<OrganizationSummary> list;
    list.reserve(rows.size());
    for (auto const& row : rows)
        list.push_back(to_summary(row));
    return list;
}

// In every search the user's text is a value, never a pattern; it asks for nothing of a join, which so is made for what is shown only.
std::vector<OrganizationSummary> list_newest(sql::Reader& db, ListPage const& page)
{
    return to_summaries(db.run(R"(
        SELECT id, name, slug, email, area_code, time_zone, state, created_at, status, phone_number, place, cause, name_key, closed_at, release_at
        FROM organization_summaries
        WHERE id < $1
          AND ($2 = '' OR replace(name_key, $2, '') <> name_key OR replace(slug, $2, '') <> slug OR replace(email, $2, '') <> email
               OR ($3 <> '' AND id IN (SELECT organization_id FROM phone_numbers
                                       WHERE released_at IS NULL AND replace(phone_number, $3, '') <> phone_number)))
        ORDER BY id DESC LIMIT $4)",
        {page.after_id, page.search, page.digits, page.limit}));
}

std::vector<OrganizationSummary> list_newest_of(sql::Reader& db, std::string_view status, ListPage const& page)
{
    return to_summaries(db.run(R"(
        SELECT id, name, slug, email, area_code, time_zone, state, created_at, status, phone_number, place, cause, name_key, closed_at, release_at
        FROM organization_summaries
        WHERE status = $1 AND id < $2
          AND ($3 = '' OR replace(name_key, $3, '') <> name_key OR replace(slug, $3, '') <> slug OR replace(email, $3, '') <> email
               OR ($4 <> '' AND id IN (SELECT organization_id FROM phone_numbers
                                       WHERE released_at IS NULL AND replace(phone_number, $4, '') <> phone_number)))
        ORDER BY id DESC LIMIT $5)",
        {status, page.after_id, page.search, page.digits, page.limit}));
}

std::vector<OrganizationSummary> list_by_name(sql::Reader& db, ListPage const& page)
{
    return to_summaries(db.run(R"(
        SELECT id, name, slug, email, area_code, time_zone, state, created_at, status, phone_number, place, cause, name_key, closed_at, release_at
        FROM organization_summaries
        WHERE name_key >= $1 AND (name_key > $1 OR id < $2)
          AND ($3 = '' OR replace(name_key, $3, '') <> name_key OR replace(slug, $3, '') <> slug OR replace(email, $3, '') <> email
               OR ($4 <> '' AND id IN (SELECT organization_id FROM phone_numbers
                                       WHERE released_at IS NULL AND replace(phone_number, $4, '') <> phone_number)))
        ORDER BY name_key, id DESC LIMIT $5)",
        {page.after_key, page.after_id, page.search, page.digits, page.limit}));
}

std::vector<OrganizationSummary> list_by_name_of(sql::Reader& db, std::string_view status, ListPage const& page)
{
    return to_summaries(db.run(R"(
        SELECT id, name, slug, email, area_code, time_zone, state, created_at, status, phone_number, place, cause, name_key, closed_at, release_at
        FROM organization_summaries
        WHERE status = $1 AND name_key >= $2 AND (name_key > $2 OR id < $3)
          AND ($4 = '' OR replace(name_key, $4, '') <> name_key OR replace(slug, $4, '') <> slug OR replace(email, $4, '') <> email
               OR ($5 <> '' AND id IN (SELECT organization_id FROM phone_numbers
                                       WHERE released_at IS NULL AND replace(phone_number, $5, '') <> phone_number)))
        ORDER BY name_key, id DESC LIMIT $6)",
        {status, page.after_key, page.after_id, page.search, page.digits, page.limit}));
}

std::size_t rank_of(std::string_view status)
{
    return static_cast<std::size_t>(
        std::find(organization_statuses.begin(), organization_statuses.end(), status) - organization_statuses.begin());
}

// Status after status, so that each is read from where it begins.
std::vector<OrganizationSummary> list_by_attention(sql::Reader& db, ListPage const& page)
{
    std::vector<OrganizationSummary> list;
    auto rest = page;
    for (auto rank = page.after_key.empty() ? 0 : rank_of(page.after_key); rank < organization_statuses.size() && rest.limit > 0; ++rank) {
        auto const more = list_newest_of(db, organization_statuses[rank], rest);
        list.insert(list.end(), more.begin(), more.end());
        rest.limit -= static_cast<int>(more.size());
        rest.after_id = above_all_ids;
    }
    return list;
}

// Everything of one member that matches the search: few, whatever the installation's size.
std::vector<OrganizationSummary> list_of_member(sql::Reader& db, ListPage const& page)
{
    return to_summaries(db.run(R"(
        SELECT id, name, slug, email, area_code, time_zone, state, created_at, status, phone_number, place, cause, name_key, closed_at, release_at
        FROM organization_summaries
        WHERE id IN (SELECT organization_id FROM memberships WHERE user_id = $1)
          AND ($2 = '' OR replace(name_key, $2, '') <> name_key OR replace(slug, $2, '') <> slug OR replace(email, $2, '') <> email
               OR ($3 <> '' AND id IN (SELECT organization_id FROM phone_numbers
                                       WHERE released_at IS NULL AND replace(phone_number, $3, '') <> phone_number))))",
        {page.member_user_id, page.search, page.digits}));
}

// Where a record stands in a list.
struct Place {
    std::size_t rank;
    std::string name;
    std::string id;

    bool operator<(Place const& other) const
    {
        return std::tie(rank, name, other.id) < std::tie(other.rank, other.name, id);
    } // newest first
};

std::vector<OrganizationSummary> page_of_member(sql::Reader& db, ListPage const& page)
{
    bool const by_attention = page.sort == "attention", by_name = page.sort == "name";
    auto const place = [&](OrganizationSummary const& summary) {
        return Place{by_attention ? rank_of(summary.status) : 0, by_name ? summary.name_key : std::string(), summary.organization.id};
    };
    Place const start{
        by_attention && !page.after_key.empty() ? rank_of(page.after_key) : 0, by_name ? page.after_key : std::string(), page.after_id};
    auto list = list_of_member(db, page);
    std::erase_if(
        list, [&](auto const& summary) { return (!page.filter.empty() && summary.status != page.filter) || !(start < place(summary)); });
    std::sort(list.begin(), list.end(), [&](auto const& left, auto const& right) { return place(left) < place(right); });
    if (list.size() > static_cast<std::size_t>(page.limit)) list.resize(static_cast<std::size_t>(page.limit));
    return list;
}

std::vector<OrganizationSummary> page_of_all(sql::Reader& db, ListPage const& page)
{
    bool const filtered = !page.filter.empty();
    if (page.sort == "name") return filtered ? list_by_name_of(db, page.filter, page) : list_by_name(db, page);
    if (filtered) return list_newest_of(db, page.filter, page);
    return page.sort == "attention" ? list_by_attention(db, page) : list_newest(db, page);
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
        SELECT id, name, slug, email, area_code, time_zone, state, created_at, status, phone_number, place, cause, name_key, closed_at, release_at
        FROM organization_summaries WHERE id = $1)",
        {id});
    if (rows.empty()) return {};
    return to_summary(rows.front());
}

std::vector<OrganizationSummary> list_organizations(sql::Reader& db, ListPage const& page)
{
    return page.member_user_id.empty() ? page_of_all(db, page) : page_of_member(db, page);
}

Counts count_organizations(sql::Reader& db, ListPage const& page)
{
    Counts counts;
    if (!page.member_user_id.empty()) {
        for (auto const& summary : list_of_member(db, page))
            ++counts[summary.status];
        return counts;
    }
    auto const rows = page.search.empty() ? db.run("SELECT status, count(*) FROM organizations GROUP BY status")
                                          : db.run(R"(
        SELECT status, count(*) FROM organizations
        WHERE replace(lower(name), $1, '') <> lower(name) OR replace(slug, $1, '') <> slug OR replace(email, $1, '') <> email
              OR ($2 <> '' AND id IN (SELECT organization_id FROM phone_numbers
                                      WHERE released_at IS NULL AND replace(phone_number, $2, '') <> phone_number))
        GROUP BY status)",
                                              {page.search, page.digits});
    for (auto const& row : rows)
        counts[row.text(0)] = row.integer(1);
    return counts;
}

void refresh_status(sql::Writer& db, std::string const& organization_id)
{
    db.run(R"(
        UPDATE organizations SET status =
            (SELECT CASE WHEN o.state <> 'open' THEN o.state WHEN n.is_active = 1 THEN 'active' WHEN n.state = 'suspended' THEN 'suspended'
                         WHEN r.state IN ('held', 'needs_attention') THEN r.state ELSE 'provisioning' END
             FROM organizations o
             LEFT JOIN provisioning_runs r ON r.organization_id = o.id
             LEFT JOIN phone_numbers n ON n.id = r.phone_number_id AND n.released_at IS NULL
             WHERE o.id = $1)
        WHERE id = $1)",
        {organization_id});
}

std::vector<DailySignups> count_signups(sql::Reader& db, Time since, std::int64_t utc_offset_milliseconds)
{
    std::vector<DailySignups> days;
    for (auto const& row : db.run(R"(
        SELECT (created_at + $1) / 86400000, count(*), sum(CASE WHEN status = 'active' THEN 1 ELSE 0 END) FROM organizations
        WHERE created_at >= $2 GROUP BY 1 ORDER BY 1)",
             {utc_offset_milliseconds, since}))
        days.push_back({row.integer(0), row.integer(1), row.integer(2)});
    return days;
}

void set_organization_state(sql::Writer& db, std::string const& id, std::string const& state)
{
    auto const closed_at = state == "closed" ? now() : Time();
    db.run("UPDATE organizations SET state = $1, closed_at = CASE WHEN $2 > 0 THEN $2 END WHERE id = $3", {state, closed_at, id});
    append_event(db, id, "organization", id);
    refresh_status(db, id);
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

OrganizationSettings find_settings(sql::Reader& db, std::string const& organization_id)
{
    auto const rows = db.run(R"(
        SELECT o.outbound_allowed, o.forwarding_number, g.name, o.shares_opt_outs, b.monthly
        FROM organizations o LEFT JOIN groups g ON g.id = o.group_id LEFT JOIN budgets b ON b.organization_id = o.id WHERE o.id = $1)",
        {organization_id});
    if (rows.empty()) return {};
    auto const& row = rows.front();
    return {row.flag(0), row.text(1), row.text(2), row.flag(3), row.is_null(4) ? default_budget : row.integer(4)};
}

void update_settings(sql::Writer& db, std::string const& organization_id, OrganizationSettings const& settings)
{
    std::optional<std::string> group_id;
    if (!settings.group.empty()) {
        db.run("INSERT INTO groups (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
            {new_id(), settings.group, now()});
        group_id = db.run("SELECT id FROM groups WHERE name = $1", {settings.group}).front().text(0);
    }
    db.run(R"(
        UPDATE organizations SET outbound_allowed = $1, forwarding_number = $2, group_id = $3, shares_opt_outs = $4 WHERE id = $5)",
        {settings.outbound_allowed, settings.forwarding_number, group_id, settings.shares_opt_outs, organization_id});
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

AddressSignups count_address_signups(sql::Reader& db, std::string const& address, Time since)
{
    auto const rows
        = db.run("SELECT count(*), COALESCE(sum(held), 0) FROM address_signups WHERE address = $1 AND at >= $2", {address, since});
    auto const held = rows.front().integer(1);
    return {rows.front().integer(0) - held, held};
}

void insert_address_signup(sql::Writer& db, std::string const& id, std::string const& address, bool held)
{
    db.run("INSERT INTO address_signups (id, address, held, at) VALUES ($1, $2, $3, $4)", {id, address, held ? 1 : 0, now()});
}

void delete_address_signups(sql::Writer& db, Time before)
{
    db.run("DELETE FROM address_signups WHERE at < $1", {before});
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
