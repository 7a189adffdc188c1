#include "edge-server/services/initiation.h"
#include "edge-server/store/call_store.h"
#include "shared/base/id.h"
#include "shared/base/json.h"
#include "shared/base/text.h"
#include "shared/domain/phone_number.h"

#include <spdlog/spdlog.h>

#include <memory>

namespace {

constexpr std::chrono::milliseconds patience{250};
constexpr std::size_t summary_limit = 600; // characters
constexpr std::size_t name_limit = 80;
constexpr std::size_t id_limit = 128; // bytes of a call_sid or agent_id
constexpr std::size_t remembered_names = 200'000;

struct Variables {
    std::string conversation_context;
    std::string customer_name;
    std::string lead_status;
    std::string previous_summary;
    std::string organization_name;
};

std::string to_answer(Variables const& variables)
{
    auto const greeting = variables.customer_name.empty() ? std::string("Hi")
                                                          : "Hi " + variables.customer_name.substr(0, variables.customer_name.find(' '));
    return Json{{"type", "conversation_initiation_client_data"},
        {"dynamic_variables",
            {{"conversation_context", variables.conversation_context}, {"customer_name", variables.customer_name},
                {"lead_status", variables.lead_status}, {"previous_summary", variables.previous_summary},
                {"organization_name", variables.organization_name}, {"greeting", greeting}}}}
        .dump(-1, ' ', false, Json::error_handler_t::replace);
}

struct Found {
    CalledNumber called;
    std::optional<KnownCaller> lead;
    std::string summary;
};

std::optional<Found> look_up(sql::Reader& db, std::string const& called_number, std::string const& caller)
{
    auto called = find_called_number(db, called_number);
    if (!called) return {};
    Found found{*called, {}, {}};
    if (!caller.empty()) found.lead = find_caller(db, called->organization_id, caller);
    if (found.lead) found.summary = last_summary(db, called->organization_id, found.lead->lead_id);
    return found;
}

InboundCall completed(InboundCall call, Found const& found)
{
    call.organization_id = found.called.organization_id;
    call.phone_number_id = found.called.phone_number_id;
    if (found.lead) call.known_lead_id = found.lead->lead_id;
    return call;
}

Variables variables_for(Found const& found, std::string const& call_sid)
{
    Variables variables{"First contact.", {}, "New Inquiry", {}, found.called.organization_name};
    if (!found.lead) return variables;
    auto const& lead = *found.lead;
    bool const came_back = lead.first_call_sid != call_sid;
    variables.customer_name = bounded_data(lead.name, name_limit);
    variables.lead_status = !lead.status.empty() ? bounded_data(lead.status, name_limit) : came_back ? "Returning Customer" : "New Inquiry";
    variables.previous_summary = bounded_data(found.summary, summary_limit);
    if (came_back)
        variables.conversation_context
            = variables.previous_summary.empty() ? "Returning caller." : "Returning caller. Last time: " + variables.previous_summary;
    return variables;
}

} // namespace

Initiation::Initiation(sql::Database& database, std::string default_name)
    : m_database(database), m_default_name(std::move(default_name)), m_health("Webhooks", "We answer", patience)
{
}

std::string Initiation::answer(std::string_view body)
{
    auto const started = std::chrono::steady_clock::now();
    std::string problem;
    auto answer = find_answer(body, problem);
    auto const took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started);
    if (problem.empty())
        m_health.succeeded(took);
    else
        m_health.failed(took, problem);
    return answer;
}

std::string Initiation::find_answer(std::string_view body, std::string& problem)
{
    auto const request = Json::parse(body, nullptr, false);
    auto const called_number = text_of(request, "called_number");
    auto const call_sid = text_of(request, "call_sid");
    auto const caller_id = text_of(request, "caller_id");
    auto const caller = is_usable_caller(caller_id) ? caller_id : std::string();
    if (!is_e164(called_number)) return to_answer({{}, {}, {}, {}, m_default_name});

    std::optional<Found> found;
    bool const is_recorded = !call_sid.empty() && call_sid.size() <= id_limit && !call_sid.starts_with("verify-");
    if (is_recorded) {
        // Looked up where it is written: the writer's pages are warm, while a reader's go cold with every commit.
        InboundCall const call{new_id(), {}, {}, call_sid, caller, {}, new_id(), text_of(request, "agent_id").substr(0, id_limit), now()};
        auto const seen = std::make_shared<std::optional<Found>>();
        auto const look_and_record = [called_number, call, seen](sql::Writer& db) {
            *seen = look_up(db, called_number, call.caller);
            if (*seen) record_inbound_call(db, completed(call, **seen));
        };
        if (m_database.write_within(sql::Scope::routing(), look_and_record, patience)) {
            if (!*seen) return to_answer({{}, {}, {}, {}, m_default_name});
            found = std::move(*seen);
        } else {
            problem = "A call was answered before its record was on disk.";
            spdlog::error("initiation: call {} is answered before its record is on disk", bounded_data(call_sid, id_limit));
        }
    }
    if (!found) try {
            found = m_database.read(sql::Scope::routing(), [&](sql::Reader& db) { return look_up(db, called_number, caller); });
            if (!found) return to_answer({{}, {}, {}, {}, m_default_name});
        } catch (std::exception const& failure) {
            problem = "A call was answered without the database.";
            spdlog::error("initiation: the database cannot be read: {}", failure.what());
            auto const name = remembered_name(called_number);
            return to_answer({{}, {}, name.empty() ? "" : "New Inquiry", {}, name.empty() ? m_default_name : name});
        }
    remember_name(called_number, found->called.organization_name);
    return to_answer(variables_for(*found, call_sid));
}

std::string Initiation::remembered_name(std::string const& called_number)
{
    std::lock_guard const lock(m_mutex);
    auto const found = m_names.find(called_number);
    return found == m_names.end() ? std::string() : found->second;
}

void Initiation::remember_name(std::string const& called_number, std::string const& name)
{
    std::lock_guard const lock(m_mutex);
    if (m_names.size() >= remembered_names) m_names.clear();
    m_names[called_number] = name;
}
