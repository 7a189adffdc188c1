#include "edge-server/http/plain_request.h"
#include "edge-server/http/router.h"
#include "edge-server/http/waiting_room.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace {

http::Response nothing(http::Request const&)
{
    return {};
}

} // namespace

TEST_CASE("routes are found by method and path")
{
    http::Router router;
    router.add({"GET", "/"}, nothing);
    router.add({"GET", "/api/organizations"}, nothing);
    router.add({"GET", "/api/organizations/{id}"}, nothing);
    router.add({"PATCH", "/api/organizations/{id}"}, nothing);
    router.add({"GET", "/assets/{name...}"}, nothing);

    CHECK(router.find("GET", "/").route->path == "/");
    CHECK(router.find("GET", "/api/organizations/7").params.front().second == "7");
    CHECK(router.find("HEAD", "/api/organizations").route->path == "/api/organizations");
    CHECK(router.find("GET", "/assets/a/b.js").params.front().second == "a/b.js");
    CHECK_FALSE(router.find("GET", "/api/organizations/").route);
    CHECK_FALSE(router.find("GET", "/api").route);
    auto const wrong = router.find("DELETE", "/api/organizations/7");
    CHECK_FALSE(wrong.route);
    CHECK(wrong.allowed == "GET, HEAD, PATCH");
}

TEST_CASE("the waiting room hands on a connection only when its whole request is there")
{
    int pair[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    std::promise<int> ready;
    http::WaitingRoom room([](int, std::string_view) { return false; },
        [&](int socket, http::WaitingRoom::Arrival arrival) {
            CHECK(arrival.size == 43);
            ready.set_value(socket);
        },
        [] { return std::string(); });
    auto handed_on = ready.get_future();
    room.add(pair[0]);
    auto const send
        = [&](std::string_view text) { REQUIRE(::send(pair[1], text.data(), text.size(), 0) == static_cast<ssize_t>(text.size())); };
    auto const waits = [&] { return handed_on.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout; };

    CHECK(waits());
    send("POST / HTTP/1.1\r\nContent-Le");
    CHECK(waits());
    send("ngth: 5\r\n\r\n");
    CHECK(waits());
    send("hel");
    CHECK(waits());
    send("loG"); // the next request begins behind it
    REQUIRE(handed_on.wait_for(std::chrono::seconds(5)) == std::future_status::ready);
    CHECK(handed_on.get() == pair[0]);
    CHECK(room.size() == 0);
    ::close(pair[0]);
    ::close(pair[1]);
}

TEST_CASE("a guest of the waiting room is answered where it sits, one request after the other")
{
    int pair[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    std::promise<std::string> first, second;
    int taken = 0;
    http::WaitingRoom room(
        [&](int socket, std::string_view request) {
            CHECK(socket == pair[0]);
            (++taken == 1 ? first : second).set_value(std::string(request));
            return true;
        },
        [](int, http::WaitingRoom::Arrival) { FAIL("handed on"); }, [] { return std::string(); });
    room.add(pair[0]);
    std::string const request = "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n";
    auto const send
        = [&](std::string const& text) { REQUIRE(::send(pair[1], text.data(), text.size(), 0) == static_cast<ssize_t>(text.size())); };
    auto const received = [&] {
        char buffer[64];
        auto const size = ::recv(pair[1], buffer, sizeof buffer, 0);
        return std::string(buffer, size > 0 ? static_cast<std::size_t>(size) : 0);
    };

    send(request + "a" + request); // the second one is not whole
    CHECK(first.get_future().get() == request + "a");
    send("b");
    auto next = second.get_future();
    CHECK(next.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout); // its turn has not come
    room.answer(pair[0], [] { return http::WaitingRoom::Outgoing{"one"}; });
    CHECK(received() == "one");
    CHECK(next.get() == request + "b");
    CHECK(room.size() == 1);
    room.answer(pair[0], [] { return http::WaitingRoom::Outgoing{"two", true}; });
    CHECK(received() == "two");
    CHECK(received() == ""); // closed
    CHECK(room.size() == 0);
    ::close(pair[1]);
}

TEST_CASE("requests that arrive together are answered one after the other")
{
    int pair[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    std::atomic<int> taken = 0;
    http::WaitingRoom room(
        [&](int, std::string_view) {
            ++taken;
            return true;
        },
        [](int, http::WaitingRoom::Arrival) { FAIL("handed on"); }, [] { return std::string(); });
    std::string const request = "GET / HTTP/1.1\r\n\r\n";
    auto const three = request + request + request;
    REQUIRE(::send(pair[1], three.data(), three.size(), 0) == static_cast<ssize_t>(three.size()));
    room.add(pair[0]);
    for (int i = 1; i <= 3; ++i) {
        while (taken < i)
            std::this_thread::yield();
        CHECK(taken == i);
        room.answer(pair[0], [] { return http::WaitingRoom::Outgoing{"answer"}; });
        char buffer[16];
        CHECK(::recv(pair[1], buffer, sizeof buffer, 0) == 6);
    }
    ::close(pair[1]);
}

TEST_CASE("a waiting room that closes answers first whom it has taken")
{
    int pair[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    std::promise<void> taken;
    http::WaitingRoom room(
        [&](int, std::string_view) {
            taken.set_value();
            return true;
        },
        [](int, http::WaitingRoom::Arrival) { FAIL("handed on"); }, [] { return std::string(); });
    room.add(pair[0]);
    std::string const request = "GET / HTTP/1.1\r\n\r\n";
    REQUIRE(::send(pair[1], request.data(), request.size(), 0) == static_cast<ssize_t>(request.size()));
    taken.get_future().wait();
    auto closed = std::async(std::launch::async, [&] { room.close(); });
    CHECK(closed.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
    room.answer(pair[0], [] { return http::WaitingRoom::Outgoing{"late"}; });
    closed.get();
    char buffer[8];
    CHECK(::recv(pair[1], buffer, sizeof buffer, 0) == 4);
    CHECK(::recv(pair[1], buffer, sizeof buffer, 0) == 0);
    ::close(pair[1]);
}

TEST_CASE("a plain request is read, anything else is left to the whole parser")
{
    std::string const head = "POST /a/b-c HTTP/1.1\r\nHost: x\r\n";
    auto const read = [](std::string const& text) { return http::read_plain(text); };
    auto const plain = head + "authorization:  Bearer s \r\nConnection: Keep-Alive\r\nContent-Length: 3\r\n\r\n";
    auto const whole = plain + "abc"; // a request refers to it
    auto const request = read(whole);
    REQUIRE(request);
    CHECK(request->method == "POST");
    CHECK(request->path == "/a/b-c");
    CHECK(request->header("Authorization") == "Bearer s");
    CHECK(request->header("Cookie") == "");
    CHECK(request->body == "abc");

    for (std::string const odd : {"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
             "POST /a HTTP/1.0\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
             "POST /%61 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
             "POST http://x/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
             "POST  /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "POST /a HTTP/1.1 \r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
             "POST /a HTTP/1.1\nHost: x\nContent-Length: 3\n\nabc"})
        CHECK_FALSE(read(odd));
    for (std::string const lines : {"Content-Length: 3\r\nContent-Length: 3", "Content-Length: 2", "Content-Length: 4",
             "Content-Length: 03", "Content-Length: +3", "Content-Length: 3, 3", "Content-Length : 3", "Content-Length: 3\r\nHost: y",
             "Content-Length: 3\r\nAuthorization: a\r\nAuthorization: b", "Content-Length: 3\r\nTransfer-Encoding: chunked",
             "Content-Length: 3\r\nExpect: 100-continue", "Content-Length: 3\r\nConnection: close",
             "Content-Length: 3\r\nConnection: upgrade", "Content-Length: 3\r\nContent-Encoding: gzip", "Content-Length: 3\r\n Folded: x",
             "Content-Length: 3\r\nNo colon", "Content-Length: 3\r\nX: a\rb", "Content-Length: 3\r\nX: \x01",
             "Content-Length: 3\r\nX: \xff", "X: 1"})
        CHECK_FALSE_MESSAGE(read(head + lines + "\r\n\r\nabc"), lines);
    CHECK(read(head + "X: 1\r\nContent-Length: 3\r\n\r\nabc"));
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(read(whole.substr(0, size)));
}
