#include "edge-server/routes/webhook_routes.h"
#include "edge-server/config.h"
#include "edge-server/http/reply.h"
#include "edge-server/services/secrets.h"

void add_webhook_routes(http::Router& router, Initiation& initiation, Config const& config)
{
    router.add({"POST", "/webhooks/elevenlabs/conversation-initiation", http::Body::Any, 64 * 1024, http::Lane::Webhook},
        [&initiation, &config](http::Request const& request) {
            constexpr std::string_view scheme = "Bearer ";
            auto const given = request.header("Authorization");
            bool const right = given.starts_with(scheme)
                && matches_secret(std::string_view(given).substr(scheme.size()), config.elevenlabs_initiation_secret);
            if (!right) return refuse(request, {ErrorKind::Unauthorized, "wrong_secret", "The initiation secret is missing or wrong."});
            return http::Response{200, "application/json", initiation.answer(request.body)};
        });
}
