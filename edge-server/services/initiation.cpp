#include "edge-server/services/initiation.h"
#include "edge-server/store/call_store.h"
#include "edge-server/store/conversation_store.h"
#include "shared/api/records.h"
#include "shared/base/id.h"
#include "shared/base/json.h"
#include "shared/base/text.h"
#include "shared/domain/phone_number.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>

namespace {

using Variables = Initiation::Variables;

constexpr std::chrono::milliseconds patience{250};
constexpr std::size_t summary_limit = 600; // characters
constexpr std::size_t name_limit = 80;
constexpr std::size_t id_limit = 128; // bytes of a call_sid or agent_id
constexpr std::size_t remembered_names = 200'000;
constexpr int remembered_contacts = 3; // calls, texts and notes each
constexpr std::size_t words_limit = 200; // characters of one of them
constexpr std::size_t context_limit = 1500;
constexpr std::size_t most_begun = 1000; // calls whose beginning is not told yet
constexpr std::size_t crowd_at_once = 8; // calls that wait for the disk together
constexpr std::size_t crowd_in_second = 500; // and not a burst, which is soon over
constexpr std::size_t most_put_aside = 1'000'000;
constexpr int filed_at_once = 8; // some 1 ms, which a call may have to wait

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
    Memory memory;
};

std::optional<Found> look_up(sql::Reader& db, std::string const& called_number, std::string const& caller, std::string const& call_sid)
{
    auto called = find_called_number(db, called_number);
    if (!called) return {};
    Found found{*called, {}, {}};
    if (!caller.empty()) found.lead = find_caller(db, called->organization_id, caller);
    if (found.lead) found.memory = memory_of(db, called->organization_id, *found.lead, call_sid, remembered_contacts);
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
    variables.previous_summary = bounded_data(found.memory.last_summary, summary_limit);
    auto const context = context_of(lead, found.memory, variables.previous_summary);
    if (came_back || !context.empty())
        variables.conversation_context = context.empty() ? "Returning caller." : "Returning caller. " + context;
    return variables;
}

} // namespace

// One call that waits for its answer.
struct Initiation::Question {
    using Clock = std::chrono::steady_clock;

    std::string called_number;
    InboundCall call;
    Answered answered;
    Clock::time_point asked = Clock::now();
    Clock::time_point due = asked + patience;
    bool is_recorded = false;
    bool in_crowd = false;
    bool is_put_aside = false; // the writer's, as is the next
    std::optional<Variables> told = {};
    std::atomic<bool> is_answered = false;
};

Initiation::Initiation(sql::Database& database, std::string default_name)
    : m_database(database), m_default_name(std::move(default_name)), m_health("Webhooks", "We answer", patience),
      m_put_aside(database.read(sql::Scope::routing(), count_calls_put_aside)), m_late([this] { answer_the_late(); })
{
}

Initiation::~Initiation()
{
    {
        std::unique_lock lock(m_mutex);
        m_all_written.wait(lock, [&] { return m_unwritten == 0; });
        m_stopping = true;
    }
    m_wake.notify_one();
    m_late.join();
}

void Initiation::answer(std::string_view body, Answered answered)
{
    auto const request = Json::parse(body, nullptr, false);
    auto const question = std::make_shared<Question>();
    question->called_number = text_of(request, "called_number");
    question->answered = std::move(answered);
    if (!is_e164(question->called_number)) return give(*question, [this] { return to_answer(unknown_number()); }, {});

    auto& call = question->call;
    auto const number = e164_from(text_of(request, "caller_id"));
    if (is_usable_caller(number)) call.caller = number;
    call.call_sid = text_of(request, "call_sid");
    question->is_recorded = !call.call_sid.empty() && call.call_sid.size() <= id_limit && !call.call_sid.starts_with("verify-");
    if (!question->is_recorded) return hurry(question);
    call.id = new_id();
    call.new_lead_id = new_id();
    call.agent_id = text_of(request, "agent_id").substr(0, id_limit);
    call.started_at = now();
    record(question);
}

bool Initiation::is_crowd() const
{
    return m_unwritten >= crowd_at_once && std::max(m_in_second, m_in_second_before) >= crowd_in_second;
}

void Initiation::count_call()
{
    auto const second = std::chrono::duration_cast<std::chrono::seconds>(Question::Clock::now().time_since_epoch());
    if (second != m_second) {
        m_in_second_before = second - m_second == std::chrono::seconds(1) ? m_in_second : 0;
        m_in_second = 0;
        m_second = second;
    }
    ++m_in_second;
}

// Looked up where it is written: the writer's pages are warm, while a reader's go cold with every commit.
void Initiation::record(std::shared_ptr<Question> const& question)
{
    {
        std::lock_guard const lock(m_mutex);
        ++m_unwritten;
        count_call();
        question->in_crowd = is_crowd() && m_put_aside < most_put_aside;
        m_open.push_back(question);
        if (m_open.size() == 1) m_wake.notify_one();
    }
    auto const look_and_record = [question](sql::Writer& db) {
        auto& call = question->call;
        auto const found = look_up(db, question->called_number, call.caller, call.call_sid);
        if (!found) return;
        question->told = variables_for(*found, call.call_sid);
        call.organization_id = found->called.organization_id;
        call.phone_number_id = found->called.phone_number_id;
        call.known_lead_id = found->lead ? found->lead->lead_id : std::string();
        call.variables = to_record(*question->told);
        question->is_put_aside = question->in_crowd && (found->lead || call.caller.empty()) && put_aside(db, call);
        if (!question->is_put_aside) record_inbound_call(db, call);
    };
    try {
        m_database.write_soon(sql::Scope::routing(), look_and_record, [this, question](bool on_disk) { recorded(question, on_disk); });
    } catch (std::exception const& failure) {
        spdlog::error("initiation: {}", failure.what());
        recorded(question, false);
    }
}

void Initiation::recorded(std::shared_ptr<Question> const& question, bool on_disk)
{
    if (!on_disk)
        hurry(question);
    else
        give(*question,
            [this, question] {
                if (!question->told) return to_answer(unknown_number());
                remember_name(question->called_number, question->told->organization_name);
                return to_answer(*question->told);
            },
            {});
    bool is_first = false;
    {
        std::lock_guard const lock(m_mutex);
        if (on_disk && question->is_put_aside)
            is_first = m_put_aside++ == 0;
        else if (on_disk && question->told && m_begun.size() < most_begun) {
            m_begun.push_back({question->call.organization_id, question->call.id});
            is_first = m_begun.size() == 1;
        }
        --m_unwritten;
        if (m_unwritten == 0) m_all_written.notify_one();
        while (!m_open.empty() && m_open.front()->is_answered) // mostly this one: left to the late thread, they would be many at once
            m_open.pop_front();
    }
    if (is_first && m_on_behind) m_on_behind();
}

// Whoever comes first with an answer gives it.
void Initiation::give(Question& question, std::function<std::string()> make, std::string problem)
{
    if (question.is_answered.exchange(true)) return;
    auto const took = std::chrono::duration_cast<std::chrono::microseconds>(Question::Clock::now() - question.asked);
    if (problem.empty())
        m_health.succeeded(took);
    else
        m_health.failed(took, std::move(problem));
    question.answered(std::move(make));
}

// The late thread reads for it at once.
void Initiation::hurry(std::shared_ptr<Question> const& question)
{
    std::lock_guard const lock(m_mutex);
    question->due = question->asked;
    m_open.push_front(question);
    m_wake.notify_one();
}

void Initiation::answer_the_late()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_wake.wait(lock, [&] { return m_stopping || !m_open.empty(); });
        if (m_stopping) return;
        auto const question = m_open.front();
        if (!question->is_answered && question->due > Question::Clock::now()) {
            m_wake.wait_until(lock, question->due);
            continue;
        }
        m_open.pop_front();
        if (question->is_answered) continue;
        lock.unlock();
        answer_from_reading(*question);
        lock.lock();
    }
}

void Initiation::answer_from_reading(Question& question)
{
    auto const& call = question.call;
    std::string problem;
    if (question.is_recorded) {
        problem = "A call was answered before its record was on disk.";
        spdlog::error("initiation: call {} is answered before its record is on disk", bounded_data(call.call_sid, id_limit));
    }
    auto variables = unknown_number();
    try {
        auto const found = m_database.read(
            sql::Scope::routing(), [&](sql::Reader& db) { return look_up(db, question.called_number, call.caller, call.call_sid); });
        if (found) {
            variables = variables_for(*found, call.call_sid);
            remember_name(question.called_number, found->called.organization_name);
        }
    } catch (std::exception const& failure) {
        problem = "A call was answered without the database.";
        spdlog::error("initiation: the database cannot be read: {}", failure.what());
        if (auto const name = remembered_name(question.called_number); !name.empty()) variables = {{}, {}, "New Inquiry", {}, name};
    }
    give(
        question, [variables] { return to_answer(variables); }, std::move(problem));
}

Initiation::Variables Initiation::unknown_number() const
{
    return {{}, {}, {}, {}, m_default_name};
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

bool Initiation::is_behind()
{
    std::lock_guard const lock(m_mutex);
    return !m_begun.empty() || m_put_aside > 0;
}

Bound Initiation::calls_to_file() const
{
    return {"calls_to_file", m_put_aside, most_put_aside};
}

bool Initiation::catch_up()
{
    std::vector<Begun> begun;
    std::size_t put_aside = 0; // what is put aside from now on counts later
    {
        std::lock_guard const lock(m_mutex);
        begun.swap(m_begun);
        if (!is_crowd()) put_aside = m_put_aside; // a crowd is answered first: filing takes the disk more than answering
    }
    if (begun.empty() && put_aside == 0) return false;
    auto const most = put_aside == 0 ? 0 : filed_at_once;
    auto const found = m_database.write(sql::Scope::routing(), [&](sql::Writer& db) {
        for (auto const& call : begun)
            conversation_changed(db, call.organization_id, call.conversation_id);
        auto const call_sids = calls_put_aside(db, most);
        for (auto const& call_sid : call_sids)
            file_call(db, call_sid);
        return call_sids.size();
    });
    bool const has_more = most > 0 && found == static_cast<std::size_t>(most);
    m_put_aside -= has_more ? std::min(found, put_aside) : put_aside;
    return has_more;
}

NamedValues outbound_variables(sql::Reader& db, std::string const& organization_id, std::string const& organization_name,
    std::string const& lead_id, std::string const& reason)
{
    Found found{
        {{}, organization_id, organization_name}, lead_id.empty() ? std::nullopt : find_known_lead(db, organization_id, lead_id), {}};
    if (found.lead) found.memory = memory_of(db, organization_id, *found.lead, {}, remembered_contacts);
    auto variables = variables_for(found, {});
    if (!reason.empty())
        variables.conversation_context
            = bounded_data("You are calling them: " + reason + ". " + variables.conversation_context, context_limit);
    return to_values(variables);
}
