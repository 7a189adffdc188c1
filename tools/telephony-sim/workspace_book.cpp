#include "tools/telephony-sim/workspace_book.h"

#include "tools/telephony-sim/embedded.h"
#include "tools/telephony-sim/settings.h"
#include "tools/telephony-sim/state.h"
#include "tools/telephony-sim/text.h"

namespace simulator {

namespace {

ImportedNumber imported(Row const& row)
{
    return {row.text(0), row.text(1), row.text(2), row.text(3)};
}

std::optional<ImportedNumber> first_imported(std::vector<Row> const& rows)
{
    if (rows.empty()) return std::nullopt;
    return imported(rows.front());
}

std::optional<Json> first_body(std::vector<Row> const& rows)
{
    if (rows.empty()) return std::nullopt;
    return Json::parse(rows.front().text(0));
}

void detach_webhook(Json& webhooks, std::string const& webhook_id)
{
    if (text_at(webhooks, "post_call_webhook_id") == webhook_id) webhooks["post_call_webhook_id"] = nullptr;
}

} // namespace

void prepare_workspace(Database& db)
{
    if (remembered(db, "workspace_prepared")) return;
    auto agent = Json::parse(embedded("agent.json"));
    auto const now = now_ms() / 1000;
    agent["metadata"] = {{"created_at_unix_secs", now}, {"updated_at_unix_secs", now}};
    save_agent(db, agent);
    remember(db, "workspace_prepared", "yes");
}

bool has_agent(Database& db, std::string const& agent_id)
{
    return !db.run("SELECT 1 FROM agents WHERE agent_id = $1", {agent_id}).empty();
}

std::optional<Json> find_agent(Database& db, std::string const& agent_id)
{
    auto agent = first_body(db.run("SELECT body FROM agents WHERE agent_id = $1", {agent_id}));
    if (!agent) return std::nullopt;
    auto& numbers = (*agent)["phone_numbers"] = Json::array();
    for (auto const& number : list_imported(db)) {
        if (number.agent_id != agent_id) continue;
        numbers.push_back({{"phone_number", number.phone_number}, {"label", number.label}, {"supports_inbound", true},
            {"supports_outbound", true}, {"phone_number_id", number.phone_number_id},
            {"assigned_agent", {{"agent_id", agent_id}, {"agent_name", text_at(*agent, "name")}}}, {"provider", "twilio"}});
    }
    return agent;
}

std::vector<Json> list_agents(Database& db)
{
    std::vector<Json> agents;
    for (auto const& row : db.run("SELECT body FROM agents ORDER BY sequence DESC"))
        agents.push_back(Json::parse(row.text(0)));
    return agents;
}

void save_agent(Database& db, Json agent)
{
    agent.erase("phone_numbers"); // find_agent lists them anew
    db.run("INSERT INTO agents (agent_id, body) VALUES ($1, $2) ON CONFLICT (agent_id) DO UPDATE SET body = excluded.body",
        {text_at(agent, "agent_id"), to_text(agent)});
}

bool delete_agent(Database& db, std::string const& agent_id)
{
    if (db.run("DELETE FROM agents WHERE agent_id = $1 RETURNING agent_id", {agent_id}).empty()) return false;
    db.run("UPDATE imported_numbers SET agent_id = NULL WHERE agent_id = $1", {agent_id});
    return true;
}

std::optional<ImportedNumber> find_imported(Database& db, std::string const& phone_number_id)
{
    return first_imported(db.run(
        "SELECT phone_number_id, phone_number, label, agent_id FROM imported_numbers WHERE phone_number_id = $1", {phone_number_id}));
}

std::optional<ImportedNumber> find_imported_by_number(Database& db, std::string const& phone_number)
{
    return first_imported(
        db.run("SELECT phone_number_id, phone_number, label, agent_id FROM imported_numbers WHERE phone_number = $1 ORDER BY sequence DESC",
            {phone_number}));
}

std::vector<ImportedNumber> list_imported(Database& db)
{
    std::vector<ImportedNumber> numbers;
    for (auto const& row : db.run("SELECT phone_number_id, phone_number, label, agent_id FROM imported_numbers ORDER BY sequence"))
        numbers.push_back(imported(row));
    return numbers;
}

void save_imported(Database& db, ImportedNumber const& number, std::string const& owner)
{
    Value const agent = number.agent_id.empty() ? Value(nullptr) : Value(number.agent_id);
    db.run(R"(
        INSERT INTO imported_numbers (phone_number_id, phone_number, label, agent_id, account_sid, imported_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (phone_number_id) DO UPDATE SET label = excluded.label, agent_id = excluded.agent_id)",
        {number.phone_number_id, number.phone_number, number.label, agent, owner, now_ms()});
}

bool delete_imported(Database& db, std::string const& phone_number_id)
{
    return !db.run("DELETE FROM imported_numbers WHERE phone_number_id = $1 RETURNING sequence", {phone_number_id}).empty();
}

Json described(Database& db, ImportedNumber const& number)
{
    Json assigned = nullptr;
    auto const agents = db.run("SELECT json_extract(body, '$.name') FROM agents WHERE agent_id = $1", {number.agent_id});
    if (!agents.empty())
        assigned
            = {{"agent_id", number.agent_id}, {"agent_name", agents.front().text(0)}, {"environment", nullptr}, {"branch_id", nullptr}};
    return {{"phone_number", number.phone_number}, {"label", number.label}, {"supports_inbound", true}, {"supports_outbound", true},
        {"phone_number_id", number.phone_number_id}, {"assigned_agent", assigned}, {"provider", "twilio"}};
}

std::vector<Json> list_webhooks(Database& db)
{
    std::vector<Json> webhooks;
    for (auto const& row : db.run("SELECT body FROM webhooks ORDER BY sequence"))
        webhooks.push_back(Json::parse(row.text(0)));
    return webhooks;
}

std::optional<Json> find_webhook(Database& db, std::string const& webhook_id)
{
    return first_body(db.run("SELECT body FROM webhooks WHERE webhook_id = $1", {webhook_id}));
}

void save_webhook(Database& db, Json const& webhook)
{
    db.run("INSERT INTO webhooks (webhook_id, body) VALUES ($1, $2) ON CONFLICT (webhook_id) DO UPDATE SET body = excluded.body",
        {text_at(webhook, "webhook_id"), to_text(webhook)});
}

bool delete_webhook(Database& db, std::string const& webhook_id)
{
    if (db.run("DELETE FROM webhooks WHERE webhook_id = $1 RETURNING webhook_id", {webhook_id}).empty()) return false;
    auto settings = workspace_settings(db);
    detach_webhook(settings["webhooks"], webhook_id);
    save_workspace_settings(db, settings);
    for (auto& agent : list_agents(db)) {
        detach_webhook(agent["platform_settings"]["workspace_overrides"]["webhooks"], webhook_id);
        save_agent(db, agent);
    }
    return true;
}

std::vector<Secret> list_secrets(Database& db)
{
    std::vector<Secret> secrets;
    for (auto const& row : db.run("SELECT secret_id, name, value FROM secrets ORDER BY sequence"))
        secrets.push_back({row.text(0), row.text(1), row.text(2)});
    return secrets;
}

std::optional<Secret> find_secret(Database& db, std::string const& secret_id)
{
    auto const rows = db.run("SELECT secret_id, name, value FROM secrets WHERE secret_id = $1", {secret_id});
    if (rows.empty()) return std::nullopt;
    return Secret{rows.front().text(0), rows.front().text(1), rows.front().text(2)};
}

void save_secret(Database& db, Secret const& secret)
{
    db.run(R"(
        INSERT INTO secrets (secret_id, name, value) VALUES ($1, $2, $3)
        ON CONFLICT (secret_id) DO UPDATE SET name = excluded.name, value = excluded.value)",
        {secret.secret_id, secret.name, secret.value});
}

bool delete_secret(Database& db, std::string const& secret_id)
{
    return !db.run("DELETE FROM secrets WHERE secret_id = $1 RETURNING sequence", {secret_id}).empty();
}

Json workspace_settings(Database& db)
{
    if (auto const kept = remembered(db, "workspace_settings")) return Json::parse(*kept);
    return {{"conversation_initiation_client_data_webhook", nullptr},
        {"webhooks",
            {{"post_call_webhook_id", nullptr}, {"events", {"transcript"}}, {"transcript_format", "json"}, {"send_audio", nullptr}}},
        {"can_use_mcp_servers", false}, {"rag_retention_period_days", 10}, {"conversation_embedding_retention_days", nullptr},
        {"default_livekit_stack", "standard"}};
}

void save_workspace_settings(Database& db, Json const& settings)
{
    remember(db, "workspace_settings", to_text(settings));
}

} // namespace simulator
