#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace http {

// Connections that have not yet sent a whole request wait here, all on one thread, so that slow and idle clients hold no
// worker. A body of up to 16 KiB is waited for too; a larger one goes on with its header.
class WaitingRoom {
public:
    enum class State { Empty, Partial, Ready, Gone };
    struct Arrival {
        State state = State::Empty;
        std::size_t size = 0; // of a ready request, in bytes: nothing behind it belongs to it. 0: unknown
        std::string path = {}; // of a ready request, without its query
        bool has_more = false; // something may lie behind it already
    };
    // What has arrived on the socket so far, without taking it.
    static Arrival examine(int socket);

    struct Outgoing {
        std::string bytes;
        bool closes = false; // the connection, behind it
    };
    // Both are called on the room's thread and must not block. `take` gets the bytes of a whole request; when it says true, the connection
    // stays, and answer() must follow. Else, and for all that is too large, `ready` gets a socket that the room no longer watches.
    // `late_answer` is what a client gets whose request did not arrive in time.
    WaitingRoom(std::function<bool(int socket, std::string_view request)> take, std::function<void(int socket, Arrival arrival)> ready,
        std::function<std::string()> late_answer);
    ~WaitingRoom();

    WaitingRoom(WaitingRoom const&) = delete;
    WaitingRoom& operator=(WaitingRoom const&) = delete;

    void add(int socket); // takes ownership; closes it when the room is full or closed
    void answer(int socket, std::function<Outgoing()> make); // from any thread; `make` runs on the room's
    void close(); // answers what was taken and lets everyone go; takes nothing any more
    std::size_t size() const;
    std::size_t limit() const { return m_guest_limit; }

private:
    using Clock = std::chrono::steady_clock;
    using Buffer = std::array<char, 32 * 1024>; // the longest header and body that are waited for
    struct Guest {
        Clock::time_point deadline;
        bool started = false; // the first byte of a request is here
        bool is_taken = false; // its request; it stays until it is answered
        bool has_news = false; // since then
    };

    void loop();
    static Arrival examine(int socket, Buffer& buffer);
    void look_at(int socket);
    bool take(int socket, Arrival const& arrival);
    void send_answers();
    void close_late();
    void leave(int socket);
    void make_room();
    void wake();
    bool has_ended() const;

    std::function<bool(int, std::string_view)> m_take;
    std::function<void(int, Arrival)> m_ready;
    std::function<std::string()> m_late_answer;
    std::size_t m_guest_limit;
    int m_epoll;
    int m_wake; // eventfd: something to look at besides sockets
    mutable std::mutex m_mutex;
    std::unordered_map<int, Guest> m_guests;
    std::vector<std::pair<int, std::function<Outgoing()>>> m_answers;
    std::size_t m_taken = 0; // guests whose request is
    bool m_closed = false;
    Buffer m_buffer; // of the room's thread
    std::thread m_thread; // last: it uses everything above
};

} // namespace http
