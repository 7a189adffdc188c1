#include "edge-server/services/outages.h"
#include "edge-server/store/notification_store.h"
#include "shared/base/id.h"

namespace {

constexpr std::int64_t patience_seconds = 60;

}

Outages::Outages(sql::Database& database, std::vector<ProviderClient const*> providers)
    : m_database(database), m_providers(std::move(providers))
{
}

void Outages::look()
{
    for (auto const* provider : m_providers) {
        auto const& name = provider->name();
        auto const outage = provider->outage();
        bool const lasts = outage.open && outage.since.plus_seconds(patience_seconds) < now();
        if (lasts || !outage.open)
            tell("provider_down", *provider, lasts, name + " does not answer", text_of(provider->health(), "last_failure"),
                "Look at " + name + "'s status page. What waits for it goes on by itself when it answers again.");
        // Credentials that nobody used since the start are neither right nor wrong.
        if (auto const credentials = provider->credentials(); credentials != ProviderClient::Credentials::Unknown)
            tell("credentials_refused", *provider, credentials == ProviderClient::Credentials::Refused, name + " refuses our credentials",
                name + " answered \"" + text_of(provider->health(), "last_failure") + "\".",
                "Check the " + name
                    + " credentials of this installation and what they may do, start the server with the right ones, and "
                      "try again what stopped meanwhile.");
    }
}

void Outages::tell(
    char const* type, ProviderClient const& provider, bool is_so, std::string message, std::string cause, std::string next_step)
{
    auto const told = m_told.find({type, provider.name()});
    if (told != m_told.end() && told->second == is_so) return;
    m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        if (!is_so) return resolve_notification(db, type, provider.name());
        put_notification(db, {new_id(), type, provider.name(), {}, {}, {}, message, cause, next_step, "pending", now(), {}});
    });
    m_told[{type, provider.name()}] = is_so;
}
