#include "edge-server/services/initiation.h"
#include "edge-server/store/call_store.h"
#include "edge-server/store/conversation_store.h"
#include "shared/api/records.h"
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
constexpr int remembered_contacts = 3; // calls, texts and notes each
constexpr std::size_t words_limit = 200; // characters of one of them
constexpr std::size_t context_limit = 1500;
constexpr std::size_t most_begun = 1000; // calls whose beginning is not told yet

struct Variables {
    std::string conversation_context;
    std::string customer_name;
    std::string lead_status;
    std::string previous_summary;
    std::string organization_name;
};

std::string greeting_for(std::string const& customer_name)
{
    return customer_name.empty() ? std::string("Hi") : "Hi " + customer_name.substr(0, customer_name.find(' '));
}

NamedValues to_values(Variables const& variables)
{
    return {{"organization_name", variables.organization_name}, {"customer_name", variables.customer_name},
        {"lead_status", variables.lead_status}, {"previous_summary", variables.previous_summary},
        {"conversation_context", variables.conversation_context}, {"greeting", greeting_for(variables.customer_name)}};
}

std::string to_answer(Variables const& variables)
{
    std::string answer = R"({"dynamic_variables":{)";
    for (auto const& [name, value] : to_values(variables)) {
        if (answer.back() != '{') answer += ',';
        append_quoted(answer, name);
        answer += ':';
        append_quoted(answer, value);
    }
    return answer += R"(},"type":"conversation_initiation_client_data"})";
}

// What to_json(NamedValues) would say, without a tree: it is written within the transaction that others wait for.
std::string to_record(Variables const& variables)
{
    std::string record = "[";
    for (auto const& [name, value] : to_values(variables)) {
        record += record.size() == 1 ? R"({"name":)" : R"(,{"name":)";
        append_quoted(record, name);
        record += R"(,"value":)";
        append_quoted(record, value);
        record += '}';
    }
    return record += ']';
}

struct Found {
    CalledNumber called;
    std::optional<KnownCaller> lead;
    std::string summary;
    Memory memory;
};

std::optional<Found> look_up(sql::Reader& db, std::string const& called_number, std::string const& caller, std::string const& call_sid)
{
    auto called = find_called_number(db, called_number);
    if (!called) return {};
    Found found{*called, {}, {}, {}};
    if (!caller.empty()) found.lead = find_caller(db, called->organization_id, caller);
    if (!found.lead) return found;
    found.summary = last_summary(db, called->organization_id, found.lead->lead_id);
    found.memory = memory_of(db, called->organization_id, found.lead->lead_id, call_sid, remembered_contacts);
    return found;
}

// Without a date: the dealership's zone is not known here, and a day more or less is not what Jack talks about.
std::string ago(Time at)
{
    auto const days = (now().milliseconds - at.milliseconds) / 86'400'000;
    if (days < 1) return "within the last day";
    return days == 1 ? "a day ago" : std::to_string(days) + " days ago";
}

void add_sentence(std::string& text, std::string const& sentence)
{
    if (!text.empty()) text += ' ';
    text += sentence;
    if (!text.ends_with('.') && !text.ends_with('?') && !text.ends_with('!')) text += '.';
}

// Plain words, bounded; whatever a customer said or wrote is in quotes.
std::string context_of(KnownCaller const& lead, Memory const& memory, std::string const& last_summary)
{
    std::string text;
    if (!last_summary.empty()) add_sentence(text, "Last time: " + last_summary);
    for (std::size_t i = 1; i < memory.calls.size(); ++i)
        if (auto const& call = memory.calls[i]; !call.words.empty())
            add_sentence(text, "A call " + ago(call.at) + ": " + bounded_data(call.words, words_limit));
    for (auto const& sent : memory.texts)
        add_sentence(text,
            (sent.direction == "inbound" ? "They texted " : "We texted ") + ago(sent.at) + ": \"" + bounded_data(sent.words, words_limit)
                + '"');
    if (!lead.interest.empty()) add_sentence(text, "Interested in: " + bounded_data(lead.interest, words_limit));
    if (!lead.appointment.empty()) add_sentence(text, "Appointment: " + bounded_data(lead.appointment, words_limit));
    for (auto const& note : memory.notes)
        add_sentence(text, "Note of the dealership: " + bounded_data(note, words_limit));
    return bounded_data(text, context_limit);
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
    auto const context = context_of(lead, found.memory, variables.previous_summary);
    if (came_back || !context.empty())
        variables.conversation_context = context.empty() ? "Returning caller." : "Returning caller. " + context;
    return variables;
}

InboundCall completed(InboundCall call, Found const& found)
{
    call.organization_id = found.called.organization_id;
    call.phone_number_id = found.called.phone_number_id;
    if (found.lead) call.known_lead_id = found.lead->lead_id;
    call.variables = to_record(variables_for(found, call.call_sid));
    return call;
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
    auto const number = e164_from(caller_id);
    auto const caller = is_usable_caller(number) ? number : std::string();
    if (!is_e164(called_number)) return to_answer({{}, {}, {}, {}, m_default_name});

    std::optional<Found> found;
    bool const is_recorded = !call_sid.empty() && call_sid.size() <= id_limit && !call_sid.starts_with("verify-");
    if (is_recorded) {
        // Looked up where it is written: the writer's pages are warm, while a reader's go cold with every commit.
        InboundCall const call{
            new_id(), {}, {}, call_sid, caller, {}, new_id(), text_of(request, "agent_id").substr(0, id_limit), {}, now()};
        auto const seen = std::make_shared<std::optional<Found>>();
        auto const look_and_record = [called_number, call, seen](sql::Writer& db) {
            *seen = look_up(db, called_number, call.caller, call.call_sid);
            if (*seen) record_inbound_call(db, completed(call, **seen));
        };
        if (m_database.write_within(sql::Scope::routing(), look_and_record, patience)) {
            if (!*seen) return to_answer({{}, {}, {}, {}, m_default_name});
            found = std::move(*seen);
            note_begun({found->called.organization_id, call.id});
        } else {
            problem = "A call was answered before its record was on disk.";
            spdlog::error("initiation: call {} is answered before its record is on disk", bounded_data(call_sid, id_limit));
        }
    }
    if (!found) try {
            found = m_database.read(sql::Scope::routing(), [&](sql::Reader& db) { return look_up(db, called_number, caller, call_sid); });
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

void Initiation::note_begun(Begun begun)
{
    {
        std::lock_guard const lock(m_mutex);
        if (m_begun.size() == most_begun) return;
        m_begun.push_back(std::move(begun));
        if (m_begun.size() > 1) return;
    }
    if (m_on_begun) m_on_begun();
}

bool Initiation::has_begun()
{
    std::lock_guard const lock(m_mutex);
    return !m_begun.empty();
}

void Initiation::tell_begun()
{
    std::vector<Begun> begun;
    {
        std::lock_guard const lock(m_mutex);
        begun.swap(m_begun);
    }
    if (begun.empty()) return;
    m_database.write(sql::Scope::routing(), [&](sql::Writer& db) {
        for (auto const& call : begun)
            conversation_changed(db, call.organization_id, call.conversation_id);
    });
}

NamedValues outbound_variables(sql::Reader& db, std::string const& organization_id, std::string const& organization_name,
    std::string const& lead_id, std::string const& reason)
{
    Found found{
        {{}, organization_id, organization_name}, lead_id.empty() ? std::nullopt : find_known_lead(db, organization_id, lead_id), {}, {}};
    if (found.lead) {
        found.summary = last_summary(db, organization_id, lead_id);
        found.memory = memory_of(db, organization_id, lead_id, {}, remembered_contacts);
    }
    auto variables = variables_for(found, {});
    if (!reason.empty())
        variables.conversation_context
            = bounded_data("You are calling them: " + reason + ". " + variables.conversation_context, context_limit);
    return to_values(variables);
}
