#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

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
    };
    // What has arrived on the socket so far, without taking it.
    static Arrival examine(int socket);

    // `ready` is called on the room's thread with a socket that the room no longer watches; it must not block.
    // `late_answer` is what a client gets whose request did not arrive in time.
    WaitingRoom(std::function<void(int socket, Arrival arrival)> ready, std::function<std::string()> late_answer);
    ~WaitingRoom();

    WaitingRoom(WaitingRoom const&) = delete;
    WaitingRoom& operator=(WaitingRoom const&) = delete;

    void add(int socket); // takes ownership; closes it when the room is full or closed
    void close(); // lets everyone go; `ready` is not called any more
    std::size_t size() const;
    std::size_t limit() const { return m_guest_limit; }

private:
    using Clock = std::chrono::steady_clock;
    struct Guest {
        Clock::time_point deadline;
        bool started = false; // the first byte of a request is here
    };

    void loop();
    void look_at(int socket);
    void close_late();
    void leave(int socket);
    void make_room();
    void wake();
    bool is_closed() const;

    std::function<void(int, Arrival)> m_ready;
    std::function<std::string()> m_late_answer;
    std::size_t m_guest_limit;
    int m_epoll;
    int m_wake; // eventfd: something to look at besides sockets
    mutable std::mutex m_mutex;
    std::unordered_map<int, Guest> m_guests;
    bool m_closed = false;
    std::thread m_thread; // last: it uses everything above
};

} // namespace http
