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
        auto const outage = provider->outage();
        bool const lasts = outage.open && outage.since.plus_seconds(patience_seconds) < now();
        auto const told = m_told.find(provider->name());
        if (told != m_told.end() && told->second == lasts) continue;
        if (outage.open && !lasts) continue;
        m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
            if (!lasts) return resolve_notifications_about(db, provider->name());
            put_notification(db,
                {new_id(), "provider_down", provider->name(), {}, {}, {}, provider->name() + " does not answer",
                    text_of(provider->health(), "last_failure"),
                    "Look at " + provider->name() + "'s status page. What waits for it goes on by itself when it answers again.", "pending",
                    now(), {}});
        });
        m_told[provider->name()] = lasts;
    }
}
