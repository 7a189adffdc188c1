#pragma once

#include "edge-server/http/event_streams.h"
#include "edge-server/http/router.h"
#include "edge-server/routes/access.h"

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

struct Event;

// What the live streams say: every change, to those who may see it. Everything but open() runs on the streams' thread.
class EventFeed {
public:
    EventFeed(http::EventStreams& streams, sql::Database& database, Access& access, std::string build);

    http::Response open(http::Request const& request);
    void look();
    void gone(http::EventStreams::Id id) { m_listeners.erase(id); }

private:
    using Clock = std::chrono::steady_clock;
    struct Listener {
        std::string token_hash;
        std::string user_id;
        std::optional<std::int64_t> resumes_after; // -1: after something that we never said
        bool sees_all = false;
        std::set<std::string> organizations = {};
        std::int64_t position = 0; // the last event that was told, or passed over
        Clock::time_point check_due = {}; // of the session and the memberships
    };

    void begin(http::EventStreams::Id id, Listener listener);
    bool check(sql::Reader& db, Listener& listener) const; // false: the session has ended
    void check_due_listeners();
    void tell_news();
    void catch_up();
    void tell(http::EventStreams::Id id, Listener& listener, std::vector<Event> const& events);
    void say_goodbye(http::EventStreams::Id id);

    http::EventStreams& m_streams;
    sql::Database& m_database;
    Access& m_access;
    std::string const m_build;
    std::unordered_map<http::EventStreams::Id, Listener> m_listeners;
    std::int64_t m_position = 0; // who is here or further hears the news; the others catch up by reads of their own
};

void add_event_routes(http::Router& router, EventFeed& feed);
