#include "edge-server/config.h"
#include "edge-server/embedded.h"
#include "edge-server/services/agent_doctor.h"
#include "edge-server/services/number_search.h"
#include "edge-server/services/password_hash.h"
#include "edge-server/services/secrets.h"
#include "edge-server/services/sessions.h"

#include <doctest/doctest.h>
#include <sodium.h>

#include <algorithm>
#include <string_view>

TEST_CASE("a secret takes two values while it rotates")
{
    CHECK(matches_secret("new", "new,old"));
    CHECK(matches_secret("old", "new,old"));
    CHECK(current_secret("new,old") == "new");
    for (auto const* wrong : {"", "ne", "newer", "new,old", ","})
        CHECK_FALSE(matches_secret(wrong, "new,old"));
    CHECK_FALSE(matches_secret("", ""));
}

TEST_CASE("passwords are hashed with Argon2id and proved against the hash")
{
    auto const hash = hash_password("correct horse battery");
    CHECK(hash.starts_with("$argon2id$"));
    CHECK(verify_password(hash, "correct horse battery"));
    CHECK_FALSE(verify_password(hash, "correct horse batterz"));
    CHECK_FALSE(verify_password("", ""));
    CHECK(hash_password("correct horse battery") != hash);
    CHECK(crypto_pwhash_str_verify(hash.c_str(), "correct horse battery", 21) == 0); // any Argon2 library reads it
    for (auto const length : {hash.size() - 1, hash.size() - 44, hash.find(",p=1$") + 5})
        CHECK_FALSE(verify_password(hash.substr(0, length), "correct horse battery"));
    CHECK_FALSE(verify_password(hash + "A", "correct horse battery"));

    // From when it cost something else.
    std::string other(crypto_pwhash_STRBYTES, '\0');
    REQUIRE(crypto_pwhash_str(other.data(), "correct horse battery", 21, 1, 8 << 20) == 0);
    CHECK(verify_password(other.c_str(), "correct horse battery"));
    CHECK_FALSE(verify_password(other.c_str(), "correct horse batterz"));
    PasswordHasher hasher;
    CHECK_FALSE(*hasher.verify("", "anything"));
}

TEST_CASE("attempts are counted per key within the window")
{
    AttemptLimit limit(2, std::chrono::minutes(5));
    CHECK(limit.count("a"));
    CHECK(limit.count("a"));
    CHECK_FALSE(limit.count("a"));
    CHECK(limit.is_exceeded("a"));
    CHECK_FALSE(limit.is_exceeded("b"));
}

TEST_CASE("an area code that was asked for is never left for another area")
{
    for (auto const& rung : search_ladder("604", "CA", "604"))
        CHECK_FALSE(rung.area_code.empty());
    auto const open = search_ladder("", "CA", "604");
    REQUIRE(open.size() == 3);
    CHECK(open[0].area_code == "604");
    CHECK(open[1].region == "BC");
    CHECK(open[2].country == "CA");
    CHECK(search_ladder("206", "CA", "604").front().country == "US");
}

TEST_CASE("an offer that is not what was asked for is not taken")
{
    SearchRung const rung{"CA", "604", {}, {}};
    CHECK(fits(rung, {"+16045550001", "Vancouver", "BC"}));
    CHECK_FALSE(fits(rung, {"+17785550001", "Vancouver", "BC"}));
    CHECK_FALSE(fits({"CA", {}, "BC", {}}, {"+12065550001", "Seattle", "WA"}));
    CHECK_FALSE(fits(rung, {"+441632960001", "", ""}));
}

TEST_CASE("the agent is right only when every setting is")
{
    Config config;
    config.public_url = "https://edge.example.com";
    config.elevenlabs_initiation_secret = "s3cret-value";
    Json agent;
    for (auto const& file : embedded_files())
        if (std::string_view(file.name) == "agent.json") agent = Json::parse(file.content);
    agent["platform_settings"]["workspace_overrides"]
        = {{"conversation_initiation_client_data_webhook",
               {{"url", "https://edge.example.com/webhooks/elevenlabs/conversation-initiation"},
                   {"request_headers", {{"Authorization", "Bearer s3cret-value"}}}}},
            {"webhooks", {{"post_call_webhook_id", "wh_1"}}}};
    std::vector<PostCallWebhook> const webhooks{
        {"wh_1", "Post-call", "https://edge.example.com/webhooks/elevenlabs/post-call", false, {}, {}, {}}};
    CHECK(findings_in(agent, webhooks, config).empty());

    auto const wrong_when = [&](char const* pointer, Json value) {
        auto changed = agent;
        changed[Json::json_pointer(pointer)] = std::move(value);
        return findings_in(changed, webhooks, config).size() == 1;
    };
    CHECK(wrong_when("/platform_settings/overrides/enable_conversation_initiation_client_data_from_webhook", false));
    CHECK(wrong_when(
        "/platform_settings/workspace_overrides/conversation_initiation_client_data_webhook/url", "https://elsewhere.example.com"));
    CHECK(wrong_when("/platform_settings/workspace_overrides/conversation_initiation_client_data_webhook/request_headers/Authorization",
        "Bearer other"));
    CHECK(wrong_when("/platform_settings/workspace_overrides/webhooks/post_call_webhook_id", "wh_2"));
    CHECK(wrong_when("/conversation_config/agent/first_message", "Hello from {{dealership}}"));
    CHECK(wrong_when("/conversation_config/agent/first_message", "Hi {{customer_name}}, this is {{organization_name}}"));
    CHECK(wrong_when("/conversation_config/agent/prompt/prompt", "You are Jack."));
    auto missing = agent;
    missing["conversation_config"]["agent"]["dynamic_variables"]["dynamic_variable_placeholders"].erase("greeting");
    CHECK(findings_in(missing, webhooks, config).size() == 1);
    auto disabled = webhooks;
    disabled.front().is_disabled = true;
    CHECK(findings_in(agent, disabled, config).size() == 1);
    CHECK(findings_in(Json(), {}, config).size() > 5);
}

TEST_CASE("a vendor's real host with an address it cannot reach is a mistake")
{
    Config config;
    config.public_url = "http://127.0.0.1:8080";
    CHECK(config.is_live_by_mistake());
    config.public_url = "https://10.0.0.7";
    CHECK(config.is_live_by_mistake());
    config.public_url = "https://edge.example.com";
    CHECK_FALSE(config.is_live_by_mistake());
    config.public_url = "http://127.0.0.1:8080";
    config.twilio_api_base = config.elevenlabs_api_base = "http://127.0.0.1:8090";
    CHECK_FALSE(config.is_live_by_mistake());
}
