#include "edge-server/store/snapshot.h"
#include "edge-server/embedded.h"
#include "edge-server/store/message_answers.h"
#include "edge-server/store/traffic_answers.h"
#include "edge-server/store/usage_answers.h"
#include "shared/api/refusal.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace {

constexpr char const* version = "1.0"; // shown with the snapshot's time
constexpr char const* request_id = "snapshot"; // no request left this program

constexpr std::array kept_tables{
    sql::KeptTable{"migrations", "name, applied_at"},
    sql::KeptTable{"installation", "id, created_at"},
    sql::KeptTable{"users", "id, email, platform_role, created_at", "password_hash"},
    sql::KeptTable{"organizations",
        "id, name, slug, email, area_code, time_zone, state, created_at, status, closed_at, group_id, "
        "shares_opt_outs, outbound_allowed, forwarding_number"},
    sql::KeptTable{"groups", "id, name, created_at"},
    sql::KeptTable{"memberships", "organization_id, user_id, role, created_at"},
    sql::KeptTable{"phone_numbers",
        "id, organization_id, phone_number, state, state_reason, is_active, sms_status, sms_reason, twilio_sid, twilio_account_sid, "
        "elevenlabs_phone_id, agent_id, place, created_at, activated_at, released_at, voice_url, release_at, work_due_at, work_attempts"},
    sql::KeptTable{"provisioning_runs",
        "id, organization_id, state, resume_state, cause, next_step, area_code, phone_number_id, elevenlabs_phone_id, attempts, "
        "purchase_approved, due_at, created_at, finished_at"}, // without its lease
    sql::KeptTable{"provisioning_steps", "id, organization_id, run_id, step, attempt, state, message, started_at, finished_at"},
    sql::KeptTable{
        "number_candidates", "id, organization_id, run_id, phone_number, place, state, cause, created_at, posted_at, decided_at"},
    sql::KeptTable{"admin_notifications",
        "id, type, subject, organization_id, phone_number, message, cause, next_step, status, created_at, decided_at, decided_by"},
    sql::KeptTable{"drift", "id, kind, subject, phone_number, organization_id, message, repair, next_step, found_at"},
    sql::KeptTable{"drift_looks", "id, looked_at, failure, at_twilio, at_elevenlabs, not_ours"},
    sql::KeptTable{"leads",
        "id, organization_id, phone_number, name, status, first_call_sid, created_at, last_contact_at, by_person, stage, interest, "
        "trade_in, appointment, wants_person, attended_at, last_contact_kind, last_message_at, last_message, last_direction, unread, "
        "opted_out"},
    sql::KeptTable{"notes", "id, organization_id, lead_id, author_id, text, created_at"},
    sql::KeptTable{"conversations",
        "id, organization_id, phone_number_id, lead_id, call_sid, direction, agent_id, started_at, summary, conversation_id, status, "
        "outcome, external_number, title, duration_seconds, failure, termination_reason, variables, collected, agent_cost, attempt_id"},
    sql::KeptTable{"transcripts", "conversation_id, organization_id, turns, words_row"},
    sql::KeptTable{"transcript_parts", "conversation_id, organization_id, part, turns"},
    sql::KeptTable{"conversation_words", "conversation_id, tenant, words"},
    sql::KeptTable{"messages",
        "id, organization_id, phone_number_id, lead_id, direction, from_number, to_number, body, encoding, segments, pictures, state, "
        "error_code, error, twilio_sid, author_id, attempts, due_at, posted_at, sent_at, created_at"}, // without its lease and its key
    sql::KeptTable{
        "opt_outs", "id, organization_id, phone_number_id, our_number, customer_number, kind, words, message_sid, at, ask_at, asked"},
    sql::KeptTable{"call_attempts",
        "id, organization_id, phone_number_id, lead_id, to_number, reason, variables, state, cause, reserved, author_id, attempts, due_at, "
        "created_at, posted_at, ended_at"}, // without its lease and its key
    sql::KeptTable{"rates", "kind, version, micro_dollars, valid_from"},
    sql::KeptTable{"ledger_entries",
        "id, organization_id, kind, reference, subject_id, what, quantity, rate_version, rate, amount, month, at, created_at"},
    sql::KeptTable{"ledger_days", "organization_id, day, kind, quantity, amount"},
    sql::KeptTable{"budgets", "organization_id, monthly, warned, changed_at"},
    sql::KeptTable{"audit_log", "organization_id, sequence, actor, action, subject, detail, at, previous_hash, hash"},
};
constexpr std::array<std::string_view, 14> left_out{"sessions", "idempotency_keys", "address_signups", "events", "event_counter",
    "webhook_inbox", "inbox_parts", "jobs", "begun_calls", // soon conversations
    // Kept by the search index of the new file itself.
    "conversation_words_config", "conversation_words_content", "conversation_words_data", "conversation_words_docsize",
    "conversation_words_idx"};

std::string schema()
{
    std::string last;
    for (auto const& file : embedded_files())
        if (std::string_view(file.name).ends_with(".sql")) last = std::max<std::string>(last, file.name);
    return last;
}

int digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decoded(std::string_view text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        int const high = text[i] == '%' && i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
        int const low = high >= 0 ? digit_of(text[i + 2]) : -1;
        if (low >= 0) {
            result += static_cast<char>(high * 16 + low);
            i += 2;
        } else
            result += text[i] == '+' ? ' ' : text[i];
    }
    return result;
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    while (true) {
        auto const end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

Query query_in(std::string_view text)
{
    std::vector<std::pair<std::string, std::string>> values;
    for (auto const pair : split(text, '&')) {
        auto const equals = pair.find('=');
        values.emplace_back(decoded(pair.substr(0, equals)), equals == std::string_view::npos ? "" : decoded(pair.substr(equals + 1)));
    }
    return [values = std::move(values)](char const* name) -> std::optional<std::string> {
        for (auto const& [key, value] : values)
            if (key == name) return value;
        return {};
    };
}

Json session_in(sql::SnapshotMark const& mark)
{
    return {{"user", {{"id", ""}, {"email", ""}, {"role", "platform_viewer"}}}, {"organizations", Json::array()}, {"expires_at", nullptr},
        {"installation",
            {{"simulated", mark.simulated}, {"version", mark.version}, {"build", ""}, {"snapshot_at", to_rfc3339(mark.made_at)}}}};
}

Result<Json> answer_read(sql::Reader& db, sql::SnapshotMark const& mark, std::string_view path, Query const& query)
{
    auto const nothing = Error{ErrorKind::NotFound, "not_found", "There is nothing at this address."};
    if (path == "/api/session") return session_in(mark);
    if (path == "/api/organizations") return answer_organizations(db, {}, query);
    if (path == "/api/phone-numbers") return answer_phone_numbers(db, {}, query);
    if (path == "/api/admin/notifications") return answer_notifications(db, query);
    if (path == "/api/admin/drift") return answer_drift(db);
    if (path == "/api/admin/orphans") return answer_orphans(db);
    if (path == "/api/admin/overview") return answer_overview(db, query, mark.made_at, Json::array());

    if (path == "/api/usage") return answer_usage(db, {}, query("organization_id").value_or(""), query, mark.made_at);
    if (path == "/api/usage/lines") return answer_usage_lines(db, {}, query("organization_id").value_or(""), query, mark.made_at);
    if (path == "/api/conversations") return answer_conversations(db, {}, query("organization_id").value_or(""), query);
    if (path == "/api/leads") return answer_leads(db, {}, query("organization_id").value_or(""), query);
    if (path == "/api/threads") return answer_threads(db, {}, query);
    if (path == "/api/activity") return answer_activity(db, {}, query("organization_id").value_or(""), query);

    auto const parts = split(path, '/'); // "", "api", …
    bool const is_api = parts.size() > 3 && parts[1] == "api";
    if (!is_api) return nothing;
    if (parts[2] == "admin" && parts[3] == "notifications" && parts.size() == 5 && !parts[4].empty())
        return answer_notification(db, decoded(parts[4]));
    if (parts[2] != "organizations" || parts[3].empty() || parts.size() > 6) return nothing;
    auto const id = decoded(parts[3]);
    if (parts.size() == 6) {
        if (parts[4] == "conversations") return answer_conversation(db, id, decoded(parts[5]));
        if (parts[4] == "leads") return answer_lead(db, id, decoded(parts[5]));
        return nothing;
    }
    if (parts.size() == 4) return answer_organization(db, id);
    if (parts[4] == "conversations") return answer_conversations(db, {}, id, query);
    if (parts[4] == "leads") return answer_leads(db, {}, id, query);
    if (parts[4] == "messages") return answer_texts(db, id, query);
    if (parts[4] == "activity") return answer_activity(db, {}, id, query);
    if (parts[4] == "phone-numbers") return answer_numbers_of(db, id);
    if (parts[4] == "provisioning") {
        auto const organization = answer_organization(db, id);
        return organization ? answer_provisioning(db, id) : organization;
    }
    return nothing;
}

} // namespace

std::span<sql::KeptTable const> kept_in_snapshots()
{
    return kept_tables;
}

std::span<std::string_view const> left_out_of_snapshots()
{
    return left_out;
}

void make_snapshot(std::string const& database, std::string const& path, bool simulated)
{
    sql::write_snapshot(database, path, kept_tables, {now(), version, schema(), simulated});
}

Snapshot::Snapshot(std::string const& path) : m_file(sql::open_snapshot(path, schema())) { }

Snapshot::Answer Snapshot::answer(std::string_view method, std::string_view target)
{
    auto const refused = [](Error const& error) { return Answer{status_of(error.kind), error_body(error, request_id)}; };
    if (method != "GET" && method != "HEAD")
        return refused({ErrorKind::Forbidden, "read_only", "This is a snapshot: it shows what was, and nothing can be changed in it."});
    auto const question = target.find('?');
    auto const query = query_in(question == std::string_view::npos ? std::string_view() : target.substr(question + 1));
    try {
        auto const found = answer_read(*m_file.reader, m_file.mark, target.substr(0, question), query);
        if (!found) return refused(found.error());
        return {200, found->dump(-1, ' ', false, Json::error_handler_t::replace)};
    } catch (sql::Failure const&) {
        return refused({ErrorKind::Internal, "internal", "The snapshot cannot be read any more. Copy it again."});
    }
}
