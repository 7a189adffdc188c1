#pragma once

#include "edge-server/services/sessions.h"
#include "edge-server/store/organization_store.h"
#include "shared/domain/organization.h"

#include <string>
#include <vector>

struct Config;

// Every rule that a signup breaks, in the order of the form. Empty when it is right. `area_code` and `time_zone` may be ''.
std::vector<Error> problems_in(Signup const& signup);

// Founds an organisation with its first admin and its provisioning run, in one transaction; durable before it returns.
class Signups {
public:
    Signups(sql::Database& database, Config const& config, PasswordHasher& hasher, Sessions& sessions);

    struct Accepted {
        std::string organization_id;
        std::string session_token;
    };
    // A repeat of the same signup is answered with the first one's organisation; nothing else is a way into an account.
    Result<Accepted> accept(Signup signup, std::string const& idempotency_key, std::string const& address);

    std::string free_slug_like(std::string const& slug); // "premium-auto-sales-2"

private:
    // What exceeds an address's limit is kept and held; what exceeds the limit of held ones too is refused.
    bool is_held(AddressSignups const& known) const;
    std::optional<Error> too_many(AddressSignups const& known) const;

    sql::Database& m_database;
    Config const& m_config;
    PasswordHasher& m_hasher;
    Sessions& m_sessions;
};
