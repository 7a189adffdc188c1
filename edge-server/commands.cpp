#include "edge-server/commands.h"
#include "edge-server/app.h"
#include "edge-server/services/agent_doctor.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/snapshot.h"
#include "shared/base/id.h"
#include "shared/base/priority.h"

#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <pthread.h>
#include <unistd.h>

namespace {

std::string default_web_root()
{
    std::error_code ignored;
    auto const program = std::filesystem::read_symlink("/proc/self/exe", ignored);
    return (program.parent_path().parent_path().parent_path() / "web").string(); // build/<preset>/bin/… -> build/web
}

bool write_private(std::string const& path, std::string const& text)
{
    int const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return false;
    bool const written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    ::close(file);
    return written;
}

} // namespace

int run_server(Config const& given)
{
    // Before any thread: signals are taken here and nowhere else.
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ending, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    auto config = given;
    if (config.web_root.empty()) config.web_root = default_web_root();
    if (config.elevenlabs_initiation_secret.empty())
        spdlog::warn("ELEVENLABS_INITIATION_SECRET is not set: every call's webhook will be refused");
    if (!config.has_twilio()) spdlog::warn("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set: no number can be bought");
    if (config.is_live_by_mistake()) spdlog::warn("a vendor's real address with a public URL that it cannot reach: nothing will be bought");

    App app(config);
    app.start();
    std::printf("dealerline-edge listening on http://%s:%d\n", config.listen_host().c_str(), app.port());
    std::fflush(stdout);
    int signal = 0;
    sigwait(&ending, &signal);
    spdlog::info("stopping");
    app.stop();
    return 0;
}

int run_doctor(Config const& config, bool fix)
{
    int problems = 0;
    auto const say = [&](bool right, std::string const& sentence) {
        std::cout << (right ? "ok    " : "wrong ") << sentence << '\n';
        problems += !right;
    };

    if (config.has_twilio()) {
        TwilioClient twilio(config.twilio_api_base, config.twilio_account_sid, current_secret(config.twilio_auth_token), config.secrets());
        auto const answer = twilio.find_by_tag("dealerline:doctor").answer;
        say(static_cast<bool>(answer), answer ? "Twilio takes our credentials." : "Twilio: " + answer.message);
    } else
        say(false, "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set.");
    say(!config.is_live_by_mistake(),
        "The public URL is " + config.public_url
            + (config.is_live_by_mistake() ? ", which the vendors cannot reach: set DEALERLINE_PUBLIC_URL to a public https address."
                                           : "."));
    say(!config.elevenlabs_initiation_secret.empty(),
        config.elevenlabs_initiation_secret.empty() ? "ELEVENLABS_INITIATION_SECRET is not set: the initiation webhook refuses everyone."
                                                    : "The initiation secret is set.");

    if (!config.has_elevenlabs()) {
        say(!config.imports_by_itself(),
            "ELEVENLABS_API_KEY and ELEVENLABS_AGENT_ID are not set: numbers are imported by hand, and the agent cannot be checked.");
        return problems == 0 ? 0 : 1;
    }
    ElevenLabsClient elevenlabs(config.elevenlabs_api_base, current_secret(config.elevenlabs_api_key), config.secrets());
    auto check = check_agent(elevenlabs, config);
    bool const repairable = !check.findings.empty() && !config.elevenlabs_initiation_secret.empty() && !config.is_live_by_mistake();
    if (fix && repairable) {
        auto const repair = repair_agent(elevenlabs, config);
        for (auto const& done : repair.done)
            std::cout << "fixed " << done << '\n';
        if (repair.failure) say(false, "ElevenLabs: " + repair.failure->message);
        if (!repair.new_webhook_secret.empty() && repair.new_webhook_secret != current_secret(config.elevenlabs_webhook_secret)) {
            // ElevenLabs tells it this once. A named file keeps it out of the terminal's history.
            auto const& file = config.elevenlabs_webhook_secret_file;
            if (!file.empty() && write_private(file, repair.new_webhook_secret + "\n"))
                std::cout << "fixed Wrote the post-call webhook's secret to " << file << "; restart the server to use it.\n";
            else
                std::cout << "next  Set ELEVENLABS_WEBHOOK_SECRET to the new post-call webhook's secret, shown this once: "
                          << repair.new_webhook_secret << '\n';
        }
        check = check_agent(elevenlabs, config);
    }
    if (check.failure)
        say(false, "ElevenLabs: " + check.failure->message);
    else if (check.findings.empty())
        say(true, "The agent answers with the dealership's name.");
    for (auto const& finding : check.findings)
        say(false, finding);
    if (problems > 0 && !check.findings.empty() && !fix) std::cout << "next  dealerline-edge doctor --fix\n";
    return problems == 0 ? 0 : 1;
}

int run_reconcile(Config const& config, bool repair)
{
    constexpr std::size_t unattended = 5; // repairs that nobody read first
    if (config.admin_email.empty() || config.admin_password.empty())
        throw std::runtime_error("set DEALERLINE_ADMIN_EMAIL and DEALERLINE_ADMIN_PASSWORD to those of a platform admin");
    auto const address = "http://" + config.listen_host() + ':' + std::to_string(config.listen_port());
    ProviderClient server("The server", "The running server", address, config.secrets());
    std::string cookie;
    auto const ask = [&](std::string const& method, std::string const& path, Json const& body) {
        ProviderRequest request{method, path, {{"Origin", config.public_url}}, "application/json", body.is_null() ? "" : body.dump()};
        if (!cookie.empty()) request.headers.emplace_back("Cookie", cookie);
        auto const answer = server.call(request);
        if (!answer) throw std::runtime_error(address + path + ": " + answer.message);
        if (!answer.cookie.empty()) cookie = answer.cookie;
        return answer.body;
    };
    ask("POST", "/api/session", {{"email", config.admin_email}, {"password", config.admin_password}});
    auto const report = ask("POST", "/api/admin/drift/look", nullptr);
    auto const orphans = ask("GET", "/api/admin/orphans", nullptr);

    auto ids = Json::array();
    std::size_t differences = 0, repairable = 0;
    for (auto const& finding : member_of(report, "findings")) {
        if (text_of(finding, "kind") == "not_ours") continue;
        ++differences;
        auto const plan = text_of(finding, "repair");
        std::cout << "drift   " << text_of(finding, "message") << "\n        "
                  << (plan.empty() ? "By hand: " + text_of(finding, "next_step") : "Repair: " + plan) << '\n';
        if (plan.empty()) continue;
        ++repairable;
        if (ids.size() < unattended) ids.push_back(text_of(finding, "id"));
    }
    for (auto const& orphan : member_of(orphans, "orphans"))
        std::cout << "orphan  " << text_of(orphan, "message") << " $" << text_of(orphan, "monthly_cost") << " a month\n";
    auto const lost = member_of(orphans, "orphans").size();
    if (differences + lost == 0) {
        std::cout << "ok      Our books and the vendors' agree.\n";
        return 0;
    }
    if (!repair || ids.empty()) return 1;

    auto const repaired = ask("POST", "/api/admin/drift/repair", {{"ids", ids}});
    std::size_t failed = 0;
    for (auto const& one : member_of(repaired, "repaired")) {
        auto const done = text_of(one, "done");
        failed += done.empty();
        std::cout << (done.empty() ? "failed  " : "done    ") << text_of(one, "id") << ": "
                  << (done.empty() ? text_of(one, "failure") : done) << '\n';
    }
    if (repairable > ids.size())
        std::cout << "left    " << repairable - ids.size() << " more: unattended, " << unattended
                  << " are repaired at a time. Run it again, or use the console.\n";
    return failed == 0 && repairable == ids.size() && differences == repairable && lost == 0 ? 0 : 1;
}

int run_backup(Config const& config, std::string const& file)
{
    run_in_background(); // a server may be answering calls beside it
    sql::backup(config.database, file);
    std::cout << "Wrote " << file << '\n';
    return 0;
}

int run_snapshot(Config const& config, std::string const& file)
{
    run_in_background();
    make_snapshot(config.database, file, config.is_simulated());
    std::cout << "Wrote " << file << '\n';
    return 0;
}

int run_restore(Config const& config, std::string const& file)
{
    sql::restore(file, config.database);
    std::cout << "Restored " << file << '\n';
    return 0;
}

// Organisations 0…N-1 with an active number each, and leads with summarised conversations, as the peers of the side-by-side
// measurement have them.
int run_fixture(Config const& config, int organizations, int leads, int conversations)
{
    auto const database = open_migrated(config.database);
    auto const is_empty = [](sql::Reader& db) { return db.run("SELECT 1 FROM organizations LIMIT 1").empty(); };
    if (!database->read(sql::Scope::platform(), is_empty)) {
        std::cerr << "dealerline-edge: the database is not empty; name a new file with DEALERLINE_DATABASE\n";
        return 1;
    }
    auto const padded = [](int number) {
        auto digits = std::to_string(number);
        return std::string(7 - digits.size(), '0') + digits;
    };
    auto const present = now();
    auto const add_lead = [&](sql::Writer& db, int i, int j, std::string const& organization, std::string const& number) {
        auto const lead = new_id();
        auto const call_sid = "CAseed" + padded(i) + "-" + std::to_string(j);
        db.run(R"(
            INSERT INTO leads (id, organization_id, phone_number, name, first_call_sid, created_at, last_contact_at)
            VALUES ($1, $2, $3, $4, $5, $6, $6))",
            {lead, organization, "+1778" + padded(j), "Customer " + std::to_string(j), call_sid, present});
        for (int k = 0; k < conversations; ++k)
            db.run(R"(
                INSERT INTO conversations (id, organization_id, phone_number_id, lead_id, call_sid, direction, started_at, summary)
                VALUES ($1, $2, $3, $4, $5, 'inbound', $6, 'Asked about a used pickup and about financing; wants a call back on Friday.'))",
                {new_id(), organization, number, lead, k == 0 ? call_sid : call_sid + "-" + std::to_string(k),
                    present.plus_milliseconds(j + k)});
    };
    auto const add_organization = [&](sql::Writer& db, int i) {
        auto const id = new_id(), number_id = new_id();
        auto const number = std::to_string(i);
        db.run("INSERT INTO organizations (id, name, slug, email, area_code, time_zone, created_at) VALUES ($1, $2, $3, $4, '604', "
               "'America/Vancouver', $5)",
            {id, "Dealer " + number, "dealer-" + number, "dealer" + number + "@example.com", present});
        db.run(R"(
            INSERT INTO phone_numbers (id, organization_id, phone_number, state, is_active, sms_status, twilio_sid, twilio_account_sid, created_at, activated_at)
            VALUES ($1, $2, $3, 'active', 1, 'ready', $4, 'AC00000000000000000000000000000000', $5, $5))",
            {number_id, id, "+1604" + padded(i), "PNfixture" + number, present});
        db.run(R"(
            INSERT INTO provisioning_runs (id, organization_id, state, area_code, phone_number_id, due_at, created_at, finished_at)
            VALUES ($1, $2, 'done', '604', $3, $4, $4, $4))",
            {new_id(), id, number_id, present});
        refresh_status(db, id);
        for (int j = 0; j < leads; ++j)
            add_lead(db, i, j, id, number_id);
    };
    constexpr int rows_at_once = 20'000; // in one write
    int const at_once = std::max(1, rows_at_once / (3 + leads * (1 + conversations)));
    for (int i = 0; i < organizations; i += at_once)
        database->write(sql::Scope::platform(), [&](sql::Writer& db) {
            for (int j = i; j < std::min(organizations, i + at_once); ++j)
                add_organization(db, j);
        });
    std::cout << "Wrote " << organizations << " organisations with " << leads << " leads each\n";
    return 0;
}
