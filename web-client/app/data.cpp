#include "web-client/app/data.h"

#include "shared/api/read_records.h"
#include "web-client/api/answers.h"
#include "web-client/api/reply.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace console {

static constexpr double settle_time = 0.25; // seconds: changes that come together are asked for together
static constexpr double busy_time = 1; // seconds: and on a busy day, no more often than this
static constexpr double patience = 8; // seconds until an answer counts as late
static constexpr double longest_pause = 15; // seconds between two tries
static constexpr std::size_t most_details = 64;
static constexpr double toast_time = 6;
static constexpr std::size_t most_toasts = 4;

void Data::ask(std::string const& method, std::string const& path, Json const& body, OnAnswer done, std::string key)
{
    std::string content;
    if (!body.is_null()) content = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    int const number = m_next_asked++;
    m_asked[number] = ImGui::GetTime();
    m_host.send({method, path, std::move(content), std::move(key)}, [this, number, done = std::move(done)](platform::Reply const& reply) {
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
    auto where = path + "?limit=" + std::to_string(list.page);
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

static std::string query_of(Address const& address, std::initializer_list<char const*> names, std::string query = {})
{
    for (auto const* name : names)
        if (auto const value = address.of(name); !value.empty())
            query += (query.empty() ? "" : "&") + std::string(name) + '=' + url_encoded(value);
    return query;
}

// A map of records does not grow for ever; what is asked for stays, because its answer comes back to it.
template <typename Map, typename F>
static void make_room(Map& map, std::string const& id, F&& is_asking)
{
    if (map.size() <= most_details || map.contains(id)) return;
    for (auto it = map.begin(); it != map.end(); ++it)
        if (!is_asking(it->second)) return void(map.erase(it));
}

static bool is_asking(auto const& remote)
{
    return remote.asking;
}

void Data::look_at_organization(std::string const& id)
{
    make_room(
        m_state.details, id, [](auto const& detail) { return detail.organization.asking || detail.numbers.asking || detail.run.asking; });
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

void Data::look_at_lead(std::string const& organization, std::string const& id, bool with_messages)
{
    make_room(m_state.lead, id, [](auto const& record) { return record.lead.asking || record.messages.asking; });
    auto& record = m_state.lead[id];
    auto const path = "/api/organizations/" + url_encoded(organization);
    if (record.lead.is_missing())
        fetch(
            record.lead, path + "/leads/" + url_encoded(id), [](Json const& answer) { return lead_page_from(member_of(answer, "lead")); });
    if (with_messages) show_list(record.messages, "lead_id=" + url_encoded(id), path + "/messages", "messages", message_from);
}

static std::string const& board_stage(std::size_t at)
{
    static std::array const names{std::string(lead_stages[0]), std::string(lead_stages[1]), std::string(lead_stages[2]),
        std::string(lead_stages[3]), std::string(lead_stages[4])};
    return names[at];
}

void Data::look_at_traffic(Place const& place, bool is_platform)
{
    auto const& address = m_state.address;
    bool const is_nowhere = !place.record.empty() && place.organization.empty() && place.screen != "inbox";
    if (is_nowhere) return;
    auto const scope = place.scope().empty() ? std::string() : "organization_id=" + url_encoded(place.scope());
    m_state.unread.page = 1;
    show_list(m_state.unread, "filter=unread", "/api/threads", "threads", lead_row_from);
    if (place.screen == "conversations") {
        if (place.record.empty())
            return show_list(m_state.conversations, query_of(address, {"filter", "search"}, scope), "/api/conversations", "conversations",
                conversation_row_from);
        make_room(m_state.conversation, place.record, is_asking<Remote<ConversationPage>>);
        auto& one = m_state.conversation[place.record];
        if (one.is_missing())
            fetch(one, "/api/organizations/" + url_encoded(place.organization) + "/conversations/" + url_encoded(place.record),
                [](Json const& answer) { return conversation_page_from(member_of(answer, "conversation")); });
        if (one.value && !one.value->row.conversation.lead_id.empty())
            look_at_lead(place.organization, one.value->row.conversation.lead_id, false);
    }
    if (place.screen == "messages") {
        show_list(m_state.threads, query_of(address, {"filter", "search"}, scope), "/api/threads", "threads", lead_row_from);
        if (!place.record.empty()) look_at_lead(place.organization, place.record, true);
    }
    if (place.screen == "leads") {
        if (!place.record.empty()) return look_at_lead(place.organization, place.record, true);
        if (address.of("view") == "table")
            return show_list(m_state.leads[""], query_of(address, {"search", "stage"}, scope), "/api/leads", "leads", lead_row_from);
        for (std::size_t i = 0; i < lead_stages.size(); ++i) {
            auto& column = m_state.leads[board_stage(i)];
            column.page = 50;
            auto const stage = Address{}.with("stage", board_stage(i));
            show_list(column, query_of(stage, {"stage"}, query_of(address, {"search"}, scope)), "/api/leads", "leads", lead_row_from);
        }
    }
    if (place.screen == "usage") {
        auto const question = query_of(address, {"month"}, scope);
        auto& usage = m_state.usage[question];
        if (usage.is_missing()) fetch(usage, "/api/usage?" + question, usage_from);
        show_list(m_state.ledger, query_of(address, {"month", "kind"}, scope), "/api/usage/lines", "lines", ledger_row_from);
        if (place.is_tab) look_at_organization(place.organization);
    }
    if (place.screen == "inbox" && is_platform) {
        show_list(m_state.inbox, query_of(address, {"state"}), "/api/admin/inbox", "items", inbox_row_from);
        if (place.record.empty()) return;
        make_room(m_state.inbox_item, place.record, is_asking<Remote<InboxRow>>);
        auto& one = m_state.inbox_item[place.record];
        if (one.is_missing())
            fetch(one, "/api/admin/inbox/" + url_encoded(place.record), [](Json const& answer) {
                Json const& item = member_of(answer, "item");
                return inbox_row_from(item.is_object() ? item : answer);
            });
    }
}

// What a dialog asks about has to be known: "call:<organisation>:<lead>".
void Data::look_at_dialog(std::string const& dialog)
{
    auto const first = dialog.find(':'), second = dialog.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) return;
    auto const organization = dialog.substr(first + 1, second - first - 1), lead = dialog.substr(second + 1);
    look_at_organization(organization);
    if (!lead.empty() && !lead.starts_with('+')) look_at_lead(organization, lead, false);
}

void Data::look(std::string const& dialog, bool is_drawn)
{
    auto const* signed_in = m_state.signed_in();
    if (!signed_in || signed_in->ended || m_state.connection.lost) return;
    auto const& address = m_state.address;
    auto const place = place_of(address);
    auto const screen = address.at(0);
    look_at_dialog(dialog);
    look_at_traffic(place, signed_in->session.is_platform());
    if (signed_in->session.is_platform()) {
        if (screen == "overview" && m_state.activity.is_missing()) fetch(m_state.activity, "/api/activity?limit=60", activity_from);
        if (m_state.overview.is_missing() && (is_drawn || screen == "overview"))
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

void Data::load_more(LoadMore const& command)
{
    auto const& name = command.list;
    auto const more = [&](auto& list, char const* path, char const* member, auto read) {
        if (!list.asking && !list.problem && !list.cursor.empty()) fetch_page(list, path, member, read);
    };
    if (name == "organizations") more(m_state.organizations, "/api/organizations", "organizations", organization_row_from);
    if (name == "numbers") more(m_state.numbers, "/api/phone-numbers", "phone_numbers", number_row_from);
    if (name == "notifications")
        for (auto& [status, list] : m_state.notifications)
            more(list, "/api/admin/notifications", "notifications", notification_from);
    if (name == "conversations") more(m_state.conversations, "/api/conversations", "conversations", conversation_row_from);
    if (name == "threads") more(m_state.threads, "/api/threads", "threads", lead_row_from);
    if (name == "leads") more(m_state.leads[command.of], "/api/leads", "leads", lead_row_from);
    if (name == "ledger") more(m_state.ledger, "/api/usage/lines", "lines", ledger_row_from);
    if (name == "inbox") more(m_state.inbox, "/api/admin/inbox", "items", inbox_row_from);
    if (name == "messages") {
        auto const path = "/api/organizations/" + url_encoded(place_of(m_state.address).organization) + "/messages";
        more(m_state.lead[command.of].messages, path.c_str(), "messages", message_from);
    }
}

void Data::find(std::string const& text)
{
    show_list(
        m_state.matches, text.empty() ? "" : "search=" + url_encoded(text), "/api/organizations", "organizations", organization_row_from);
}

template <typename F>
static void each_remote(AppState& state, F&& f)
{
    auto const all = [&](auto& map) {
        for (auto& [name, remote] : map)
            f(remote);
    };
    f(state.overview);
    f(state.drift);
    f(state.orphans);
    f(state.organizations);
    f(state.matches);
    f(state.numbers);
    all(state.notifications);
    all(state.notification);
    for (auto& [id, detail] : state.details) {
        f(detail.organization);
        f(detail.numbers);
        f(detail.run);
    }
    f(state.activity);
    f(state.conversations);
    all(state.conversation);
    f(state.threads);
    f(state.unread);
    all(state.leads);
    for (auto& [id, record] : state.lead) {
        f(record.lead);
        f(record.messages);
    }
    all(state.usage);
    f(state.ledger);
    f(state.inbox);
    all(state.inbox_item);
}

void Data::try_again()
{
    each_remote(m_state, [](auto& remote) {
        remote.problem.reset();
        remote.stale = true;
    });
}

void Data::forget()
{
    // Answers on their way still find their place: entries of the maps are emptied, not removed.
    each_remote(m_state, [](auto& remote) {
        remote.problem.reset();
        if constexpr (requires { remote.rows; }) {
            ++remote.generation;
            remote.rows.clear();
            remote.counts.clear();
            remote.cursor.clear();
            remote.loaded = remote.asking = false;
        } else {
            remote.value.reset();
            remote.stale = true;
        }
    });
    m_state.actions.clear();
    m_state.toasts.clear();
    m_request_keys.clear();
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

void Data::say(std::string title, std::string text, bool is_error)
{
    if (m_state.toasts.size() >= most_toasts) m_state.toasts.erase(m_state.toasts.begin());
    m_state.toasts.push_back({m_next_toast++, is_error, std::move(title), std::move(text),
        is_error ? std::numeric_limits<double>::infinity() : ImGui::GetTime() + toast_time, {}});
}

void Data::touch(std::string const& organization_id, std::string const& kind)
{
    if (kind == "call") return touch(organization_id, "conversation"); // an attempt, before there is one
    bool const is_traffic = kind == "conversation" || kind == "message" || kind == "lead" || kind == "usage" || kind == "inbox";
    if (is_traffic)
        m_touched_traffic.insert(kind);
    else
        m_touched.insert(organization_id);
    if (m_refresh_at == 0) m_refresh_at = std::max(ImGui::GetTime() + settle_time, m_refreshed_at + busy_time);
}

// Calls, texts, leads and money come often, and touch nothing else. A long list that someone reads is not taken away under them.
void Data::refresh_traffic()
{
    auto const refresh = [](auto& list) {
        if (static_cast<int>(list.rows.size()) <= list.page) list.stale = true;
    };
    auto const has = [this](char const* kind) { return m_touched_traffic.contains(kind); };
    if (has("conversation")) {
        refresh(m_state.conversations);
        for (auto& [id, one] : m_state.conversation)
            one.stale = true;
    }
    if (has("message") || has("lead") || has("conversation")) {
        refresh(m_state.threads);
        m_state.unread.stale = true;
        for (auto& [stage, list] : m_state.leads)
            refresh(list);
        for (auto& [id, record] : m_state.lead) {
            record.lead.stale = true;
            record.messages.stale = true;
        }
    }
    if (has("usage")) {
        for (auto& [question, usage] : m_state.usage)
            usage.stale = true;
        refresh(m_state.ledger);
    }
    if (has("inbox")) {
        refresh(m_state.inbox);
        for (auto& [id, item] : m_state.inbox_item)
            item.stale = true;
    }
    m_state.overview.stale = m_state.activity.stale = true;
    m_touched_traffic.clear();
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
    if (name == "change") touch(text_of(data, "organization_id"), text_of(data, "kind"));
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

double Data::time_to_first_picture(double present) const
{
    constexpr double longest_wait = 0.15;
    bool const is_asked = !m_asked.empty() && m_asked.rbegin()->first == m_next_asked - 1;
    return is_asked ? std::max(m_asked.rbegin()->second + longest_wait - present, 0.0) : 0.0;
}

double Data::work(double present)
{
    if (m_refresh_at > 0 && present >= m_refresh_at) {
        m_refresh_at = 0;
        m_refreshed_at = present;
        if (!m_touched_traffic.empty()) refresh_traffic();
    }
    if (m_refreshed_at == present && !m_touched.empty()) {
        for (auto const& id : m_touched) {
            if (auto const found = m_state.details.find(id); found != m_state.details.end()) {
                found->second.organization.stale = found->second.numbers.stale = found->second.run.stale = true;
                found->second.organization.problem.reset();
                found->second.run.problem.reset();
            }
        }
        int const one_page = m_state.organizations.page;
        bool const is_long = static_cast<int>(m_state.organizations.rows.size()) > one_page;
        if (!is_long) {
            m_state.organizations.stale = true;
        } else if (m_touched.size() <= 20) {
            for (auto const& id : m_touched)
                if (!id.empty()) refresh_row(id);
        }
        if (static_cast<int>(m_state.numbers.rows.size()) <= one_page) m_state.numbers.stale = true;
        m_state.overview.stale = m_state.activity.stale = m_state.drift.stale = m_state.orphans.stale = true;
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
