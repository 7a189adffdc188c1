#include "web-client/app/data.h"

#include "shared/api/read_records.h"
#include "shared/base/id.h"
#include "web-client/api/answers.h"

#include <imgui.h>

#include <algorithm>

// What a person asked for: each sends one request and says how it went.
namespace console {

void Data::start(std::string const& name)
{
    auto& action = m_state.actions[name];
    action.busy = true;
    action.since = ImGui::GetTime();
    action.problem.reset();
}

void Data::finish(std::string const& name, Error const& problem)
{
    auto& action = m_state.actions[name];
    action.busy = false;
    action.problem = problem.message.empty() ? std::nullopt : std::optional(problem);
    if (!action.problem) ++action.successes;
}

void Data::act(Activate const& command)
{
    auto const name = "activate:" + command.phone_number;
    if (m_state.action(name).busy) return;
    start(name);
    ask("POST", "/api/admin/phone-numbers/" + url_encoded(command.phone_number) + "/activate",
        {{"elevenLabsPhoneId", command.elevenlabs_phone_id}}, [this, name, command](Result<Json> answer) {
            if (answer) {
                finish(name, {});
                say("The line is live", national_format(command.phone_number) + " is answered by Jack.");
            } else {
                finish(name, answer.error());
            }
            touch(command.organization_id);
        });
}

void Data::act(RetryRun const& command)
{
    auto const name = "retry:" + command.organization_id;
    if (m_state.action(name).busy) return;
    start(name);
    Json const body = command.area_code.empty() ? Json::object() : Json{{"area_code", command.area_code}};
    ask("POST", "/api/organizations/" + url_encoded(command.organization_id) + "/provisioning/retry", body,
        [this, name, command](Result<Json> answer) {
            finish(name, answer ? Error{} : answer.error());
            if (answer) say("Trying again", "The run goes on from where it stopped.");
            touch(command.organization_id);
        });
}

void Data::act(Decide const& command)
{
    auto const name = "decide:" + command.notification_id;
    if (m_state.action(name).busy) return;
    start(name);
    auto const* const verb = command.resolve ? "/resolve" : "/dismiss";
    ask("POST", "/api/admin/notifications/" + url_encoded(command.notification_id) + verb, Json::object(),
        [this, name, command](Result<Json> answer) {
            finish(name, answer ? Error{} : answer.error());
            if (answer)
                say(command.resolve ? "Resolved" : "Dismissed", "It is kept under Resolved.");
            else
                say("Nothing changed", answer.error().message, true);
            touch({});
        });
}

static Json json_of(Changes const& changes)
{
    auto json = Json::object();
    for (auto const& change : changes)
        std::visit([&](auto const& plain) { json[change.first] = plain; }, change.second);
    return json;
}

void Data::act(SaveSettings const& command)
{
    auto const name = "settings:" + command.organization_id;
    if (m_state.action(name).busy) return;
    start(name);
    ask("PATCH", "/api/organizations/" + url_encoded(command.organization_id), json_of(command.changes),
        [this, name, command](Result<Json> answer) {
            finish(name, answer ? Error{} : answer.error());
            if (!answer) return;
            m_state.details[command.organization_id].organization.value = organization_row_from(member_of(*answer, "organization"));
            auto const renamed = command.changes.find("name");
            say("Saved",
                renamed == command.changes.end()
                    ? "It holds from now on."
                    : "Callers hear \"" + std::get<std::string>(renamed->second) + "\" from the next call on.");
            touch(command.organization_id);
        });
}

void Data::act(ChangeLife const& command)
{
    auto const name = "life:" + command.organization_id;
    if (m_state.action(name).busy) return;
    start(name);
    ask("POST", "/api/organizations/" + url_encoded(command.organization_id) + '/' + command.change, Json::object(),
        [this, name, command](Result<Json> answer) {
            finish(name, answer ? Error{} : answer.error());
            touch(command.organization_id);
            if (!answer) return say("Nothing changed", answer.error().message, true);
            m_state.details[command.organization_id].organization.value = organization_row_from(member_of(*answer, "organization"));
            if (command.change == "resume") return say("Switched on", "Jack answers again as soon as the line is checked.");
            say(command.change == "close" ? "Closed" : "Switched off", "Calls come to us from now on.");
        });
}

void Data::act(LookForDrift const&)
{
    if (m_state.action("drift").busy) return;
    start("drift");
    ask("POST", "/api/admin/drift/look", Json::object(), [this](Result<Json> answer) {
        finish("drift", answer ? Error{} : answer.error());
        if (answer) m_state.drift.value = drift_from(*answer);
        m_state.orphans.stale = true;
    });
}

// The server takes a bounded number at once; the rest follows when these are done.
void Data::act(RepairDrift const& command)
{
    static constexpr std::size_t at_once = 50;
    if (m_state.action("drift").busy || command.ids.empty()) return;
    start("drift");
    auto const end = command.ids.begin() + static_cast<std::ptrdiff_t>(std::min(command.ids.size(), at_once));
    std::vector<std::string> const first(command.ids.begin(), end), rest(end, command.ids.end());
    ask("POST", "/api/admin/drift/repair", {{"ids", first}}, [this, rest](Result<Json> answer) {
        finish("drift", answer ? Error{} : answer.error());
        if (!answer) return;
        m_state.drift.value = drift_from(*answer);
        m_state.orphans.stale = true;
        int done = 0;
        std::string failure;
        if (auto const& repaired = member_of(*answer, "repaired"); repaired.is_array())
            for (Json const& one : repaired) {
                if (auto const problem = text_of(one, "failure"); problem.empty())
                    ++done;
                else
                    failure = problem;
            }
        if (!failure.empty()) return say("Not everything is repaired", failure, true);
        if (!rest.empty()) return act(RepairDrift{rest});
        say("Repaired", done == 1 ? "One thing is right again." : std::to_string(done) + " things are right again.");
    });
}

void Data::act(AdoptOrphan const& command)
{
    auto const name = "orphan:" + command.twilio_sid;
    if (m_state.action(name).busy) return;
    start(name);
    ask("POST", "/api/admin/orphans/" + url_encoded(command.twilio_sid) + "/adopt", {{"organization_id", command.organization_id}},
        [this, name, command](Result<Json> answer) {
            finish(name, answer ? Error{} : answer.error());
            if (!answer) return say("Nothing changed", answer.error().message, true);
            say("Adopted", "The line is being set up with this number.");
            act(LookForDrift{});
            touch(command.organization_id);
        });
}

void Data::act(ReleaseOrphan const& command)
{
    auto const name = "orphan:" + command.twilio_sid;
    if (m_state.action(name).busy) return;
    start(name);
    ask("POST", "/api/admin/orphans/" + url_encoded(command.twilio_sid) + "/release", {{"phone_number", command.phone_number}},
        [this, name](Result<Json> answer) {
            finish(name, answer ? Error{} : answer.error());
            if (!answer) return say("Nothing changed", answer.error().message, true);
            say("Released", "The number is given back and costs nothing more.");
            m_state.drift.stale = m_state.orphans.stale = true;
        });
}

static std::string path_of(std::string const& organization_id, char const* what, std::string const& id = {})
{
    auto path = "/api/organizations/" + url_encoded(organization_id) + '/' + what;
    if (!id.empty()) path += '/' + url_encoded(id);
    return path;
}

// The same click, when nobody knows whether the first try arrived; else a new one.
std::string Data::key_of(std::string const& name, std::string const& content)
{
    auto& [known, key] = m_request_keys[name];
    if (known != content || key.empty()) {
        known = content;
        key = new_id();
    }
    return key;
}

// Whether the server said what came of it. When not, the next try carries the same key, and happens once.
static bool is_known(Result<Json> const& answer)
{
    return answer || answer.error().kind != ErrorKind::Unavailable;
}

void Data::act(PlaceCall const& command)
{
    auto const name = "call:" + command.organization_id + ':' + command.lead_id;
    if (m_state.action(name).busy) return;
    start(name);
    Json body = command.lead_id.empty() ? Json{{"to_number", command.to_number}} : Json{{"lead_id", command.lead_id}};
    if (!command.reason.empty()) body["reason"] = command.reason;
    auto const done = [this, name, command](Result<Json> answer) {
        if (is_known(answer)) m_request_keys.erase(name);
        finish(name, answer ? Error{} : answer.error());
        touch(command.organization_id, "conversation");
        if (!answer) return;
        Json const& call = member_of(*answer, "call");
        auto const state = text_of(call, "state"), cause = text_of(call, "cause"), id = text_of(call, "conversation_id");
        auto const number = national_format(command.to_number);
        if (state == "refused" || state == "failed")
            return say("Nobody was called", cause.empty() ? number + " was not reached." : cause, true);
        auto const known = !id.empty();
        say(known ? "Jack is calling" : "The call is on its way",
            known ? number + " rings. What is said comes here when it is over."
                  : "We look whether " + number + " rings before anything is dialled again.");
        if (known) m_state.toasts.back().address = address_in(command.organization_id, "conversations", id).text();
    };
    auto const key = key_of(name, body.dump(-1, ' ', false, Json::error_handler_t::replace));
    ask("POST", path_of(command.organization_id, "calls"), body, done, key);
}

void Data::act(SendText const& command)
{
    auto const name = "text:" + command.organization_id + ':' + command.lead_id;
    if (m_state.action(name).busy) return;
    start(name);
    Json body = command.lead_id.empty() ? Json{{"to_number", command.to_number}} : Json{{"lead_id", command.lead_id}};
    body["body"] = command.body;
    auto const done = [this, name, command](Result<Json> answer) {
        if (is_known(answer)) m_request_keys.erase(name);
        finish(name, answer ? Error{} : answer.error());
        if (!answer) return;
        auto const message = message_from(member_of(*answer, "message"));
        if (auto const found = m_state.lead.find(message.lead_id); found != m_state.lead.end()) {
            auto& rows = found->second.messages.rows;
            bool const is_there = std::any_of(rows.begin(), rows.end(), [&](Message const& row) { return row.id == message.id; });
            if (!is_there) rows.insert(rows.begin(), message);
        }
        touch(command.organization_id, "message");
        if (!command.lead_id.empty()) return;
        say("Sent to " + national_format(command.to_number), "The answer comes here.");
        m_state.toasts.back().address = address_in(command.organization_id, "messages", message.lead_id).text();
    };
    auto const key = key_of(name, body.dump(-1, ' ', false, Json::error_handler_t::replace));
    ask("POST", path_of(command.organization_id, "messages"), body, done, key);
}

// What was changed of a lead is answered with the whole of it.
void Data::show_lead(std::string const& id, Json const& answer)
{
    auto page = lead_page_from(member_of(answer, "lead"));
    if (auto const found = m_state.lead.find(id); found != m_state.lead.end() && page.lead.id == id)
        found->second.lead.value = std::move(page);
}

void Data::act(SaveLead const& command)
{
    auto const name = "lead:" + command.lead_id;
    if (m_state.action(name).busy) return;
    start(name);
    ask("PATCH", path_of(command.organization_id, "leads", command.lead_id), json_of(command.changes),
        [this, name, command](Result<Json> answer) {
            finish(name, answer ? Error{} : answer.error());
            touch(command.organization_id, "lead");
            if (!answer) return say("Nothing changed", answer.error().message, true);
            show_lead(command.lead_id, *answer);
            auto const status = command.changes.find("status");
            if (status != command.changes.end()) return say("Moved", "The lead is under " + std::get<std::string>(status->second) + ".");
            bool const taken_over = command.changes.contains("wants_person");
            say(taken_over ? "Taken over" : "Saved", taken_over ? "Nobody else is asked to answer." : "Jack knows it at the next call.");
        });
}

void Data::act(AddNote const& command)
{
    auto const name = "note:" + command.lead_id;
    if (m_state.action(name).busy) return;
    start(name);
    ask("POST", path_of(command.organization_id, "leads", command.lead_id) + "/notes", {{"text", command.text}},
        [this, name, command](Result<Json> answer) {
            finish(name, answer ? Error{} : answer.error());
            if (answer) show_lead(command.lead_id, *answer);
        });
}

void Data::act(MarkRead const& command)
{
    auto const name = "read:" + command.lead_id;
    if (m_state.action(name).busy) return;
    start(name);
    ask("POST", path_of(command.organization_id, "leads", command.lead_id) + "/read", Json::object(),
        [this, name, command](Result<Json> answer) {
            finish(name, answer ? Error{} : answer.error());
            if (!answer) return;
            show_lead(command.lead_id, *answer);
            for (auto& row : m_state.threads.rows)
                if (row.lead.id == command.lead_id) row.lead.unread = 0;
            m_state.unread.stale = m_state.threads.stale = true;
        });
}

void Data::act(Replay const& command)
{
    auto const name = "replay:" + command.inbox_id;
    if (m_state.action(name).busy) return;
    start(name);
    ask("POST", "/api/admin/inbox/" + url_encoded(command.inbox_id) + "/replay", Json::object(), [this, name](Result<Json> answer) {
        finish(name, answer ? Error{} : answer.error());
        touch({}, "inbox");
        if (!answer) return say("Nothing changed", answer.error().message, true);
        say("Replayed", "It is being processed again.");
    });
}

} // namespace console
