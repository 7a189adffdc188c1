#pragma once

#include "tools/telephony-sim/database.h"
#include "tools/telephony-sim/json.h"

#include <optional>
#include <string>
#include <vector>

namespace simulator {

// What an ElevenLabs workspace keeps: agents, imported numbers, webhooks, secrets and its settings.

struct ImportedNumber {
    std::string phone_number_id;
    std::string phone_number;
    std::string label;
    std::string agent_id; // "" if no agent answers
};

void prepare_workspace(Database& db); // the first agent, unless the workspace has been used before

bool has_agent(Database& db, std::string const& agent_id);
std::optional<Json> find_agent(Database& db, std::string const& agent_id); // with its phone_numbers
std::vector<Json> list_agents(Database& db);
void save_agent(Database& db, Json agent); // new or changed
bool delete_agent(Database& db, std::string const& agent_id);

std::optional<ImportedNumber> find_imported(Database& db, std::string const& phone_number_id);
std::optional<ImportedNumber> find_imported_by_number(Database& db, std::string const& phone_number);
std::vector<ImportedNumber> list_imported(Database& db);
void save_imported(Database& db, ImportedNumber const& number, std::string const& account_sid);
bool delete_imported(Database& db, std::string const& phone_number_id);
Json described(Database& db, ImportedNumber const& number);

// A webhook's `secret` and `retry_enabled` are in its record but not in the vendor's answers.
std::vector<Json> list_webhooks(Database& db);
std::optional<Json> find_webhook(Database& db, std::string const& webhook_id);
void save_webhook(Database& db, Json const& webhook);
bool delete_webhook(Database& db, std::string const& webhook_id);

struct Secret {
    std::string secret_id;
    std::string name;
    std::string value;
};
std::vector<Secret> list_secrets(Database& db);
std::optional<Secret> find_secret(Database& db, std::string const& secret_id);
void save_secret(Database& db, Secret const& secret);
bool delete_secret(Database& db, std::string const& secret_id);

Json workspace_settings(Database& db);
void save_workspace_settings(Database& db, Json const& settings);

} // namespace simulator
