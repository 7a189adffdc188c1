#pragma once

#include "shared/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
}

// What the environment and the flags say. Secrets come from the environment, or from a file named by NAME_FILE, only.
struct Config {
    std::string listen = "127.0.0.1:8080";
    std::string public_url; // from `listen` when empty; without a slash at the end
    std::string database = "sqlite:dealerline.db";
    std::string web_root;
    std::string admin_email;
    std::string admin_password;
    std::string twilio_account_sid;
    std::string twilio_auth_token;
    std::string twilio_api_base = "https://api.twilio.com";
    std::string elevenlabs_api_key;
    std::string elevenlabs_api_base = "https://api.elevenlabs.io";
    std::string elevenlabs_agent_id;
    std::string elevenlabs_webhook_secret;
    std::string elevenlabs_webhook_secret_file; // where `doctor --fix` puts the secret of the webhook that it makes
    std::string elevenlabs_initiation_secret;
    std::string elevenlabs_import; // auto or manual
    std::string outbound = "approval"; // or open: to people who did not write first, without an admin's approval
    std::vector<std::string> outbound_countries{"CA", "US"};
    std::string quiet_hours = "kept"; // or ignored, against simulated vendors only
    std::string budget = "50.00"; // a month, of a new organisation
    std::string default_name = "Jack Automotive";
    std::string default_number; // sends for who has no active number of its own; '' for none
    std::string country = "CA";
    std::string area_code = "604";
    int max_purchases_per_day = 25;
    int signups_per_ip_per_hour = 5;
    std::vector<std::string> trusted_proxies;
    std::string log = "info";

    std::string listen_host() const;
    int listen_port() const;
    std::int64_t budget_micro_dollars() const;
    bool has_twilio() const { return !twilio_account_sid.empty() && !twilio_auth_token.empty(); }
    bool has_elevenlabs() const { return !elevenlabs_api_key.empty() && !elevenlabs_agent_id.empty(); }
    bool imports_by_itself() const { return elevenlabs_import == "auto"; }
    // A vendor's real host together with a public URL that it could not call: nothing is bought or repaired then.
    bool is_live_by_mistake() const;
    bool is_simulated() const; // a vendor's address is not the vendor's own
    std::vector<std::string> secrets() const; // every configured one, each value of it
};

// Adds a flag for each variable that is not a secret; the help lists the defaults.
void add_options(CLI::App& app, Config& config);

// Reads the secrets, fills in what follows from other values and checks everything. The error's message is one line for the terminal.
Outcome complete(Config& config);
