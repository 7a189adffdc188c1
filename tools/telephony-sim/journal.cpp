#include "tools/telephony-sim/journal.h"

#include "tools/telephony-sim/settings.h"

#include <set>

namespace simulator {

namespace {

constexpr size_t longest_kept_body = 16 * 1024;
constexpr int64_t kept_entries = 100'000;
constexpr char const* blot = "[blotted]";

void blot_members(Json& json)
{
    static std::set<std::string> const secret_members{"token", "account_auth_token", "auth_token", "api_key", "webhook_secret", "value"};
    if (json.is_object()) {
        for (auto& [key, value] : json.items()) {
            if (secret_members.contains(key)) {
                value = blot;
            } else if (key == "request_headers" && value.is_object()) {
                for (auto& header : value) {
                    if (header.is_string()) header = blot;
                }
            } else {
                blot_members(value);
            }
        }
    } else if (json.is_array()) {
        for (auto& item : json)
            blot_members(item);
    }
}

std::string without_secrets(std::string text)
{
    if (auto json = parse_json(text); json && json->is_structured()) {
        blot_members(*json);
        text = to_text(*json);
    }
    for (std::string const secret : {account_token, workspace_key}) {
        for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret))
            text.replace(at, secret.size(), blot);
    }
    if (text.size() > longest_kept_body) text = text.substr(0, longest_kept_body) + " [cut]";
    return text;
}

} // namespace

void Journal::write(std::string const& vendor, std::string const& operation, Request const& request, Answer const& answer,
    int64_t arrived_ms, int64_t took_ms, Json const& fault)
{
    auto const target = without_secrets(request.path + (request.query.empty() ? "" : "?" + request.query));
    Json entry{{"time", rfc3339(arrived_ms)}, {"ms", took_ms}, {"vendor", vendor}, {"operation", operation}, {"method", request.method},
        {"path", target}, {"content_type", request.content_type}, {"body", without_secrets(request.body)},
        {"status", answer.is_cut ? 0 : answer.status}, {"fault", fault}, {"unknown_parameters", answer.unknown_parameters},
        {"warnings", Json::array()}};
    if (vendor == "twilio" && !answer.unknown_parameters.empty()) entry["warnings"].push_back(20001);
    m_state.note([&](Database& db) {
        db.run("INSERT INTO journal (entry) VALUES ($1)", {to_text(entry)});
        db.run("DELETE FROM journal WHERE sequence <= (SELECT MAX(sequence) FROM journal) - $1", {kept_entries});
    });
}

Json Journal::entries_after(int64_t sequence, int64_t limit) const
{
    return m_state.look([&](Database& db) {
        Json out{{"entries", Json::array()}, {"last", sequence}};
        for (auto const& row :
            db.run("SELECT sequence, entry FROM journal WHERE sequence > $1 ORDER BY sequence LIMIT $2", {sequence, limit})) {
            Json entry{{"sequence", row.number(0)}};
            entry.update(Json::parse(row.text(1)));
            out["entries"].push_back(std::move(entry));
            out["last"] = row.number(0);
        }
        return out;
    });
}

} // namespace simulator
