#include "edge-server/http/event_streams.h"
#include "edge-server/http/reply.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace http {

namespace {

constexpr std::size_t most_streams = 512;
constexpr std::size_t most_of_an_owner = 16;
constexpr std::size_t unsent_limit = 128 * 1024; // bytes of one stream
constexpr int socket_buffer = 64 * 1024; // the kernel's, for one stream
constexpr std::chrono::seconds heartbeat{5}; // the console takes twice as long a silence for the server's
constexpr std::chrono::seconds patience{10}; // with a client that takes nothing
constexpr unsigned unheard_limit = 45'000; // ms until a client that confirms nothing is gone
constexpr std::chrono::milliseconds sweep_interval{1000};
constexpr int retry_after = 5; // seconds

// Leaves descriptors for everyone else.
std::size_t limit_of_process()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return most_streams / 4;
    return std::min<std::size_t>(most_streams, limit.rlim_cur / 4);
}

} // namespace

struct EventStreams::Places {
    std::size_t const limit = limit_of_process();
    std::mutex mutex;
    std::size_t taken = 0;
    std::unordered_map<std::string, std::size_t> of_owner;
};

// Counted from the request until the stream's end.
struct EventStreams::Place {
    std::shared_ptr<Places> places;
    std::string owner;

    Place(std::shared_ptr<Places> all, std::string who) : places(std::move(all)), owner(std::move(who)) { }
    ~Place()
    {
        std::lock_guard const lock(places->mutex);
        --places->taken;
        if (--places->of_owner[owner] == 0) places->of_owner.erase(owner);
    }
    Place(Place const&) = delete;
    Place& operator=(Place const&) = delete;
};

EventStreams::EventStreams()
    : m_places(std::make_shared<Places>()), m_epoll(::epoll_create1(EPOLL_CLOEXEC)), m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    epoll_event event{.events = EPOLLIN, .data = {.u64 = 0}};
    if (m_epoll < 0 || m_wake < 0 || ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_wake, &event) != 0)
        throw std::runtime_error("cannot watch streams");
}

Bound EventStreams::bound() const
{
    std::lock_guard const lock(m_places->mutex);
    return {"event_streams", m_places->taken, m_places->limit};
}

EventStreams::~EventStreams()
{
    close();
    ::close(m_wake);
    ::close(m_epoll);
}

Response EventStreams::open(Request const& request, std::string const& owner, std::function<void(Id)> begin)
{
    std::shared_ptr<Place> place;
    {
        std::lock_guard const lock(m_places->mutex);
        if (m_places->taken >= m_places->limit)
            return refuse(request,
                {ErrorKind::Unavailable, "too_many_streams", "Too many consoles are connected. Try again in a moment.", {}, retry_after});
        if (auto const own = m_places->of_owner.find(owner); own != m_places->of_owner.end() && own->second >= most_of_an_owner)
            return refuse(request,
                {ErrorKind::TooMany, "too_many_streams",
                    "You have " + std::to_string(most_of_an_owner) + " live connections already. Close one of them.", {}, retry_after});
        ++m_places->taken;
        ++m_places->of_owner[owner];
        place = std::make_shared<Place>(m_places, owner);
    }
    Response response{200, "text/event-stream", {}, {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}}};
    response.take_over = [this, place, begin = std::move(begin)](int socket) { take(socket, place, begin); };
    return response;
}

void EventStreams::start(Speaker speaker)
{
    m_speaker = std::move(speaker);
    m_thread = std::thread([this] { loop(); });
}

void EventStreams::wake()
{
    std::uint64_t const one = 1;
    (void)!::write(m_wake, &one, sizeof one); // fails only when it is set already, as far as it goes
}

void EventStreams::close()
{
    {
        std::lock_guard const lock(m_mutex);
        if (std::exchange(m_closed, true)) return;
    }
    wake();
    if (m_thread.joinable()) m_thread.join();
    for (auto const& arrival : m_arrivals)
        ::close(arrival.socket);
    m_arrivals.clear();
    for (auto const& [id, stream] : m_streams)
        ::close(stream.socket);
    m_streams.clear();
}

void EventStreams::take(int socket, std::shared_ptr<Place> place, std::function<void(Id)> begin)
{
    ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &socket_buffer, sizeof socket_buffer);
    ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &unheard_limit, sizeof unheard_limit);
    {
        std::lock_guard const lock(m_mutex);
        if (!m_closed) m_arrivals.push_back({std::exchange(socket, -1), std::move(place), std::move(begin)});
    }
    if (socket >= 0)
        ::close(socket);
    else
        wake();
}

void EventStreams::send(Id id, std::string_view text)
{
    auto const found = m_streams.find(id);
    if (found == m_streams.end() || found->second.is_ending) return;
    auto& stream = found->second;
    if (stream.unsent.empty()) stream.stuck_since = Clock::now();
    stream.unsent.append(text);
    flush(id, stream);
    if (stream.unsent.size() > unsent_limit) m_lost.push_back(id);
}

bool EventStreams::is_clear(Id id) const
{
    auto const found = m_streams.find(id);
    return found != m_streams.end() && found->second.unsent.empty();
}

void EventStreams::end(Id id)
{
    auto const found = m_streams.find(id);
    if (found == m_streams.end()) return;
    found->second.is_ending = true;
    flush(id, found->second);
}

void EventStreams::flush(Id id, Stream& stream)
{
    while (!stream.unsent.empty()) {
        auto const sent = ::send(stream.socket, stream.unsent.data(), stream.unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (sent <= 0) return m_lost.push_back(id);
        stream.unsent.erase(0, static_cast<std::size_t>(sent));
        stream.last_sent = stream.stuck_since = Clock::now();
    }
    if (stream.is_ending) m_lost.push_back(id);
}

void EventStreams::hear(Id id, std::uint32_t events)
{
    auto const found = m_streams.find(id);
    if (found == m_streams.end()) return;
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) return m_lost.push_back(id);
    if (found->second.unsent.empty()) return;
    flush(id, found->second);
    m_must_look = m_must_look || found->second.unsent.empty();
}

void EventStreams::sweep()
{
    auto const present = Clock::now();
    for (auto& [id, stream] : m_streams) {
        if (!stream.unsent.empty() && present - stream.stuck_since > patience)
            m_lost.push_back(id);
        else if (stream.unsent.empty() && present - stream.last_sent >= heartbeat)
            send(id, "event: beat\ndata: {}\n\n"); // a comment would not reach a page
    }
}

void EventStreams::drop_lost()
{
    for (auto const id : std::exchange(m_lost, {}))
        drop(id);
}

void EventStreams::drop(Id id)
{
    auto const found = m_streams.find(id);
    if (found == m_streams.end()) return;
    // What the client sent meanwhile would make the close a reset, and lose what it has not read.
    std::array<char, 4096> unwanted;
    for (int i = 0; i < 16 && ::recv(found->second.socket, unwanted.data(), unwanted.size(), MSG_DONTWAIT) > 0; ++i)
        ;
    ::close(found->second.socket); // leaves epoll too
    m_streams.erase(found);
    m_speaker.gone(id);
}

bool EventStreams::welcome()
{
    std::vector<Arrival> arrivals;
    {
        std::lock_guard const lock(m_mutex);
        if (m_closed) return false;
        arrivals.swap(m_arrivals);
    }
    for (auto& arrival : arrivals) {
        auto const id = ++m_last_id;
        epoll_event event{.events = EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.u64 = id}};
        if (::epoll_ctl(m_epoll, EPOLL_CTL_ADD, arrival.socket, &event) != 0) {
            ::close(arrival.socket);
            continue;
        }
        auto const present = Clock::now();
        m_streams.emplace(id, Stream{arrival.socket, std::move(arrival.place), {}, present, present});
        arrival.begin(id);
    }
    return true;
}

void EventStreams::loop()
{
    std::array<epoll_event, 256> events;
    auto next_sweep = Clock::now() + sweep_interval;
    for (;;) {
        int const timeout = m_streams.empty() ? -1 : static_cast<int>(sweep_interval.count());
        int const count = ::epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), timeout);
        for (int i = 0; i < count; ++i) {
            auto const& event = events[static_cast<std::size_t>(i)];
            if (event.data.u64 != 0) {
                hear(event.data.u64, event.events);
                continue;
            }
            std::uint64_t ignored = 0;
            (void)!::read(m_wake, &ignored, sizeof ignored);
            m_must_look = true;
        }
        if (!welcome()) return;
        if (Clock::now() >= next_sweep) {
            sweep();
            m_must_look = true;
            next_sweep = Clock::now() + sweep_interval;
        }
        drop_lost();
        if (std::exchange(m_must_look, false)) m_speaker.look();
        drop_lost();
    }
}

} // namespace http
