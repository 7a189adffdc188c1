#include "edge-server/http/router.h"
#include "edge-server/http/waiting_room.h"

#include <doctest/doctest.h>

#include <future>
#include <sys/socket.h>
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
    http::WaitingRoom room(
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
