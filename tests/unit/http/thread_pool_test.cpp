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
    std::atomic<int> done = 0, prepared = 0;
    http::ThreadPool pool(2, ceiling, 1000, [&] { ++prepared; });
    for (int i = 0; i < ceiling; ++i)
        REQUIRE(pool.submit([&] {
            all_inside.arrive_and_wait(); // for ever, if one of them had no thread
            ++done;
        }));
    for (int i = 0; i < 200; ++i)
        REQUIRE(pool.submit([&] { ++done; }));
    pool.finish();
    CHECK(done == ceiling + 200);
    CHECK(prepared == ceiling);
}

TEST_CASE("work is done in the order in which it came, and a full queue refuses")
{
    std::latch entered(1), may_go_on(1);
    std::vector<std::string> order; // of the one thread, until it has ended
    http::ThreadPool pool(1, 1, 2, [] {});
    REQUIRE(pool.submit([&] {
        entered.count_down();
        may_go_on.wait();
    }));
    entered.wait();
    for (std::string const name : {"a", "b"})
        REQUIRE(pool.submit([&order, name] { order.push_back(name); }));
    CHECK_FALSE(pool.submit([] {}));
    CHECK(pool.is_pressed());
    may_go_on.count_down();
    pool.finish();
    CHECK(order == std::vector<std::string>{"a", "b"});
    CHECK_FALSE(pool.submit([] {}));
}
