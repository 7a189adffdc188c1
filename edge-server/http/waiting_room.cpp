#include "edge-server/http/waiting_room.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <tuple>
#include <unistd.h>
#include <utility>
#include <vector>

namespace http {

namespace {

constexpr std::size_t largest_room = 16'384;
constexpr std::size_t overflow = 256; // until the room's thread has let the silent ones go
constexpr std::size_t header_limit = 16 * 1024;
constexpr std::size_t awaited_body = 16 * 1024;
constexpr std::chrono::seconds idle_limit{60}; // what an answer's Keep-Alive says
constexpr std::chrono::seconds request_limit{5}; // from the first byte to the last of the header and a small body
constexpr std::chrono::milliseconds sweep{500};

// Where the value of a header begins in a raw request head; npos without it. `name` is "\r\n", small letters and ":".
std::size_t value_of(std::string_view head, std::string_view name)
{
    auto const found = std::search(head.begin(), head.end(), name.begin(), name.end(),
        [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; });
    return found == head.end() ? std::string_view::npos : static_cast<std::size_t>(found - head.begin()) + name.size();
}

std::size_t number_at(std::string_view head, std::size_t position)
{
    while (position < head.size() && (head[position] == ' ' || head[position] == '\t'))
        ++position;
    std::size_t value = 0;
    for (; position < head.size() && head[position] >= '0' && head[position] <= '9' && value < (1u << 30); ++position)
        value = value * 10 + static_cast<std::size_t>(head[position] - '0');
    return value;
}

std::string path_in(std::string_view head)
{
    auto const start = std::min(head.find(' '), head.size() - 1) + 1;
    return std::string(head.substr(start, head.find_first_of(" ?\r", start) - start));
}

// Leaves descriptors for files, the vendors and those who are being served.
std::size_t guest_limit_of_process()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 512;
    return std::min<std::size_t>(largest_room, limit.rlim_cur > 8192 ? limit.rlim_cur - 4096 : limit.rlim_cur / 2);
}

} // namespace

WaitingRoom::Arrival WaitingRoom::examine(int socket)
{
    Buffer buffer;
    return examine(socket, buffer);
}

WaitingRoom::Arrival WaitingRoom::examine(int socket, Buffer& buffer)
{
    static_assert(std::tuple_size_v<Buffer> == header_limit + awaited_body);
    auto const received = ::recv(socket, buffer.data(), buffer.size(), MSG_PEEK | MSG_DONTWAIT);
    if (received == 0) return {State::Gone};
    if (received < 0) return {errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? State::Empty : State::Gone};
    std::string_view const seen(buffer.data(), static_cast<std::size_t>(received));
    auto const end = seen.find("\r\n\r\n");
    if (end == std::string_view::npos)
        return {seen.size() < header_limit ? State::Partial : State::Ready}; // too long: refused by the parser
    auto const head = seen.substr(0, end + 2);
    if (value_of(head, "\r\ntransfer-encoding:") != std::string_view::npos) return {State::Ready, 0, path_in(head)};
    auto const length = value_of(head, "\r\ncontent-length:");
    auto const awaited = length == std::string_view::npos ? 0 : number_at(head, length);
    auto const size = end + 4 + awaited;
    bool const asks_first = value_of(head, "\r\nexpect:") != std::string_view::npos; // sends its body only after our word
    return {asks_first || awaited > awaited_body || seen.size() >= size ? State::Ready : State::Partial, size, path_in(head),
        seen.size() > size || seen.size() == buffer.size()};
}

WaitingRoom::WaitingRoom(
    std::function<bool(int, std::string_view)> take, std::function<void(int, Arrival)> ready, std::function<std::string()> late_answer)
    : m_take(std::move(take)), m_ready(std::move(ready)), m_late_answer(std::move(late_answer)), m_guest_limit(guest_limit_of_process()),
      m_epoll(::epoll_create1(EPOLL_CLOEXEC)), m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    epoll_event event{.events = EPOLLIN, .data = {.fd = m_wake}};
    if (m_epoll < 0 || m_wake < 0 || ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_wake, &event) != 0)
        throw std::runtime_error("cannot watch sockets");
    m_thread = std::thread([this] { loop(); });
}

WaitingRoom::~WaitingRoom()
{
    close();
    ::close(m_wake);
    ::close(m_epoll);
}

bool WaitingRoom::has_ended() const
{
    std::lock_guard const lock(m_mutex);
    return m_closed && m_taken == 0;
}

void WaitingRoom::close()
{
    {
        std::lock_guard const lock(m_mutex);
        if (std::exchange(m_closed, true)) return;
    }
    wake();
    m_thread.join();
    for (auto const& [socket, guest] : m_guests)
        ::close(socket);
    m_guests.clear();
}

void WaitingRoom::wake()
{
    std::uint64_t const one = 1;
    (void)!::write(m_wake, &one, sizeof one); // fails only when it is set already, as far as it goes
}

// Who has sent nothing for the longest time goes first: a crowd of silent connections keeps nobody out.
void WaitingRoom::make_room()
{
    std::vector<std::pair<Clock::time_point, int>> silent;
    std::size_t too_many = 0;
    {
        std::lock_guard const lock(m_mutex);
        if (m_guests.size() <= m_guest_limit) return;
        too_many = m_guests.size() - m_guest_limit + overflow / 2;
        for (auto const& [socket, guest] : m_guests)
            if (!guest.started && !guest.is_taken) silent.emplace_back(guest.deadline, socket);
    }
    std::sort(silent.begin(), silent.end());
    for (std::size_t i = 0; i < silent.size() && i < too_many; ++i) {
        leave(silent[i].second);
        ::close(silent[i].second);
    }
}

std::size_t WaitingRoom::size() const
{
    std::lock_guard const lock(m_mutex);
    return m_guests.size();
}

void WaitingRoom::add(int socket)
{
    std::unique_lock lock(m_mutex);
    if (!m_closed && m_guests.size() < m_guest_limit + overflow) {
        bool const wakes = m_guests.empty() || m_guests.size() >= m_guest_limit; // to watch its time, or to make room
        m_guests[socket] = {Clock::now() + idle_limit};
        // Edge-triggered: what has arrived stays in the socket, and only more of it is an event. One event comes at once.
        epoll_event event{.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data = {.fd = socket}};
        if (::epoll_ctl(m_epoll, EPOLL_CTL_ADD, socket, &event) == 0) {
            if (wakes) wake();
            return;
        }
        m_guests.erase(socket);
    }
    lock.unlock();
    ::close(socket);
}

void WaitingRoom::leave(int socket)
{
    ::epoll_ctl(m_epoll, EPOLL_CTL_DEL, socket, nullptr);
    std::lock_guard const lock(m_mutex);
    m_guests.erase(socket);
}

void WaitingRoom::look_at(int socket)
{
    {
        std::lock_guard const lock(m_mutex);
        auto const guest = m_guests.find(socket);
        if (m_closed || guest == m_guests.end()) return; // let go since the event: the number may be another file's by now
        if (guest->second.is_taken) {
            guest->second.has_news = true;
            return;
        }
    }
    auto const arrival = examine(socket, m_buffer);
    switch (arrival.state) {
    case State::Empty:
        return;
    case State::Partial: {
        std::lock_guard const lock(m_mutex);
        auto& guest = m_guests[socket];
        if (!guest.started) guest = {Clock::now() + request_limit, true};
        return;
    }
    case State::Ready:
        if (take(socket, arrival)) return;
        leave(socket);
        m_ready(socket, arrival);
        return;
    case State::Gone:
        leave(socket);
        ::close(socket);
        return;
    }
}

// Of a request that lies in the buffer.
bool WaitingRoom::take(int socket, Arrival const& arrival)
{
    auto const size = arrival.size;
    if (size == 0 || size > m_buffer.size() || !m_take(socket, {m_buffer.data(), size})) return false;
    (void)!::recv(socket, m_buffer.data(), size, MSG_DONTWAIT); // it was only looked at
    std::lock_guard const lock(m_mutex);
    auto& guest = m_guests[socket];
    guest.is_taken = true;
    guest.has_news = arrival.has_more; // there is no event for what has come already
    ++m_taken;
    return true;
}

void WaitingRoom::answer(int socket, std::function<Outgoing()> make)
{
    {
        std::lock_guard const lock(m_mutex);
        m_answers.emplace_back(socket, std::move(make));
        if (m_answers.size() > 1) return; // the room's thread was woken by the first
    }
    wake();
}

void WaitingRoom::send_answers()
{
    std::vector<std::pair<int, std::function<Outgoing()>>> answers;
    {
        std::lock_guard const lock(m_mutex);
        answers.swap(m_answers);
    }
    for (auto const& [socket, make] : answers) {
        auto const [bytes, closes] = make();
        auto const sent = ::send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        bool const stays = !closes && sent == static_cast<ssize_t>(bytes.size()); // else a client that takes no answers, or is gone
        bool has_news = false;
        {
            std::lock_guard const lock(m_mutex);
            has_news = m_guests[socket].has_news;
            m_guests[socket] = {Clock::now() + idle_limit};
            --m_taken;
        }
        if (!stays) {
            leave(socket);
            ::close(socket);
        } else if (has_news)
            look_at(socket);
    }
}

void WaitingRoom::close_late()
{
    std::vector<std::pair<int, bool>> late;
    {
        std::lock_guard const lock(m_mutex);
        auto const present = Clock::now();
        for (auto const& [socket, guest] : m_guests)
            if (guest.deadline <= present && !guest.is_taken) late.emplace_back(socket, guest.started);
    }
    for (auto const& [socket, started] : late) {
        leave(socket);
        if (started) {
            auto const answer = m_late_answer();
            (void)!::send(socket, answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        }
        ::close(socket);
    }
}

void WaitingRoom::loop()
{
    std::array<epoll_event, 256> events;
    auto next_sweep = Clock::now() + sweep;
    for (;;) {
        int const timeout = size() == 0 ? -1 : static_cast<int>(sweep.count());
        int const count = ::epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), timeout);
        for (int i = 0; i < count; ++i) {
            if (events[static_cast<std::size_t>(i)].data.fd == m_wake) {
                std::uint64_t ignored = 0;
                (void)!::read(m_wake, &ignored, sizeof ignored);
                make_room();
                continue;
            }
            look_at(events[static_cast<std::size_t>(i)].data.fd);
        }
        send_answers();
        if (has_ended()) return;
        if (Clock::now() >= next_sweep) {
            close_late();
            next_sweep = Clock::now() + sweep;
        }
    }
}

} // namespace http
