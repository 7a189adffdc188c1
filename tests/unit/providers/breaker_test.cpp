#include "edge-server/providers/breaker.h"

#include <doctest/doctest.h>

using std::chrono::milliseconds;

TEST_CASE("a provider that does not answer is left alone, for longer each time, and asked by one call at a time")
{
    Time const start{1'700'000'000'000};
    Breaker breaker;
    for (int i = 0; i < 4; ++i) {
        CHECK(breaker.enter(start) == milliseconds(0));
        breaker.failed(start.plus_seconds(i));
    }
    CHECK_FALSE(breaker.state().open);
    breaker.failed(start.plus_seconds(4));
    CHECK(breaker.state().open);
    CHECK(breaker.state().since == start);
    CHECK(breaker.enter(start.plus_seconds(5)) == milliseconds(4000));

    CHECK(breaker.enter(start.plus_seconds(9)) == milliseconds(0)); // one asks
    CHECK(breaker.enter(start.plus_seconds(9)) > milliseconds(0)); // the others wait for what it hears
    breaker.failed(start.plus_seconds(10));
    CHECK(breaker.enter(start.plus_seconds(10)) == milliseconds(10'000));

    Time at = start.plus_seconds(10);
    for (int i = 0; i < 10; ++i) {
        at = breaker.state().next_try_at;
        CHECK(breaker.enter(at) == milliseconds(0));
        breaker.failed(at);
    }
    CHECK(breaker.enter(at) == milliseconds(60'000));

    at = at.plus_seconds(60);
    CHECK(breaker.enter(at) == milliseconds(0));
    breaker.succeeded();
    CHECK_FALSE(breaker.state().open);
    CHECK(breaker.enter(at) == milliseconds(0));
    CHECK(breaker.enter(at) == milliseconds(0));
    breaker.failed(at);
    CHECK_FALSE(breaker.state().open);
}

TEST_CASE("a try whose outcome is never told does not keep the others away for ever")
{
    Time const start{1'700'000'000'000};
    Breaker breaker;
    for (int i = 0; i < 5; ++i)
        breaker.failed(start);
    CHECK(breaker.enter(start.plus_seconds(5)) == milliseconds(0));
    CHECK(breaker.enter(start.plus_seconds(24)) > milliseconds(0));
    CHECK(breaker.enter(start.plus_seconds(25)) == milliseconds(0));
}
