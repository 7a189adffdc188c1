#include "edge-server/routes/event_routes.h"
#include "edge-server/http/reply.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/event_store.h"
#include "shared/base/json.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

namespace {

constexpr int page = 200; // events of one read
constexpr std::chrono::seconds check_interval{30};
constexpr std::int64_t never_said = -1;

std::optional<std::int64_t> resume_point(http::Request const& request)
{
    auto text = request.header("Last-Event-ID");
    if (text.empty()) text = request.query("last_event_id").value_or("");
    if (text.empty()) return {};
    std::int64_t value = 0;
    auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    return problem == std::errc() && end == text.data() + text.size() && value >= 0 ? value : never_said;
}

std::string message(std::string_view event, Json const& data, std::optional<std::int64_t> id = {})
{
    return (id ? "id: " + std::to_string(*id) + '\n' : std::string()) + "event: " + std::string(event) + "\ndata: " + data.dump() + "\n\n";
}

std::string to_message(Event const& event)
{
    auto const organization = event.organization_id.empty() ? Json() : Json(event.organization_id);
    return message("change", {{"kind", event.kind}, {"organization_id", organization}, {"id", event.subject_id}}, event.sequence);
}

} // namespace

EventFeed::EventFeed(http::EventStreams& streams, sql::Database& database, Access& access, std::string build)
    : m_streams(streams), m_database(database), m_access(access), m_build(std::move(build))
{
}

http::Response EventFeed::open(http::Request const& request)
{
    auto const session = m_access.signed_in(request);
    if (!session) return refuse(request, session.error());
    Listener const listener{session->token_hash, session->user.id, resume_point(request)};
    return m_streams.open(request, listener.user_id, [this, listener](http::EventStreams::Id id) { begin(id, listener); });
}

void EventFeed::begin(http::EventStreams::Id id, Listener listener)
{
    try {
        EventBounds bounds;
        bool const may_stay = m_database.read(sql::Scope::platform(), [&](sql::Reader& db) {
            bounds = event_bounds(db);
            return check(db, listener);
        });
        if (!may_stay) return say_goodbye(id);
        auto const resumed = listener.resumes_after;
        bool const missed_some = resumed && (*resumed + 1 < bounds.oldest || *resumed > bounds.newest);
        listener.position = resumed && !missed_some ? *resumed : bounds.newest;
        Json const hello{{"build", m_build}};
        // Its number is where to resume from, should nothing change before the connection breaks.
        m_streams.send(id,
            missed_some ? message("hello", hello) + message("reload", Json::object(), bounds.newest)
                        : message("hello", hello, listener.position));
        if (m_listeners.empty()) m_position = bounds.newest;
        m_listeners.emplace(id, std::move(listener));
        m_streams.wake();
    } catch (std::exception const& failure) {
        spdlog::warn("a live stream could not begin: {}", failure.what());
        m_streams.end(id); // it will be opened again
    }
}

void EventFeed::look()
{
    if (m_listeners.empty()) return;
    try {
        tell_news();
        check_due_listeners();
        catch_up();
    } catch (std::exception const& failure) {
        spdlog::warn("live streams: {}", failure.what()); // the next look is a second away
    }
}

bool EventFeed::check(sql::Reader& db, Listener& listener) const
{
    auto const session = Sessions::find_alive(db, listener.token_hash);
    if (!session) return false;
    listener.sees_all = !session->user.platform_role.empty();
    listener.organizations.clear();
    if (!listener.sees_all)
        for (auto const& membership : memberships_of(db, listener.user_id))
            listener.organizations.insert(membership.organization_id);
    listener.check_due = Clock::now() + check_interval;
    return true;
}

void EventFeed::check_due_listeners()
{
    auto const present = Clock::now();
    auto const is_due = [&](auto const& entry) { return entry.second.check_due <= present; };
    if (std::none_of(m_listeners.begin(), m_listeners.end(), is_due)) return;
    auto const ended = m_database.read(sql::Scope::platform(), [&](sql::Reader& db) {
        std::vector<http::EventStreams::Id> ids;
        for (auto& entry : m_listeners)
            if (is_due(entry) && !check(db, entry.second)) ids.push_back(entry.first);
        return ids;
    });
    for (auto const id : ended)
        say_goodbye(id);
}

void EventFeed::tell_news()
{
    for (bool more = true; more;) {
        auto const events = m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return events_after(db, m_position, page); });
        more = events.size() == page;
        if (events.empty()) return;
        std::set<std::string> concerned;
        for (auto const& event : events)
            if (event.kind == "access") concerned.insert(event.subject_id);
        for (auto& [id, listener] : m_listeners)
            if (concerned.contains(listener.user_id)) listener.check_due = {};
        check_due_listeners(); // before anything is said: what they may see has changed
        for (auto& [id, listener] : m_listeners)
            if (listener.position >= m_position && m_streams.is_clear(id)) tell(id, listener, events);
        m_position = events.back().sequence;
    }
}

// One page for each who is behind and has room; then the sockets have their turn again.
void EventFeed::catch_up()
{
    bool again = false;
    for (auto& [id, listener] : m_listeners) {
        if (listener.position >= m_position || !m_streams.is_clear(id)) continue;
        auto const events = m_database.read(
            sql::Scope::platform(), [&, after = listener.position](sql::Reader& db) { return events_after(db, after, page); });
        tell(id, listener, events);
        if (events.empty()) listener.position = m_position;
        again = again || listener.position < m_position;
    }
    if (again) m_streams.wake();
}

void EventFeed::tell(http::EventStreams::Id id, Listener& listener, std::vector<Event> const& events)
{
    std::string text;
    for (auto const& event : events) {
        if (event.sequence <= listener.position) continue;
        listener.position = event.sequence;
        bool const may_see = listener.sees_all || listener.organizations.contains(event.organization_id);
        if (may_see && event.kind != "access") text += to_message(event);
    }
    if (!text.empty()) m_streams.send(id, text);
}

void EventFeed::say_goodbye(http::EventStreams::Id id)
{
    m_streams.send(id, message("session_ended", Json::object()));
    m_streams.end(id);
    m_listeners.erase(id);
}

void add_event_routes(http::Router& router, EventFeed& feed)
{
    router.add({"GET", "/api/events"}, [&feed](http::Request const& request) { return feed.open(request); });
}
