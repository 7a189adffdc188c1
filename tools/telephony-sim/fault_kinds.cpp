#include "tools/telephony-sim/fault_kinds.h"

#include "tools/telephony-sim/elevenlabs_body.h"
#include "tools/telephony-sim/inventory.h"
#include "tools/telephony-sim/number_book.h"
#include "tools/telephony-sim/settings.h"
#include "tools/telephony-sim/twilio_fields.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace simulator {

namespace {

constexpr int longest_delay_ms = 600'000;
constexpr int longest_retry_after_s = 86'400;

struct Kind {
    char const* name;
    char const* only; // the one operation that it can strike; "" for any
    std::set<std::string> parameters;
    Outcome (*suffer)(Struck const&);
};

struct TwilioCode {
    int code;
    int status;
    char const* message; // '%' stands for the number asked for
};
constexpr std::array twilio_codes{
    TwilioCode{20003, 401, "Permission Denied"},
    TwilioCode{20005, 403, "Account not active"},
    TwilioCode{20429, 429, "Too Many Requests"},
    TwilioCode{21211, 400, "The 'To' phone number is not a valid phone number."},
    TwilioCode{21404, 400, "Inbound Phone number not available to trial account"},
    TwilioCode{21421, 400, "% is not a valid number"},
    TwilioCode{21422, 400, "% is not available."},
    TwilioCode{21452, 400, "No phone numbers found in area code"},
    TwilioCode{21610, 400, "Attempt to send to unsubscribed recipient"},
    TwilioCode{21611, 429, "This 'From' number has exceeded the maximum number of queued messages"},
    TwilioCode{21615, 400, "Phone Number Requires a Local Address"},
    TwilioCode{21631, 400, "Phone Number Requires an Address but the 'AddressSid' parameter was empty."},
    TwilioCode{21649, 400, "Bundle required: the 'BundleSid' parameter was empty."},
};

struct ElevenLabsCode {
    char const* code;
    int status;
    char const* type;
    char const* message;
};
constexpr std::array elevenlabs_codes{
    ElevenLabsCode{"bad_request", 400, "invalid_request", "The phone number could not be verified at Twilio"},
    ElevenLabsCode{"invalid_api_key", 401, "authentication_error", "Invalid API key"},
    ElevenLabsCode{"insufficient_credits", 402, "payment_required", "This workspace has no credits left"},
    ElevenLabsCode{"insufficient_permissions", 403, "authorization_error", "The API key lacks the permission for this"},
    ElevenLabsCode{"feature_not_available", 403, "authorization_error", "Your plan does not include this feature"},
    ElevenLabsCode{"subscription_required", 403, "authorization_error", "This needs a subscription"},
    ElevenLabsCode{"agent_not_found", 404, "not_found", "Agent not found"},
    ElevenLabsCode{"phone_number_not_found", 404, "not_found", "Phone number not found"},
    ElevenLabsCode{"resource_already_exists", 409, "conflict", "It exists already"},
    ElevenLabsCode{"concurrent_modification", 409, "conflict", "Somebody else changed it at the same time"},
    ElevenLabsCode{"concurrent_limit_exceeded", 429, "rate_limit_error", "Too many concurrent requests"},
    ElevenLabsCode{"system_busy", 429, "rate_limit_error", "The system is busy"},
};

bool is_twilio(std::string const& operation)
{
    return operation.starts_with("twilio.");
}

Answer unanswered()
{
    Answer answer;
    answer.is_cut = true;
    return answer;
}

Answer failed(std::string const& operation, int status)
{
    static std::map<int, std::string> const reasons{
        {500, "Internal Server Error"}, {502, "Bad Gateway"}, {503, "Service Unavailable"}, {504, "Gateway Timeout"}};
    auto const& reason = reasons.at(status);
    if (is_twilio(operation)) return twilio_refusal({status, 20000 + status, reason});
    auto const* type = status == 500 ? "internal_error" : "service_unavailable";
    return elevenlabs_refusal({status, type, type, reason});
}

// As the gateway in front of a vendor says it.
Answer failed_page(int status)
{
    auto const title = std::to_string(status) + " " + (status == 504 ? "Gateway Time-out" : status == 502 ? "Bad Gateway" : "Error");
    Answer answer;
    answer.status = status;
    answer.content_type = "text/html";
    answer.body = "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title
        + "</h1></center>\r\n</body>\r\n</html>\r\n";
    return answer;
}

Outcome throttled(Struck const& struck)
{
    auto answer = is_twilio(struck.operation) ? twilio_refusal({429, 20429, "Too Many Requests"})
                                              : elevenlabs_refusal({429, "rate_limit_error", "rate_limit_exceeded", "Too many requests"});
    if (struck.fault.details.contains("retry_after"))
        answer.headers.emplace_back("Retry-After", std::to_string(struck.fault.details["retry_after"].get<int>()));
    return {std::move(answer), std::nullopt};
}

Outcome error(Struck const& struck)
{
    auto const& details = struck.fault.details;
    std::optional<int> effect;
    if (details.value("after", false)) effect = struck.work(struck.request).status;
    auto const status = details.value("status", 500);
    return {details.value("body", "json") == "html" ? failed_page(status) : failed(struck.operation, status), effect};
}

Outcome reset(Struck const&)
{
    return {unanswered(), std::nullopt};
}

Outcome lost(Struck const& struck)
{
    auto const effect = struck.work(struck.request).status;
    return {unanswered(), effect};
}

Outcome late(Struck const& struck)
{
    auto const& details = struck.fault.details;
    struck.late_effects.add(struck.fault, struck.operation, struck.request, details["ms"].get<int>());
    return {details.contains("status") ? failed(struck.operation, details["status"].get<int>()) : unanswered(), std::nullopt};
}

Outcome done(Answer answer, int delay_ms = 0)
{
    auto const effect = answer.status;
    return {std::move(answer), effect, delay_ms};
}

Outcome slow(Struck const& struck)
{
    return done(struck.work(struck.request), struck.fault.details["ms"].get<int>());
}

Outcome garbled(Struck const& struck)
{
    auto outcome = done(struck.work(struck.request));
    outcome.answer.body.resize(outcome.answer.body.size() / 2);
    if (outcome.answer.body.empty()) outcome.answer.body = "{";
    return outcome;
}

// A buy by area code simply gets the next one.
Outcome vanish(Struck const& struck)
{
    if (auto const number = field(struck.request.form_fields(), "PhoneNumber"))
        struck.state.change([&](Database& db) { Inventory::give_away(db, *number); });
    return done(struck.work(struck.request));
}

Outcome foreign(Struck const& struck)
{
    auto const form = struck.request.form_fields();
    auto const wanted = field(form, "PhoneNumber").value_or("");
    auto const owned = struck.state.look([](Database& db) { return list_owned(db, {}, Direction::older, "", 2); });
    std::string sid = "PN00000000000000000000000000000000"; // 404 if there is no other number
    for (auto const& number : owned->numbers) {
        if (text_at(number, "phone_number") == wanted) continue;
        sid = text_at(number, "sid");
        break;
    }
    auto request = struck.request;
    request.path = std::string("/2010-04-01/Accounts/") + account_sid + "/IncomingPhoneNumbers/" + sid + ".json";
    request.body = encoded_form({{"FriendlyName", field(form, "FriendlyName").value_or("")}});
    auto outcome = done(struck.work(request));
    if (outcome.answer.status == 200) outcome.answer.status = 201;
    return outcome;
}

Outcome refuse(Struck const& struck)
{
    auto const& details = struck.fault.details;
    if (is_twilio(struck.operation)) {
        auto const code = details["code"].get<int>();
        auto const* const known
            = std::find_if(twilio_codes.begin(), twilio_codes.end(), [&](auto const& each) { return each.code == code; });
        TwilioRefusal refusal{400, code, "Refused"};
        if (known != twilio_codes.end()) refusal = {known->status, code, known->message};
        if (auto const at = refusal.message.find('%'); at != std::string::npos)
            refusal.message.replace(at, 1, field(struck.request.form_fields(), "PhoneNumber").value_or("PhoneNumber"));
        refusal.status = details.value("status", refusal.status);
        refusal.message = details.value("message", refusal.message);
        return {twilio_refusal(refusal), std::nullopt};
    }
    auto const code = text_at(details, "code");
    auto const* const known
        = std::find_if(elevenlabs_codes.begin(), elevenlabs_codes.end(), [&](auto const& each) { return each.code == code; });
    ElevenLabsRefusal refusal{400, "invalid_request", code, "Refused"};
    if (known != elevenlabs_codes.end()) refusal = {known->status, known->type, code, known->message};
    refusal.status = details.value("status", refusal.status);
    refusal.type = details.value("type", refusal.type);
    refusal.message = details.value("message", refusal.message);
    return {elevenlabs_refusal(refusal), std::nullopt};
}

Outcome echo(Struck const& struck)
{
    auto const input = parse_json(struck.request.body).value_or(Json(struck.request.body));
    return {elevenlabs_answer(422,
                {{"detail",
                    {{{"type", "value_error"}, {"loc", {"body"}}, {"msg", "Value error, the phone number could not be validated"},
                        {"input", input}}}}}),
        std::nullopt};
}

Outcome with_body(Struck const& struck, void (*change)(Json&))
{
    auto request = struck.request;
    if (auto body = parse_json(request.body); body && body->is_object()) {
        change(*body);
        request.body = to_text(*body);
    }
    return done(struck.work(request));
}

Outcome takes_sms(Struck const& struck)
{
    return with_body(struck, [](Json& body) { body["enable_sms"] = true; });
}

Outcome no_agent(Struck const& struck)
{
    return with_body(struck, [](Json& body) { body.erase("agent_id"); });
}

std::vector<Kind> const& kinds()
{
    static std::vector<Kind> const all{
        {"throttled", "", {"retry_after"}, throttled},
        {"error", "", {"status", "body", "after"}, error},
        {"reset", "", {}, reset},
        {"lost", "", {}, lost},
        {"late", "", {"ms", "status"}, late},
        {"slow", "", {"ms"}, slow},
        {"garbled", "", {}, garbled},
        {"refuse", "", {"status", "code", "type", "message"}, refuse},
        {"vanish", "twilio.buy", {}, vanish},
        {"foreign", "twilio.buy", {}, foreign},
        {"echo", "elevenlabs.import", {}, echo},
        {"takes_sms", "elevenlabs.import", {}, takes_sms},
        {"no_agent", "elevenlabs.import", {}, no_agent},
    };
    return all;
}

std::string listed(std::vector<std::string> const& names)
{
    std::string out;
    for (auto const& name : names)
        out += (out.empty() ? "" : ", ") + name;
    return out;
}

bool is_whole(Json const& value, int least, int most)
{
    return value.is_number_integer() && value >= least && value <= most;
}

std::string problem_with_parameter(std::string const& kind, std::string const& operation, std::string const& name, Json const& value)
{
    if (name == "retry_after" && !is_whole(value, 0, longest_retry_after_s))
        return "retry_after must be whole seconds up to " + std::to_string(longest_retry_after_s);
    if (name == "ms" && !is_whole(value, 1, longest_delay_ms))
        return "ms must be whole milliseconds from 1 to " + std::to_string(longest_delay_ms);
    if (name == "status" && kind == "refuse" && !is_whole(value, 400, 599)) return "status must be 400 to 599";
    if (name == "status" && kind != "refuse" && value != 500 && value != 502 && value != 503 && value != 504)
        return "status must be 500, 502, 503 or 504";
    if (name == "body" && value != "json" && value != "html") return "body must be json or html";
    if (name == "after" && !value.is_boolean()) return "after must be true or false";
    if (name == "type" && is_twilio(operation)) return "type is only for ElevenLabs";
    if ((name == "type" || name == "message") && (!value.is_string() || value.get<std::string>().empty())) return name + " must be a text";
    if (name == "code" && is_twilio(operation) && !is_whole(value, 10'000, 99'999)) return "code must be one of Twilio's, like 21422";
    if (name == "code" && !is_twilio(operation) && (!value.is_string() || value.get<std::string>().empty()))
        return "code must be one of ElevenLabs', like resource_already_exists";
    return "";
}

} // namespace

std::vector<std::string> const& operation_names()
{
    static std::vector<std::string> const names{"twilio.account", "twilio.balance", "twilio.search", "twilio.list", "twilio.buy",
        "twilio.update", "twilio.fetch", "twilio.delete", "twilio.create_message", "twilio.list_messages", "twilio.fetch_message",
        "twilio.update_message", "twilio.delete_message", "twilio.list_media", "twilio.list_calls", "twilio.fetch_call", "twilio.usage",
        "twilio.unknown", "elevenlabs.import", "elevenlabs.list", "elevenlabs.get", "elevenlabs.patch", "elevenlabs.delete",
        "elevenlabs.agent_list", "elevenlabs.agent_create", "elevenlabs.agent_get", "elevenlabs.agent_patch", "elevenlabs.agent_delete",
        "elevenlabs.webhooks", "elevenlabs.webhook_create", "elevenlabs.webhook_patch", "elevenlabs.webhook_delete",
        "elevenlabs.settings_get", "elevenlabs.settings_patch", "elevenlabs.secrets", "elevenlabs.secret_create", "elevenlabs.secret_get",
        "elevenlabs.secret_patch", "elevenlabs.secret_delete", "elevenlabs.outbound_call", "elevenlabs.list_conversations",
        "elevenlabs.get_conversation", "elevenlabs.delete_conversation", "elevenlabs.unknown", "twilio.*", "elevenlabs.*", "*"};
    return names;
}

std::string problem_with_kind(Json const& fault)
{
    auto const operation = text_at(fault, "operation");
    auto const& operations = operation_names();
    if (std::find(operations.begin(), operations.end(), operation) == operations.end())
        return "operation must be one of " + listed(operations);
    auto const name = text_at(fault, "kind");
    auto const kind = std::find_if(kinds().begin(), kinds().end(), [&](auto const& each) { return each.name == name; });
    if (kind == kinds().end()) {
        std::vector<std::string> names;
        for (auto const& each : kinds())
            names.emplace_back(each.name);
        return "kind must be one of " + listed(names);
    }
    if (*kind->only && operation != kind->only) return "operation must be " + std::string(kind->only) + " for " + name;
    if (name == "refuse" && operation == "*") return "operation must be one vendor's for refuse, whose codes it is";
    for (auto const* needed : {"ms", "code"}) {
        bool const is_needed
            = (name == "refuse" && std::string(needed) == "code") || ((name == "slow" || name == "late") && std::string(needed) == "ms");
        if (is_needed && !fault.contains(needed)) return std::string(needed) + " is needed for " + name;
    }
    for (auto const& [parameter, value] : fault.items()) {
        if (parameter == "operation" || parameter == "kind") continue;
        if (!kind->parameters.contains(parameter)) return parameter + " is nothing that " + name + " knows";
        if (auto problem = problem_with_parameter(name, operation, parameter, value); !problem.empty()) return problem;
    }
    return "";
}

Outcome suffer(Struck const& struck)
{
    auto const kind = std::find_if(kinds().begin(), kinds().end(), [&](auto const& each) { return each.name == struck.fault.kind; });
    return kind->suffer(struck);
}

} // namespace simulator
