#include "web-client/app/data.h"

#include "shared/api/read_records.h"
#include "web-client/api/answers.h"
#include "web-client/api/reply.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace console {

static constexpr int page_size = 200;
static constexpr double settle_time = 0.25; // seconds: changes that come together are asked for together
static constexpr double patience = 8; // seconds until an answer counts as late
static constexpr double longest_pause = 15; // seconds between two tries
static constexpr std::size_t most_details = 64;
static constexpr double toast_time = 6;
static constexpr std::size_t most_toasts = 4;

void Data::ask(std::string const& method, std::string const& path, Json const& body, OnAnswer done)
{
    std::string content;
    if (!body.is_null()) content = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    int const number = m_next_asked++;
    m_asked[number] = ImGui::GetTime();
    m_host.send({method, path, std::move(content)}, [this, number, done = std::move(done)](platform::Reply const& reply) {
        auto& connection = m_state.connection;
        m_asked.erase(number);
        if (reply.status == 0 || reply.status >= 502) {
            if (!connection.lost) m_retry_at = ImGui::GetTime() + (m_retry_pause = 1);
            connection.lost = true;
        } else {
            bool const is_back = connection.lost;
            connection.lost = false;
            connection.last_answer = {m_host.now()};
            if (is_back) {
                try_again();
                if (auto const* here = m_state.signed_in(); here && !here->ended && !m_state.connection.live) m_host.listen(true);
                for (auto& [name, action] : m_state.actions)
                    if (action.problem && action.problem->code == "no_answer") action.problem.reset();
            }
        }
        if (is_success(reply)) {
            Json const answer = reply.body.empty() ? Json::object() : Json::parse(reply.body, nullptr, false);
            if (answer.is_object()) return done(answer);
            return done(refusal_of({502, {}}));
        }
        if (auto* signed_in = std::get_if<SignedIn>(&m_state.session); signed_in && reply.status == 401) {
            signed_in->ended = true;
            m_host.listen(false);
        }
        done(refusal_of(reply));
    });
}

template <typename T, typename Read>
void Data::fetch(Remote<T>& remote, std::string const& path, Read read)
{
    remote.asking = true;
    remote.stale = false;
    remote.problem.reset();
    remote.asked_at = ImGui::GetTime();
    ask("GET", path, {}, [&remote, read](Result<Json> answer) { // entries of a map stay where they are
        remote.asking = false;
        if (answer)
            remote.value = read(*answer);
        else
            remote.problem = answer.error();
    });
}

template <typename Row, typename Read>
void Data::fetch_page(RemoteList<Row>& list, std::string const& path, std::string const& name, Read read)
{
    bool const is_first = !list.loaded || list.stale;
    list.asking = true;
    list.stale = false;
    list.problem.reset();
    list.asked_at = ImGui::GetTime();
    auto where = path + "?limit=" + std::to_string(page_size);
    if (!list.query.empty()) where += '&' + list.query;
    if (!is_first) where += "&cursor=" + url_encoded(list.cursor);
    ask("GET", where, {}, [&list, name, read, is_first, generation = list.generation](Result<Json> answer) {
        if (list.generation != generation) return;
        list.asking = false;
        if (!answer) {
            list.problem = answer.error();
            return;
        }
        if (is_first) {
            list.rows.clear();
            list.counts = counts_from(member_of(*answer, "counts"));
        }
        list.loaded = true;
        if (Json const& rows = member_of(*answer, name); rows.is_array())
            for (Json const& row : rows)
                list.rows.push_back(read(row));
        list.cursor = text_of(*answer, "next_cursor");
    });
}

template <typename Row, typename Read>
void Data::show_list(RemoteList<Row>& list, std::string const& query, std::string const& path, std::string const& name, Read read)
{
    if (list.query != query) {
        ++list.generation;
        list.query = query;
        list.loaded = list.asking = list.stale = false;
        list.problem.reset();
        list.cursor.clear();
    }
    if ((!list.loaded || list.stale) && !list.asking && !list.problem) fetch_page(list, path, name, read);
}

static std::string query_of(Address const& address, std::initializer_list<char const*> names)
{
    std::string query;
    for (auto const* name : names)
        if (auto const value = address.of(name); !value.empty())
            query += (query.empty() ? "" : "&") + std::string(name) + '=' + url_encoded(value);
    return query;
}

void Data::look_at_organization(std::string const& id)
{
    if (m_state.details.size() > most_details && !m_state.details.contains(id)) {
        for (auto it = m_state.details.begin(); it != m_state.details.end(); ++it) {
            auto const& detail = it->second;
            if (detail.organization.asking || detail.numbers.asking || detail.run.asking) continue;
            m_state.details.erase(it);
            break;
        }
    }
    auto& detail = m_state.details[id];
    auto const path = "/api/organizations/" + url_encoded(id);
    if (detail.organization.is_missing())
        fetch(detail.organization, path, [](Json const& answer) { return organization_row_from(member_of(answer, "organization")); });
    if (detail.numbers.is_missing())
        fetch(detail.numbers, path + "/phone-numbers", [](Json const& answer) {
            std::vector<PhoneNumber> numbers;
            if (Json const& list = member_of(answer, "phoneNumbers"); list.is_array())
                for (Json const& number : list)
                    numbers.push_back(phone_number_from(number));
            return numbers;
        });
    if (detail.run.is_missing()) fetch(detail.run, path + "/provisioning", run_with_steps_from);
}

void Data::look()
{
    auto const* signed_in = m_state.signed_in();
    if (!signed_in || signed_in->ended || m_state.connection.lost) return;
    auto const& address = m_state.address;
    auto const screen = address.at(0);
    if (signed_in->session.is_platform()) {
        if (m_state.overview.is_missing())
            fetch(m_state.overview, "/api/admin/overview?utc_offset=" + std::to_string(m_host.utc_offset(m_host.now(), {}) / 60),
                overview_from);
        show_list(m_state.notifications["pending"], "status=pending", "/api/admin/notifications", "notifications", notification_from);
        if (screen == "notifications") {
            if (address.of("status") == "resolved")
                show_list(
                    m_state.notifications["resolved"], "status=resolved", "/api/admin/notifications", "notifications", notification_from);
            if (auto const id = address.at(1); !id.empty()) {
                auto& one = m_state.notification[id];
                if (one.is_missing())
                    fetch(one, "/api/admin/notifications/" + url_encoded(id),
                        [](Json const& answer) { return notification_from(member_of(answer, "notification")); });
                if (one.value && !one.value->organization_id.empty()) look_at_organization(one.value->organization_id);
            }
        }
    }
    if (screen == "drift" && signed_in->session.is_platform()) {
        if (m_state.drift.is_missing()) fetch(m_state.drift, "/api/admin/drift", drift_from);
        if (m_state.orphans.is_missing()) fetch(m_state.orphans, "/api/admin/orphans", orphans_from);
    }
    if (screen == "organizations") {
        if (auto const id = address.at(1); !id.empty())
            look_at_organization(id);
        else
            show_list(m_state.organizations, query_of(address, {"search", "status", "sort"}), "/api/organizations", "organizations",
                organization_row_from);
    }
    if (screen == "numbers")
        show_list(m_state.numbers, query_of(address, {"search", "state", "sort"}), "/api/phone-numbers", "phone_numbers", number_row_from);
}

void Data::load_more(std::string const& name)
{
    auto const more = [&](auto& list, char const* path, char const* member, auto read) {
        if (!list.asking && !list.problem && !list.cursor.empty()) fetch_page(list, path, member, read);
    };
    if (name == "organizations") more(m_state.organizations, "/api/organizations", "organizations", organization_row_from);
    if (name == "numbers") more(m_state.numbers, "/api/phone-numbers", "phone_numbers", number_row_from);
    if (name == "notifications")
        for (auto& [status, list] : m_state.notifications)
            more(list, "/api/admin/notifications", "notifications", notification_from);
}

void Data::find(std::string const& text)
{
    show_list(
        m_state.matches, text.empty() ? "" : "search=" + url_encoded(text), "/api/organizations", "organizations", organization_row_from);
}

void Data::try_again()
{
    auto const clear = [](auto& remote) {
        remote.problem.reset();
        remote.stale = true;
    };
    clear(m_state.overview);
    clear(m_state.drift);
    clear(m_state.orphans);
    clear(m_state.organizations);
    clear(m_state.matches);
    clear(m_state.numbers);
    for (auto& [status, list] : m_state.notifications)
        clear(list);
    for (auto& [id, one] : m_state.notification)
        clear(one);
    for (auto& [id, detail] : m_state.details) {
        clear(detail.organization);
        clear(detail.numbers);
        clear(detail.run);
    }
}

void Data::forget()
{
    // Answers on their way still find their place: entries of the maps are emptied, not removed.
    auto const empty = [](auto& remote) {
        remote.value.reset();
        remote.problem.reset();
        remote.stale = true;
    };
    auto const empty_list = [](auto& list) {
        ++list.generation;
        list.rows.clear();
        list.counts.clear();
        list.cursor.clear();
        list.problem.reset();
        list.loaded = list.asking = false;
    };
    empty(m_state.overview);
    empty(m_state.drift);
    empty(m_state.orphans);
    empty_list(m_state.organizations);
    empty_list(m_state.matches);
    empty_list(m_state.numbers);
    for (auto& [status, list] : m_state.notifications)
        empty_list(list);
    for (auto& [id, one] : m_state.notification)
        empty(one);
    for (auto& [id, detail] : m_state.details) {
        empty(detail.organization);
        empty(detail.numbers);
        empty(detail.run);
    }
    m_state.actions.clear();
    m_state.toasts.clear();
}

void Data::signed_in(Session session)
{
    auto const* before = m_state.signed_in();
    bool const same_user = before && before->session.user.id == session.user.id;
    if (before && !same_user) forget();
    if (same_user) try_again();
    auto const build = m_host.build();
    m_state.outdated = !build.empty() && !session.installation.build.empty() && build != session.installation.build;
    m_state.session = SignedIn{.session = std::move(session), .ended = false, .problem = {}, .busy = false};
    m_host.listen(true);
}

void Data::ask_who()
{
    ask("GET", "/api/session", {}, [this](Result<Json> answer) {
        auto session = answer ? session_from(*answer) : std::nullopt;
        if (session) return signed_in(std::move(*session));
        if (m_state.signed_in()) return; // what is on the screen stays; a dialog or the state of the line says why
        Error const problem
            = answer ? Error{ErrorKind::Unavailable, {}, "The server's answer could not be read. Try again in a minute."} : answer.error();
        if (problem.code == "no_answer" && std::holds_alternative<Asking>(m_state.session))
            m_state.session = SignedOut{.problem = problem.message};
        else
            m_state.session = SignedOut{.problem = problem.kind == ErrorKind::Unauthorized ? "" : problem.message};
    });
}

void Data::sign_in(SignIn const& command)
{
    auto const set = [this](std::string const& problem, bool busy) {
        if (auto* ended = std::get_if<SignedIn>(&m_state.session)) {
            ended->problem = problem;
            ended->busy = busy;
        } else {
            m_state.session = SignedOut{.problem = problem, .busy = busy};
        }
    };
    set({}, true);
    ask("POST", "/api/session", {{"email", command.email}, {"password", command.password}}, [this, set](Result<Json> answer) {
        if (!answer) return set(answer.error().message, false);
        auto session = session_from(*answer);
        if (!session) {
            set({}, true);
            return ask_who(); // signed in, but the answer does not say as whom
        }
        signed_in(std::move(*session));
        m_host.tell_other_tabs("session");
    });
}

void Data::sign_out(bool everywhere)
{
    auto& session = std::get<SignedIn>(m_state.session);
    session.busy = true;
    ask("DELETE", everywhere ? "/api/session?everywhere=true" : "/api/session", {}, [this](Result<Json> answer) {
        bool const done = answer || answer.error().kind == ErrorKind::Unauthorized;
        if (!done) {
            if (auto* still = std::get_if<SignedIn>(&m_state.session)) still->busy = false;
            return say("You are still signed in", answer.error().message, true);
        }
        m_host.listen(false);
        m_state.session = SignedOut{};
        forget();
        m_host.tell_other_tabs("session_ended");
    });
}

void Data::start(std::string const& name)
{
    m_state.actions[name] = {.busy = true, .since = ImGui::GetTime(), .problem = {}};
}

void Data::finish(std::string const& name, Error const& problem)
{
    auto& action = m_state.actions[name];
    action.busy = false;
    action.problem = problem.message.empty() ? std::nullopt : std::optional(problem);
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

void Data::act(SaveSettings const& command)
{
    auto const name = "settings:" + command.organization_id;
    if (m_state.action(name).busy) return;
    start(name);
    ask("PATCH", "/api/organizations/" + url_encoded(command.organization_id), {{"name", command.name}, {"time_zone", command.time_zone}},
        [this, name, command](Result<Json> answer) {
            finish(name, answer ? Error{} : answer.error());
            if (!answer) return;
            m_state.details[command.organization_id].organization.value = organization_row_from(member_of(*answer, "organization"));
            say("Saved", "Callers hear \"" + command.name + "\" from the next call on.");
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

void Data::say(std::string title, std::string text, bool is_error)
{
    if (m_state.toasts.size() >= most_toasts) m_state.toasts.erase(m_state.toasts.begin());
    m_state.toasts.push_back({m_next_toast++, is_error, std::move(title), std::move(text),
        is_error ? std::numeric_limits<double>::infinity() : ImGui::GetTime() + toast_time});
}

void Data::touch(std::string const& organization_id)
{
    if (!organization_id.empty()) m_touched.insert(organization_id);
    if (m_refresh_at == 0) m_refresh_at = ImGui::GetTime() + settle_time;
}

void Data::on_event(std::string const& name, Json const& data)
{
    if (name == "open" || name == "hello" || name == "change") {
        m_state.connection.live = true;
        if (m_state.connection.lost && m_retry_at > 0) m_retry_at = ImGui::GetTime();
    }
    if (name == "lost") {
        m_state.connection.live = false;
        if (m_state.signed_in() && m_retry_at == 0) m_retry_at = ImGui::GetTime(); // is it the server, or only the stream?
    }
    if (name == "hello") {
        auto const build = m_host.build();
        auto const theirs = text_of(data, "build");
        m_state.outdated = !build.empty() && !theirs.empty() && build != theirs;
    }
    if (name == "change") touch(text_of(data, "organization_id"));
    if (name == "reload") try_again();
    if (name == "session") ask_who();
    if (name == "session_ended") {
        if (auto* signed_in = std::get_if<SignedIn>(&m_state.session)) signed_in->ended = true;
        m_host.listen(false);
    }
}

// Only its row changes place or words: a long list that someone reads is not taken away under them.
void Data::refresh_row(std::string const& organization_id)
{
    auto const path = "/api/organizations/" + url_encoded(organization_id);
    ask("GET", path, {}, [this, organization_id](Result<Json> answer) {
        if (!answer) return;
        auto const fresh = organization_row_from(member_of(*answer, "organization"));
        for (auto& row : m_state.organizations.rows)
            if (row.organization.id == organization_id) row = fresh;
    });
}

double Data::work(double present)
{
    if (m_refresh_at > 0 && present >= m_refresh_at) {
        m_refresh_at = 0;
        for (auto const& id : m_touched) {
            if (auto const found = m_state.details.find(id); found != m_state.details.end()) {
                found->second.organization.stale = found->second.numbers.stale = found->second.run.stale = true;
                found->second.organization.problem.reset();
                found->second.run.problem.reset();
            }
        }
        constexpr int one_page = page_size;
        bool const is_long = static_cast<int>(m_state.organizations.rows.size()) > one_page;
        if (!is_long) {
            m_state.organizations.stale = true;
        } else if (m_touched.size() <= 20) {
            for (auto const& id : m_touched)
                refresh_row(id);
        }
        if (static_cast<int>(m_state.numbers.rows.size()) <= one_page) m_state.numbers.stale = true;
        m_state.overview.stale = m_state.drift.stale = m_state.orphans.stale = true;
        for (auto& [status, list] : m_state.notifications)
            list.stale = true;
        for (auto& [id, one] : m_state.notification)
            one.stale = true;
        m_touched.clear();
    }
    bool const must_retry = m_state.signed_in() && m_retry_at > 0;
    if (must_retry && present >= m_retry_at) {
        m_retry_pause = std::min(m_retry_pause * 2, longest_pause);
        m_retry_at = 0;
        ask("GET", "/api/session", {}, [this](Result<Json> answer) {
            if (m_state.connection.lost)
                m_retry_at = ImGui::GetTime() + (m_state.connection.live ? 1 : m_retry_pause);
            else if (answer)
                if (auto* here = std::get_if<SignedIn>(&m_state.session)) // unless someone signed out meanwhile
                    if (auto session = session_from(*answer)) here->session = std::move(*session);
        });
    }
    double const oldest = m_asked.empty() ? present : m_asked.begin()->second; // they are numbered in order
    m_state.connection.slow = present - oldest >= patience;
    auto& toasts = m_state.toasts;
    std::erase_if(toasts, [&](Toast const& toast) { return present >= toast.until; });
    double next = std::numeric_limits<double>::infinity();
    for (auto const& toast : toasts)
        next = std::min(next, toast.until - present);
    if (!m_asked.empty() && !m_state.connection.slow) next = std::min(next, oldest + patience - present);
    if (m_refresh_at > 0) next = std::min(next, m_refresh_at - present);
    if (must_retry && m_retry_at > 0) next = std::min(next, m_retry_at - present);
    return std::max(next, 0.0);
}

} // namespace console
