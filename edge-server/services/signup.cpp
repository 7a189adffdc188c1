#include "edge-server/services/signup.h"
#include "edge-server/config.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/budget_store.h"
#include "edge-server/store/notification_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/provisioning_store.h"
#include "shared/base/id.h"
#include "shared/base/json.h"
#include "shared/base/text.h"
#include "shared/domain/area_codes.h"

#include <algorithm>

namespace {

constexpr int held_per_address = 20;
constexpr int limit_seconds = 3600; // what an address may cause within an hour

Error slug_taken(std::string const& slug)
{
    return {ErrorKind::Conflict, "slug_taken", "The short name \"" + slug + "\" is taken.", "organization_slug"};
}

// Everything that the signup says but the password, which is proved against the account instead.
std::string fingerprint_of(Signup const& signup)
{
    return sha256_hex(Json{signup.email, signup.organization_name, signup.organization_slug, signup.area_code, signup.time_zone}.dump());
}

std::string key_of(Signup const& signup, std::string const& given)
{
    // Of this account only: a key that someone else guessed is theirs, not this one.
    return given.empty() ? sha256_hex(Json{"slug", signup.email, signup.organization_slug}.dump())
                         : sha256_hex(Json{"key", signup.email, given}.dump());
}

} // namespace

std::vector<Error> problems_in(Signup const& signup)
{
    std::vector<Error> problems;
    for (auto const& problem :
        {check_organization_name(signup.organization_name), check_slug(signup.organization_slug), check_email(signup.email),
            check_password(signup.password), check_area_code(signup.area_code), check_time_zone(signup.time_zone)})
        if (problem) problems.push_back(*problem);
    return problems;
}

Signups::Signups(sql::Database& database, Config const& config, PasswordHasher& hasher, Sessions& sessions)
    : m_database(database), m_config(config), m_hasher(hasher), m_sessions(sessions)
{
}

bool Signups::is_held(AddressSignups const& known) const
{
    return known.free >= m_config.signups_per_ip_per_hour;
}

std::optional<Error> Signups::too_many(AddressSignups const& known) const
{
    if (!is_held(known) || known.held < held_per_address) return {};
    return Error{ErrorKind::TooMany, "too_many_signups", "Too many signups from this address. Try again in an hour.", {}, limit_seconds};
}

Result<Signups::Accepted> Signups::accept(Signup signup, std::string const& idempotency_key, std::string const& address)
{
    signup.email = lower_case_ascii(trimmed(signup.email));
    signup.organization_name = trimmed(signup.organization_name);
    if (auto const problems = problems_in(signup); !problems.empty()) return problems.front();
    if (!std::all_of(idempotency_key.begin(), idempotency_key.end(), [](char c) { return c > ' ' && c < 0x7F; }))
        return Error{ErrorKind::Malformed, "invalid_key", "An Idempotency-Key has visible ASCII characters only.", "Idempotency-Key"};
    if (idempotency_key.size() > 255)
        return Error{ErrorKind::Malformed, "too_long", "An Idempotency-Key has 255 bytes at most.", "Idempotency-Key"};

    auto const fingerprint = fingerprint_of(signup);
    auto const by_slug = key_of(signup, {});
    auto const by_key = idempotency_key.empty() ? by_slug : key_of(signup, idempotency_key);
    struct Known {
        std::optional<User> user;
        std::optional<IdempotencyRecord> earlier;
        bool slug_exists = false;
        AddressSignups from_address = {};
    };
    auto const look = [&](sql::Reader& db) {
        Known known{find_user_by_email(db, signup.email), find_idempotency_key(db, by_key), ::slug_exists(db, signup.organization_slug),
            count_address_signups(db, address, now().plus_seconds(-limit_seconds))};
        if (!known.earlier) known.earlier = find_idempotency_key(db, by_slug);
        return known;
    };
    auto const known = m_database.read(sql::Scope::platform(), look);

    std::optional<User> user;
    std::string password_hash;
    if (known.user) {
        auto const proved = m_sessions.prove(signup.email, signup.password, address);
        if (!proved && proved.error().kind != ErrorKind::Unauthorized) return proved.error();
        if (!proved) {
            if (known.earlier || known.slug_exists) return slug_taken(signup.organization_slug);
            return Error{
                ErrorKind::Conflict, "email_taken", "This e-mail has an account already, with another password. Sign in first.", "email"};
        }
        user = *proved;
        if (known.earlier) {
            if (known.earlier->fingerprint != fingerprint) return slug_taken(signup.organization_slug);
            auto const token = m_database.write(sql::Scope::platform(), [&](sql::Writer& db) { return Sessions::open(db, *user); });
            return Accepted{known.earlier->organization_id, token};
        }
    } else {
        if (known.slug_exists) return slug_taken(signup.organization_slug);
        if (auto const refused = too_many(known.from_address)) return *refused; // before it costs a hash
        auto const hashed = m_hasher.hash(signup.password);
        if (!hashed) return hashed.error();
        password_hash = *hashed;
    }
    if (known.slug_exists) return slug_taken(signup.organization_slug);

    auto const area = find_area_code(signup.area_code.empty() ? m_config.area_code : signup.area_code);
    Organization const organization{new_id(), signup.organization_name, signup.organization_slug, signup.email, signup.area_code,
        signup.time_zone.empty() ? std::string(area->time_zone) : signup.time_zone, "open", now()};
    ProvisioningRun run;
    run.id = new_id();
    run.organization_id = organization.id;
    run.state = "queued";
    run.area_code = signup.area_code;
    run.due_at = run.created_at = now();
    auto held_run = run;
    held_run.state = "held";
    held_run.cause = "More than " + std::to_string(m_config.signups_per_ip_per_hour)
        + " signups came from one address within an hour. Nothing was bought.";
    held_run.next_step = "Approve this purchase, or close the organisation.";
    User const founder = user ? *user : User{new_id(), signup.email, password_hash, {}};
    bool raced = false;
    auto accepted = m_database.write(sql::Scope::platform(), [&](sql::Writer& db) -> Result<Accepted> {
        // Asked again where it counts: someone may have been faster, perhaps with this very signup.
        auto const present = look(db);
        raced = present.earlier || (!user && present.user);
        if (present.slug_exists || present.earlier) return slug_taken(signup.organization_slug);
        if (!user && present.user)
            return Error{ErrorKind::Conflict, "email_taken", "This e-mail has an account already. Sign in first.", "email"};
        if (auto const refused = too_many(present.from_address)) return *refused;
        bool const held = is_held(present.from_address);
        delete_address_signups(db, now().plus_seconds(-limit_seconds));
        insert_address_signup(db, new_id(), address, held);
        if (!user) insert_user(db, founder);
        insert_organization(db, organization);
        set_budget(db, organization.id, m_config.budget_micro_dollars());
        insert_membership(db, organization.id, founder.id, "admin");
        insert_run(db, held ? held_run : run);
        insert_idempotency_key(db, by_slug, {organization.id, fingerprint});
        if (by_key != by_slug) insert_idempotency_key(db, by_key, {organization.id, fingerprint});
        if (held)
            put_notification(db,
                {new_id(), "purchase_held", run.id, organization.id, {}, {}, "Approve the purchase of a number for " + organization.name,
                    held_run.cause, held_run.next_step, "pending", now(), {}});
        append_audit(db, {organization.id, founder.id, "signed_up", organization.id}, sha256_hex);
        return Accepted{organization.id, Sessions::open(db, founder)};
    });
    if (raced) return accept(std::move(signup), idempotency_key, address);
    return accepted;
}

std::string Signups::free_slug_like(std::string const& slug)
{
    return m_database.read(sql::Scope::platform(), [&](sql::Reader& db) {
        for (int number = 2; number < 100; ++number) {
            auto const suffix = '-' + std::to_string(number);
            auto const candidate = slug.substr(0, 63 - suffix.size()) + suffix;
            if (!slug_exists(db, candidate)) return candidate;
        }
        return std::string();
    });
}
