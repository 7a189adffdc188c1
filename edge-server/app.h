#pragma once

#include "edge-server/config.h"
#include "edge-server/http/event_streams.h"
#include "edge-server/http/files.h"
#include "edge-server/http/server.h"
#include "edge-server/jobs/dialler.h"
#include "edge-server/jobs/housekeeper.h"
#include "edge-server/jobs/provisioning_workers.h"
#include "edge-server/jobs/text_sender.h"
#include "edge-server/jobs/traffic_workers.h"
#include "edge-server/routes/access.h"
#include "edge-server/routes/event_routes.h"
#include "edge-server/services/inbox.h"
#include "edge-server/services/initiation.h"
#include "edge-server/services/pollers.h"
#include "edge-server/services/signup.h"

#include <memory>
#include <optional>

// The whole server, put together in order; tests make the same one on a free port.
class App {
public:
    explicit App(Config config);
    ~App();

    void start();
    void stop(); // requests finish; runs pause after the step at hand
    int port() const { return m_server->port(); }
    sql::Database& database() { return *m_database; }
    Json providers_health() const; // of the last hour, one object each
    Bounds bounds() const;

private:
    ElevenLabsClient* elevenlabs() { return m_elevenlabs ? &*m_elevenlabs : nullptr; }
    std::vector<ProviderClient const*> providers();
    std::vector<RecurringJob> recurring_jobs();

    Config m_config;
    std::unique_ptr<sql::Database> m_database;
    ProviderHealth m_database_health{"Database", "Commit", std::chrono::milliseconds(100)};
    std::string m_installation_id;
    TwilioClient m_twilio;
    std::optional<ElevenLabsClient> m_elevenlabs;
    ProviderClient m_own_server;
    PasswordHasher m_hasher;
    Sessions m_sessions;
    Provisioning m_provisioning;
    Lines m_lines;
    Drift m_drift;
    Outages m_outages;
    OutboundCalls m_outbound_calls;
    Signups m_signups;
    Initiation m_initiation;
    Inbox m_inbox;
    Texts m_texts;
    std::optional<Pollers> m_pollers; // none without ElevenLabs' key
    Access m_access;
    http::Files m_files;
    http::EventStreams m_streams;
    EventFeed m_feed;
    http::Router m_router;
    std::unique_ptr<http::Server> m_server;
    std::unique_ptr<ProvisioningWorkers> m_workers;
    std::unique_ptr<Dialler> m_dialler;
    std::unique_ptr<Housekeeper> m_housekeeper;
    std::unique_ptr<RecurringJobs> m_recurring_jobs;
    std::unique_ptr<TrafficWorkers> m_traffic_workers;
    std::unique_ptr<TextSender> m_text_sender;
};

std::unique_ptr<sql::Database> open_migrated(std::string const& address);
