#include "tools/telephony-sim/twilio_fields.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace simulator {

namespace {

constexpr size_t longest_friendly_name = 64;
constexpr size_t longest_url = 4000;

enum class Kind { friendly_name, url, callback_url, method, sid, flag, choice, text };

struct FieldRule {
    char const* parameter;
    char const* member;
    Kind kind;
    char const* detail = ""; // the prefix of a SID, or the choices
};

constexpr std::array rules{
    FieldRule{"FriendlyName", "friendly_name", Kind::friendly_name},
    FieldRule{"SmsUrl", "sms_url", Kind::url},
    FieldRule{"SmsMethod", "sms_method", Kind::method},
    FieldRule{"SmsFallbackUrl", "sms_fallback_url", Kind::url},
    FieldRule{"SmsFallbackMethod", "sms_fallback_method", Kind::method},
    FieldRule{"SmsApplicationSid", "sms_application_sid", Kind::sid, "AP"},
    FieldRule{"VoiceUrl", "voice_url", Kind::url},
    FieldRule{"VoiceMethod", "voice_method", Kind::method},
    FieldRule{"VoiceFallbackUrl", "voice_fallback_url", Kind::url},
    FieldRule{"VoiceFallbackMethod", "voice_fallback_method", Kind::method},
    FieldRule{"VoiceApplicationSid", "voice_application_sid", Kind::sid, "AP"},
    FieldRule{"VoiceCallerIdLookup", "voice_caller_id_lookup", Kind::flag},
    FieldRule{"VoiceReceiveMode", "voice_receive_mode", Kind::choice, "voice|fax"},
    FieldRule{"StatusCallback", "status_callback", Kind::callback_url},
    FieldRule{"StatusCallbackMethod", "status_callback_method", Kind::method},
    FieldRule{"TrunkSid", "trunk_sid", Kind::sid, "TK"},
    FieldRule{"AddressSid", "address_sid", Kind::sid, "AD"},
    FieldRule{"BundleSid", "bundle_sid", Kind::sid, "BU"},
    FieldRule{"IdentitySid", "identity_sid", Kind::sid, "RI"},
    FieldRule{"EmergencyAddressSid", "emergency_address_sid", Kind::sid, "AD"},
    FieldRule{"EmergencyStatus", "emergency_status", Kind::choice, "Active|Inactive"},
    FieldRule{"ApiVersion", "api_version", Kind::text},
};

bool is_web_address(std::string const& text)
{
    auto const start = text.starts_with("https://") ? 8u : text.starts_with("http://") ? 7u : 0u;
    if (start == 0 || text.size() > longest_url) return false;
    auto const host = text.substr(start, text.find_first_of("/?#", start) - start);
    if (host.empty() || host.front() == '.' || host.front() == ':') return false;
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c != 127 && c != '"' && c != '<' && c != '>'; });
}

bool is_sid(std::string const& text, std::string_view prefix)
{
    return text.size() == 34 && text.starts_with(prefix)
        && std::all_of(text.begin() + 2, text.end(), [](unsigned char c) { return std::isxdigit(c); });
}

std::optional<TwilioRefusal> apply(FieldRule const& rule, std::string const& value, Json& number)
{
    std::string const name = rule.parameter;
    Json const cleared = value.empty() ? Json(nullptr) : Json(value);
    switch (rule.kind) {
    case Kind::friendly_name:
        if (characters(value) > longest_friendly_name) return TwilioRefusal{400, 20422, "FriendlyName is longer than 64 characters"};
        number[rule.member] = value.empty() ? national(text_at(number, "phone_number")) : value;
        return std::nullopt;
    case Kind::url:
        if (!value.empty() && !is_web_address(value)) return TwilioRefusal{400, 21402, name + " is not a valid URL: " + value};
        number[rule.member] = cleared;
        return std::nullopt;
    case Kind::callback_url:
        if (!value.empty() && !is_web_address(value)) return TwilioRefusal{400, 21502, name + " is not a valid URL: " + value};
        number[rule.member] = cleared;
        return std::nullopt;
    case Kind::method:
        if (value != "GET" && value != "POST") return TwilioRefusal{400, 21403, name + " must be GET or POST"};
        number[rule.member] = value;
        return std::nullopt;
    case Kind::sid:
        if (!value.empty() && !is_sid(value, rule.detail)) return TwilioRefusal{400, 20422, name + " is not a valid SID"};
        number[rule.member] = cleared;
        return std::nullopt;
    case Kind::flag: {
        auto const flag = lower(value);
        if (flag != "true" && flag != "false") return TwilioRefusal{400, 20422, name + " must be true or false"};
        number[rule.member] = flag == "true";
        return std::nullopt;
    }
    case Kind::choice: {
        auto const choices = split(rule.detail, '|');
        auto const choice = std::find_if(choices.begin(), choices.end(), [&](auto const& each) { return lower(each) == lower(value); });
        if (choice == choices.end()) return TwilioRefusal{400, 20422, name + " must be one of " + rule.detail};
        number[rule.member] = *choice;
        return std::nullopt;
    }
    case Kind::text:
        number[rule.member] = value;
        return std::nullopt;
    }
    return std::nullopt;
}

bool set_now(Fields const& form, char const* name)
{
    auto const value = field(form, name);
    return value && !value->empty();
}

// A trunk beats an application beats a URL; configuring one takes the number away from the others.
void settle_voice(Fields const& form, Json& number)
{
    if (set_now(form, "TrunkSid")) {
        number["voice_application_sid"] = nullptr;
        number["voice_url"] = nullptr;
        number["voice_fallback_url"] = nullptr;
    } else if (set_now(form, "VoiceApplicationSid")) {
        number["trunk_sid"] = nullptr;
        number["voice_url"] = nullptr;
        number["voice_fallback_url"] = nullptr;
    } else if (set_now(form, "VoiceUrl")) {
        number["trunk_sid"] = nullptr;
        number["voice_application_sid"] = nullptr;
    }
    if (set_now(form, "SmsUrl") && !set_now(form, "SmsApplicationSid")) number["sms_application_sid"] = nullptr;
}

} // namespace

Answer twilio_answer(int status, Json const& body)
{
    auto answer = json_answer(status, body);
    answer.headers = {{"Twilio-Request-Id", random_hex("RQ", 32)}, {"Twilio-Concurrent-Requests", "1"}};
    return answer;
}

Answer twilio_refusal(TwilioRefusal const& refusal)
{
    auto answer = twilio_answer(refusal.status,
        {{"code", refusal.code}, {"message", refusal.message},
            {"more_info", "https://www.twilio.com/docs/errors/" + std::to_string(refusal.code)}, {"status", refusal.status}});
    if (refusal.status == 401) answer.headers.emplace_back("WWW-Authenticate", "Basic realm=\"Twilio API\"");
    return answer;
}

std::optional<TwilioRefusal> apply_number_fields(Fields const& form, Json& number)
{
    for (auto const& rule : rules) {
        auto const value = field(form, rule.parameter);
        if (!value) continue;
        if (auto refusal = apply(rule, *value, number)) return refusal;
    }
    if (set_now(form, "SmsUrl") && !number["capabilities"].value("sms", true))
        return TwilioRefusal{400, 21407, "This phone number type does not support SMS: " + text_at(number, "phone_number")};
    settle_voice(form, number);
    if (set_now(form, "VoiceFallbackUrl") && text_at(number, "voice_url").empty())
        return TwilioRefusal{400, 21405, "Cannot set VoiceFallbackUrl without setting VoiceUrl"};
    if (set_now(form, "SmsFallbackUrl") && text_at(number, "sms_url").empty())
        return TwilioRefusal{400, 21406, "Cannot set SmsFallbackUrl without setting SmsUrl"};
    return std::nullopt;
}

bool is_number_field(std::string const& name)
{
    return std::any_of(rules.begin(), rules.end(), [&](auto const& rule) { return name == rule.parameter; });
}

} // namespace simulator
