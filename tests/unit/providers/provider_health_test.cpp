#include "edge-server/providers/provider_health.h"

#include <doctest/doctest.h>

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST_CASE("a provider's health is that of its last hour")
{
    Time const start{1'700'000'000'000};
    ProviderHealth health("Twilio", "Numbers, texts", milliseconds(3000));
    CHECK(health.to_json(start)["state"] == "unknown");
    CHECK(health.to_json(start)["p95_ms"].is_null());

    for (int i = 1; i <= 100; ++i)
        health.succeeded(milliseconds(i), start.plus_seconds(i));
    auto const json = health.to_json(start.plus_seconds(101));
    CHECK(json["state"] == "normal");
    CHECK(json["calls"] == 100);
    CHECK(json["failures"] == 0);
    CHECK(json["p95_ms"] == 95);
    CHECK(json["recent_ms"].size() == 24);
    CHECK(json["recent_ms"].back() == 100);
    CHECK(json["last_success_at"] == to_rfc3339(start.plus_seconds(100)));
    CHECK(json["last_failure"].is_null());

    auto const later = health.to_json(start.plus_seconds(2 * 3600));
    CHECK(later["state"] == "unknown");
    CHECK(later["calls"] == 0);
    CHECK(later["recent_ms"].empty());
    CHECK(later["last_success_at"] == json["last_success_at"]);
}

TEST_CASE("a provider is slow, failing or refusing, and normal again after a success")
{
    ProviderHealth health("ElevenLabs", "Voice agent", milliseconds(100));
    health.succeeded(milliseconds(200));
    CHECK(health.to_json()["state"] == "slow");
    for (int i = 0; i < 20; ++i)
        health.succeeded(microseconds(300));
    CHECK(health.to_json()["state"] == "normal");
    CHECK(health.to_json()["p95_ms"] == 1); // begun milliseconds count
    for (int i = 0; i < 2; ++i)
        health.failed(milliseconds(1), "It did not answer.");
    CHECK(health.to_json()["state"] == "normal");
    health.failed(milliseconds(1), "It did not answer.");
    CHECK(health.to_json()["state"] == "failing");
    CHECK(health.to_json()["failures"] == 3);
    CHECK(health.to_json()["last_failure"] == "It did not answer.");
    health.failed(milliseconds(1), "The key is not valid.", true);
    CHECK(health.to_json()["state"] == "refusing");
    health.succeeded(milliseconds(1));
    CHECK(health.to_json()["state"] == "normal");
    CHECK(unused_provider("ElevenLabs", "Voice agent")["state"] == "unused");
}
