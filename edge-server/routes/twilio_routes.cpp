#include "edge-server/routes/twilio_routes.h"
#include "edge-server/config.h"
#include "edge-server/http/reply.h"
#include "edge-server/services/texts.h"
#include "edge-server/services/voice_answers.h"

#include <spdlog/spdlog.h>

#include <memory>

namespace {

constexpr std::size_t body_limit = 64 * 1024;
constexpr auto no_reply = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>"; // an answer by TwiML would have no SID of ours

http::Response xml(std::string body)
{
    return {200, "text/xml", std::move(body)};
}

class TwilioRoutes {
public:
    TwilioRoutes(Inbox& inbox, sql::Database& database, Config const& config) : m_inbox(inbox), m_database(database), m_config(config) { }

    http::Response text(http::Request const& request)
    {
        auto const form = proved(request);
        if (!form) return forged(request);
        m_inbox.keep(text_item(*form));
        return xml(no_reply);
    }

    http::Response text_status(http::Request const& request)
    {
        auto const form = proved(request);
        if (!form) return forged(request);
        m_inbox.keep(text_status_item(*form, request.query("message").value_or("")));
        return http::no_content();
    }

    http::Response voice(http::Request const& request)
    {
        auto const form = proved(request);
        if (!form) return forged(request);
        try {
            return xml(m_database.read(sql::Scope::routing(),
                [&](sql::Reader& db) { return voice_answer(db, m_config, value_in(*form, "To"), value_in(*form, "DialCallStatus")); }));
        } catch (sql::Failure const& failure) {
            spdlog::error("voice: the database cannot be read: {}", failure.what());
            return xml(neutral_voice_answer(m_config));
        }
    }

private:
    std::optional<TwilioForm> proved(http::Request const& request) const
    {
        return proved_form(
            {m_config.public_url + request.target, request.body, request.header("X-Twilio-Signature")}, m_config.twilio_auth_token);
    }

    static http::Response forged(http::Request const& request)
    {
        return refuse(request, {ErrorKind::Forbidden, "wrong_signature", "The signature is missing or wrong."});
    }

    Inbox& m_inbox;
    sql::Database& m_database;
    Config const& m_config;
};

} // namespace

void add_twilio_routes(http::Router& router, Inbox& inbox, sql::Database& database, Config const& config)
{
    auto const routes = std::make_shared<TwilioRoutes>(inbox, database, config);
    auto const add = [&](char const* path, http::Response (TwilioRoutes::*answer)(http::Request const&)) {
        router.add({"POST", path, http::Body::Any, body_limit, http::Lane::Webhook},
            [routes, answer](http::Request const& request) { return (*routes.*answer)(request); });
    };
    add("/webhooks/twilio/sms", &TwilioRoutes::text);
    add("/webhooks/twilio/message-status", &TwilioRoutes::text_status);
    add("/webhooks/twilio/voice", &TwilioRoutes::voice);
    add("/webhooks/twilio/voice-fallback", &TwilioRoutes::voice);
}
