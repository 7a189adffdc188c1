#include "edge-server/app.h"
#include "edge-server/embedded.h"
#include "edge-server/routes/admin_routes.h"
#include "edge-server/routes/call_routes.h"
#include "edge-server/routes/conversation_routes.h"
#include "edge-server/routes/drift_routes.h"
#include "edge-server/routes/inbox_routes.h"
#include "edge-server/routes/installation.h"
#include "edge-server/routes/message_routes.h"
#include "edge-server/routes/metrics_routes.h"
#include "edge-server/routes/organization_routes.h"
#include "edge-server/routes/session_routes.h"
#include "edge-server/routes/signup_routes.h"
#include "edge-server/routes/static_routes.h"
#include "edge-server/routes/twilio_routes.h"
#include "edge-server/routes/usage_routes.h"
#include "edge-server/routes/webhook_routes.h"
#include "edge-server/services/billing.h"
#include "edge-server/services/comparison.h"
#include "edge-server/services/message_poller.h"
#include "edge-server/services/post_call.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/call_attempt_store.h"
#include "edge-server/store/job_store.h"
#include "edge-server/store/line_store.h"
#include "edge-server/store/message_store.h"
#include "edge-server/store/provisioning_store.h"
#include "shared/base/text.h"

#include <spdlog/spdlog.h>

#include <string_view>

std::unique_ptr<sql::Database> open_migrated(std::string const& address)
{
    auto database = sql::open(address);
    std::vector<sql::Migration> migrations;
    for (auto const& file : embedded_files())
        if (std::string_view(file.name).ends_with(".sql")) migrations.push_back({file.name, file.content});
    database->migrate(migrations);
    return database;
}

namespace {

constexpr std::chrono::hours time_between_looks{1}; // at the vendors' books
constexpr std::chrono::seconds time_until_first_poll{15};
constexpr std::chrono::seconds time_between_polls{60};
constexpr std::chrono::seconds time_between_checks{300}; // of our webhook at ElevenLabs
constexpr std::chrono::seconds time_between_clean_ups{3600};
constexpr std::chrono::seconds time_between_comparisons{24 * 3600}; // of the bills

Error explain(std::exception const& failure)
{
    if (dynamic_cast<sql::Overloaded const*>(&failure))
        return {ErrorKind::Unavailable, "busy", "Too much is being written at once. Try again in a moment.", {}, 1};
    return {ErrorKind::Internal, "internal", "Something went wrong on our side. Try again; if it stays, tell us the request id."};
}

std::string prepare(sql::Database& database)
{
    return database.write(sql::Scope::platform(), [](sql::Writer& db) {
        void_all_line_leases(db);
        void_all_attempt_leases(db);
        void_all_job_leases(db);
        void_all_text_leases(db);
        drop_lost_inbox_parts(db);
        void_all_leases(db); // their holders died with the last process: this one has the file to itself
        return installation_id(db, random_hex(8));
    });
}

} // namespace

App::App(Config config)
    : m_config(std::move(config)), m_database(open_migrated(m_config.database)), m_installation_id(prepare(*m_database)),
      m_twilio(m_config.twilio_api_base, m_config.twilio_account_sid, current_secret(m_config.twilio_auth_token), m_config.secrets()),
      m_own_server("Our own server", "Our webhook", m_config.public_url, m_config.secrets()), m_sessions(*m_database, m_hasher),
      m_provisioning(*m_database, m_config, m_installation_id, m_twilio,
          m_config.has_elevenlabs()
              ? &m_elevenlabs.emplace(m_config.elevenlabs_api_base, current_secret(m_config.elevenlabs_api_key), m_config.secrets())
              : nullptr,
          m_own_server),
      m_lines(*m_database, m_config, m_provisioning, m_twilio, elevenlabs()),
      m_drift(*m_database, m_config, m_installation_id, m_provisioning, m_twilio, elevenlabs()), m_outages(*m_database, providers()),
      m_outbound_calls(*m_database, m_config, elevenlabs()), m_signups(*m_database, m_config, m_hasher, m_sessions),
      m_initiation(*m_database, m_config.default_name), m_inbox(*m_database), m_texts(*m_database, m_config, m_twilio),
      m_access(*m_database, m_sessions, m_config), m_files(m_config.web_root),
      m_feed(m_streams, *m_database, m_access, console_build(m_files))
{
    if (!m_config.admin_email.empty()) m_sessions.create_first_admin(m_config.admin_email, m_config.admin_password);
    if (m_elevenlabs) m_pollers.emplace(*m_database, m_config, m_inbox, *m_elevenlabs);
    m_inbox.add("elevenlabs", "post_call_transcription", take_transcription);
    m_inbox.add("elevenlabs", "call_initiation_failure", take_initiation_failure);
    m_inbox.add("twilio", "sms",
        [this](InboxItem const& item) -> Inbox::Write { return [this, item](sql::Writer& db) { return take_text(db, m_config, item); }; });
    m_inbox.add("twilio", "message_status",
        [](InboxItem const& item) -> Inbox::Write { return [item](sql::Writer& db) { return take_message_status(db, item); }; });
    m_initiation.on_behind([this] { m_inbox.wake(); });
    add_webhook_routes(m_router, m_initiation, m_inbox, m_config); // first: the most urgent
    add_twilio_routes(m_router, m_inbox, *m_database, m_config);
    add_signup_routes(m_router, m_signups, m_provisioning, *m_database, m_access, m_files, m_config);
    add_session_routes(m_router, m_sessions, *m_database, m_access, installation_of(m_config, console_build(m_files)));
    auto const wake_lines = [this] {
        if (m_housekeeper) m_housekeeper->wake();
    };
    add_organization_routes(m_router, m_provisioning, wake_lines, *m_database, m_access, m_config);
    add_admin_routes(m_router, m_provisioning, *m_database, m_access, [this] { return providers_health(); });
    add_conversation_routes(m_router, *m_database, m_access);
    add_lead_routes(m_router, *m_database, m_access);
    add_message_routes(m_router, m_texts, *m_database, m_access);
    add_inbox_routes(m_router, m_inbox, *m_database, m_access);
    add_drift_routes(m_router, m_drift, *m_database, m_access);
    add_call_routes(m_router, m_outbound_calls, *m_database, m_access);
    add_usage_routes(m_router, *m_database, m_access);
    add_metrics_routes(
        m_router, *m_database, [this] { return providers_health(); }, [this] { return bounds(); });
    add_event_routes(m_router, m_feed);
    add_static_routes(m_router, m_files, *m_database);
    m_server = std::make_unique<http::Server>(
        m_router, http::Server::Options{m_config.listen_host(), m_config.listen_port(), m_config.trusted_proxies, explain});
}

App::~App()
{
    stop();
}

void App::start()
{
    m_database->on_commit([this](sql::Commit const& commit) {
        if (commit.failure.empty())
            m_database_health.succeeded(commit.took);
        else
            m_database_health.failed(commit.took, bounded_data(commit.failure, 300));
        if (commit.announced) m_streams.wake();
    });
    m_streams.start({[this] { m_feed.look(); }, [this](http::EventStreams::Id id) { m_feed.gone(id); }});
    m_server->start();
    m_workers = std::make_unique<ProvisioningWorkers>(m_provisioning);
    m_dialler = std::make_unique<Dialler>(m_outbound_calls);
    m_housekeeper = std::make_unique<Housekeeper>(m_lines, m_drift, m_outages, time_between_looks);
    m_recurring_jobs = std::make_unique<RecurringJobs>(*m_database, recurring_jobs());
    m_traffic_workers = std::make_unique<TrafficWorkers>(m_inbox, m_initiation, *m_recurring_jobs);
    m_text_sender = std::make_unique<TextSender>(m_texts);
}

void App::stop()
{
    m_provisioning.stop_working(); // waiting signups are answered with what is known
    m_streams.close();
    m_outbound_calls.stop_working();
    m_housekeeper.reset();
    m_text_sender.reset();
    m_dialler.reset();
    m_traffic_workers.reset(); // what still arrives is on disk, and processed after the next start
    m_workers.reset(); // a line that is being verified still reaches our own webhook
    m_server->stop();
    try {
        m_initiation.catch_up(); // consoles hear of the last moment
    } catch (std::exception const& failure) {
        spdlog::error("initiation: {}", failure.what());
    }
    m_database->on_commit({});
}

std::vector<ProviderClient const*> App::providers()
{
    std::vector<ProviderClient const*> list{&m_twilio.provider()};
    if (m_elevenlabs) list.push_back(&m_elevenlabs->provider());
    return list;
}

Bounds App::bounds() const
{
    auto bounds = m_server->bounds();
    for (auto const& bound : {m_streams.bound(), m_database->writes_waiting(), m_initiation.calls_to_file(), m_hasher.waiting(),
             m_provisioning.waiting_signups(), m_twilio.provider().calls_at_once()})
        bounds.push_back(bound);
    if (m_elevenlabs) bounds.push_back(m_elevenlabs->provider().calls_at_once());
    return bounds;
}

Json App::providers_health() const
{
    auto const elevenlabs = m_elevenlabs ? m_elevenlabs->provider().health() : unused_provider("ElevenLabs", "Voice agent");
    return Json::array({m_config.has_twilio() ? m_twilio.provider().health() : unused_provider("Twilio", "Numbers, texts"), elevenlabs,
        m_initiation.health().to_json(), m_database_health.to_json()});
}

std::vector<RecurringJob> App::recurring_jobs()
{
    std::vector<RecurringJob> jobs;
    if (m_pollers) {
        jobs.push_back({"poll_conversations", time_until_first_poll, time_between_polls,
            [this](std::string& position) { return m_pollers->poll_conversations(position); }});
        jobs.push_back(
            {"check_webhook", time_between_checks, time_between_checks, [this](std::string&) { return m_pollers->check_webhook(); }});
    }
    if (m_config.has_twilio())
        jobs.push_back({"poll_messages", time_until_first_poll, time_between_polls,
            [this](std::string& position) { return poll_messages(*m_database, m_config, m_twilio, m_inbox, position); }});
    jobs.push_back({"give_up_lost_calls", time_between_clean_ups, time_between_clean_ups, [this](std::string&) -> Outcome {
                        give_up_lost_calls(*m_database);
                        return Nothing{};
                    }});
    jobs.push_back(
        {"bill_numbers", time_until_first_poll, time_between_clean_ups, [this](std::string&) { return bill_numbers(*m_database); }});
    if (m_config.has_twilio())
        jobs.push_back({"compare_bills", time_between_comparisons, time_between_comparisons,
            [this](std::string&) { return compare_bills(*m_database, m_twilio, now()); }});
    return jobs;
}
