#include "tools/telephony-sim/twilio_webhook.h"

#include "tools/telephony-sim/settings.h"
#include "tools/telephony-sim/twilio_signature.h"

#include <algorithm>
#include <charconv>
#include <thread>

namespace simulator {

namespace {

constexpr int longest_ms = 15'000;
constexpr auto before_repeating = std::chrono::milliseconds(50);

struct Tuning {
    int connect_ms = 5000; // ct
    int read_ms = longest_ms; // rt
    int total_ms = longest_ms; // tt
    int repeats = 1; // rc
    std::vector<std::string> repeats_for{"ct"}; // rp
};

Tuning tuning_of(std::string const& url)
{
    Tuning tuning;
    auto const hash = url.find('#');
    if (hash == std::string::npos) return tuning;
    for (auto const& [name, value] : decoded_form(url.substr(hash + 1))) {
        int number = -1;
        std::from_chars(value.data(), value.data() + value.size(), number);
        if (name == "rp") tuning.repeats_for = split(value, ',');
        if (number < 0) continue;
        if (name == "ct") tuning.connect_ms = std::clamp(number, 100, 10'000);
        if (name == "rt") tuning.read_ms = std::clamp(number, 100, longest_ms);
        if (name == "tt") tuning.total_ms = std::clamp(number, 100, longest_ms);
        if (name == "rc") tuning.repeats = std::clamp(number, 0, 5);
    }
    return tuning;
}

bool repeats_after(WebAnswer const& answer, Tuning const& tuning)
{
    auto const asked_for = [&](char const* policy) {
        auto const& policies = tuning.repeats_for;
        return std::any_of(policies.begin(), policies.end(), [&](auto const& each) { return each == policy || each == "all"; });
    };
    if (answer.status == 0) return asked_for(answer.is_connected ? "rt" : "ct");
    return (answer.status >= 500 && asked_for("5xx")) || (answer.status >= 400 && answer.status < 500 && asked_for("4xx"));
}

} // namespace

TwilioFetch fetch(TwilioWebhook const& webhook)
{
    auto const tuning = tuning_of(webhook.url);
    WebRequest request;
    request.method = webhook.method;
    request.url = webhook.url.substr(0, webhook.url.find('#'));
    if (webhook.method == "GET") {
        request.url += (request.url.find('?') == std::string::npos ? "?" : "&") + encoded_form(webhook.form);
    } else {
        request.body = encoded_form(webhook.form);
        request.content_type = "application/x-www-form-urlencoded; charset=UTF-8";
    }
    auto const signature = twilio_signature(
        webhook.has_wrong_signature ? "nobody's token" : account_token, request.url, webhook.method == "GET" ? Fields{} : webhook.form);
    request.headers
        = {{"X-Twilio-Signature", signature}, {"I-Twilio-Idempotency-Token", random_hex("", 32)}, {"User-Agent", "TwilioProxy/1.1"}};
    request.connect_patience = std::chrono::milliseconds(tuning.connect_ms);

    TwilioFetch out{{}, Json::array()};
    auto const started = now_ms();
    for (int repeat = 0; repeat <= tuning.repeats; ++repeat) {
        auto const left = tuning.total_ms - (now_ms() - started);
        if (left <= 0) break;
        if (repeat > 0) std::this_thread::sleep_for(before_repeating);
        request.patience = std::chrono::milliseconds(std::min<int64_t>(left, tuning.read_ms));
        out.answer = send(request);
        out.attempts.push_back(
            {{"url", request.url}, {"status", out.answer.status}, {"ms", out.answer.took_ms}, {"error", out.answer.error}});
        if (!repeats_after(out.answer, tuning)) break;
    }
    return out;
}

} // namespace simulator
