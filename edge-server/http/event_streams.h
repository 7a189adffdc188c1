#pragma once

#include "edge-server/http/message.h"
#include "shared/base/bound.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

namespace http {

// Live answers (text/event-stream), all on one thread. What is said on them is another's business.
class EventStreams {
public:
    using Id = std::uint64_t;

    // Both are called on the streams' thread, which they must not hold up.
    struct Speaker {
        std::function<void()> look; // after wake(), after a full stream took everything, and once a second
        std::function<void(Id)> gone; // the client left, was too slow, or was let go
    };

    EventStreams();
    ~EventStreams(); // closes

    EventStreams(EventStreams const&) = delete;
    EventStreams& operator=(EventStreams const&) = delete;

    // The answer that becomes a stream, or a refusal when there are too many, of this owner or of all. `begin` is called on the
    // streams' thread once the header is out.
    Response open(Request const& request, std::string const& owner, std::function<void(Id)> begin);
    void start(Speaker speaker);
    void wake(); // any thread
    Bound bound() const; // any thread
    void close(); // lets everyone go, at once; `speaker` is not called any more

    // On the streams' thread only. An unknown id is let pass: its client has just left.
    void send(Id id, std::string_view text);
    bool is_clear(Id id) const; // everything said has gone out
    void end(Id id); // once everything said has gone out

private:
    using Clock = std::chrono::steady_clock;
    struct Place;
    struct Places;
    struct Stream {
        int socket = -1;
        std::shared_ptr<Place> place;
        std::string unsent;
        Clock::time_point last_sent;
        Clock::time_point stuck_since; // while something is unsent
        bool is_ending = false;
    };
    struct Arrival {
        int socket;
        std::shared_ptr<Place> place;
        std::function<void(Id)> begin;
    };

    void take(int socket, std::shared_ptr<Place> place, std::function<void(Id)> begin);
    void loop();
    bool welcome(); // false: closed
    void flush(Id id, Stream& stream);
    void hear(Id id, std::uint32_t events);
    void sweep();
    void drop_lost();
    void drop(Id id);

    Speaker m_speaker;
    std::shared_ptr<Places> m_places; // outlives answers that never became a stream
    int m_epoll;
    int m_wake; // eventfd
    std::mutex m_mutex; // of the next two
    std::vector<Arrival> m_arrivals;
    bool m_closed = false;
    std::unordered_map<Id, Stream> m_streams; // this and below: the streams' thread only
    std::vector<Id> m_lost; // dropped between calls, so that nobody's iteration breaks
    Id m_last_id = 0; // 0 is the eventfd
    bool m_must_look = false;
    std::thread m_thread;
};

} // namespace http
