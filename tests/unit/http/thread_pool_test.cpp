#include "edge-server/http/thread_pool.h"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <string>
#include <vector>

TEST_CASE("a crowd gets a thread each, up to the ceiling, and the rest waits its turn")
{
    constexpr int ceiling = 50;
    std::latch all_inside(ceiling);
    std::atomic<int> done = 0;
    http::ThreadPool pool(2, ceiling, 1000);
    for (int i = 0; i < ceiling; ++i)
        REQUIRE(pool.submit(
            [&] {
                all_inside.arrive_and_wait(); // for ever, if one of them had no thread
                ++done;
            },
            false));
    for (int i = 0; i < 200; ++i)
        REQUIRE(pool.submit([&] { ++done; }, i % 2 == 0));
    pool.finish();
    CHECK(done == ceiling + 200);
}

TEST_CASE("urgent work goes before what waits, and a full queue refuses")
{
    std::latch entered(1), may_go_on(1);
    std::vector<std::string> order; // of the one thread, until it has ended
    http::ThreadPool pool(1, 1, 4);
    REQUIRE(pool.submit(
        [&] {
            entered.count_down();
            may_go_on.wait();
        },
        false));
    entered.wait();
    for (std::string const name : {"a", "b"})
        REQUIRE(pool.submit([&order, name] { order.push_back(name); }, false));
    for (std::string const name : {"call", "text"})
        REQUIRE(pool.submit([&order, name] { order.push_back(name); }, true));
    CHECK_FALSE(pool.submit([] {}, true));
    CHECK(pool.is_pressed());
    may_go_on.count_down();
    pool.finish();
    CHECK(order == std::vector<std::string>{"call", "text", "a", "b"});
    CHECK_FALSE(pool.submit([] {}, false));
}
