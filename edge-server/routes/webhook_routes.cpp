#include "edge-server/routes/webhook_routes.h"
#include "edge-server/config.h"
#include "edge-server/http/reply.h"
#include "edge-server/services/post_call.h"
#include "edge-server/services/secrets.h"
#include "shared/base/priority.h"

#include <optional>
#include <system_error>

namespace {

constexpr std::size_t post_call_limit = 16 << 20; // bytes: hours of transcript with every tool's call
constexpr std::size_t long_body = 64 << 10; // bytes; a longer one takes milliseconds to read, which no call waits for
// A retry half an hour later may carry the first signature; what is known already is not kept twice.
constexpr std::chrono::hours signature_age{24};

} // namespace

void add_webhook_routes(http::Router& router, Initiation& initiation, Inbox& inbox, Config const& config)
{
    router.add_prompt({"POST", "/webhooks/elevenlabs/conversation-initiation", http::Body::Any, 64 * 1024, http::Lane::Webhook},
        [&initiation, &config](http::Request const& request, http::Answer answer) {
            constexpr std::string_view scheme = "Bearer ";
            auto const given = request.header("Authorization");
            bool const right = given.starts_with(scheme)
                && matches_secret(std::string_view(given).substr(scheme.size()), config.elevenlabs_initiation_secret);
            if (!right) {
                Error const wrong{ErrorKind::Unauthorized, "wrong_secret", "The initiation secret is missing or wrong."};
                return answer([refusal = refuse(request, wrong)] { return refusal; });
            }
            initiation.answer(request.body, [answer = std::move(answer)](std::function<std::string()> make) {
                answer([make = std::move(make)] { return http::Response{200, "application/json", make()}; });
            });
        });
    router.add({"POST", "/webhooks/elevenlabs/post-call", http::Body::Any, post_call_limit, http::Lane::Webhook},
        [&inbox, &config](http::Request const& request) {
            auto const read = [&]() -> std::optional<InboxItem> {
                if (!is_signed_by_elevenlabs(
                        request.header("ElevenLabs-Signature"), request.body, config.elevenlabs_webhook_secret, now(), signature_age))
                    return {};
                return post_call_item(request.body);
            };
            auto const read_aside = [&] {
                try {
                    return in_background(read);
                } catch (std::system_error const&) { // no thread left
                    return read();
                }
            };
            auto item = request.body.size() < long_body ? read() : read_aside();
            if (!item) return refuse(request, {ErrorKind::Unauthorized, "wrong_signature", "The signature is missing, wrong or too old."});
            if (item->kind.empty()) return refuse(request, {ErrorKind::Malformed, "malformed_json", "The body is no event."});
            inbox.keep(std::move(*item));
            return http::json(200, {{"received", true}}); // exactly 200: ElevenLabs takes any other for a failure
        });
}
