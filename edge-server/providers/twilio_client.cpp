#include "edge-server/providers/twilio_client.h"
#include "shared/base/base64.h"
#include "shared/base/text.h"
#include "shared/domain/phone_number.h"

#include <algorithm>
#include <charconv>

namespace {

constexpr int page_limit = 500; // of 1,000 numbers or 200 texts each
std::string const texts_a_page = "PageSize=200"; // with their words in escapes they stay within what an answer may have

TwilioNumber to_number(Json const& json)
{
    auto const& capabilities = member_of(json, "capabilities");
    return {text_of(json, "sid"), text_of(json, "phone_number"), text_of(json, "friendly_name"), text_of(json, "sms_url"),
        text_of(json, "sms_fallback_url"), text_of(json, "voice_url"), text_of(json, "voice_fallback_url"),
        flag_of(capabilities, "sms").value_or(flag_of(capabilities, "SMS").value_or(false))};
}

// Twilio writes numbers as texts, and sometimes not.
int count_of(Json const& object, std::string_view name)
{
    auto const& value = member_of(object, name);
    int count = 0;
    if (value.is_number_integer()) return static_cast<int>(std::clamp<std::int64_t>(value.get<std::int64_t>(), 0, 1000));
    auto const text = text_of(object, name);
    std::from_chars(text.data(), text.data() + text.size(), count);
    return std::clamp(count, 0, 1000);
}

// "-0.00750": what it costs us is negative there.
std::int64_t price_of(Json const& json)
{
    auto const text = text_of(json, "price");
    return micro_dollars_of(text.starts_with('-') ? std::string_view(text).substr(1) : text).value_or(-1);
}

TwilioText to_text(Json const& json)
{
    auto const& code = member_of(json, "error_code");
    return {text_of(json, "sid"), text_of(json, "from"), text_of(json, "to"), text_of(json, "body"), text_of(json, "direction"),
        text_of(json, "status"), code.is_number_integer() ? std::to_string(code.get<std::int64_t>()) : text_of(json, "error_code"),
        count_of(json, "num_segments"), count_of(json, "num_media"), from_rfc2822(text_of(json, "date_created")),
        from_rfc2822(text_of(json, "date_sent")), price_of(json)};
}

TwilioCall to_call(Json const& json)
{
    return {text_of(json, "sid"), text_of(json, "from"), text_of(json, "to"), text_of(json, "status"), count_of(json, "duration"),
        price_of(json), from_rfc2822(text_of(json, "start_time"))};
}

bool is_text(TwilioText const& text)
{
    return (text.sid.starts_with("SM") || text.sid.starts_with("MM")) && is_plain_id(text.sid);
}

ProviderResult<TwilioText> checked_text(ProviderAnswer answer)
{
    ProviderResult<TwilioText> result{std::move(answer)};
    if (!result.answer) return result;
    result.value = to_text(result.answer.body);
    if (!is_text(result.value)) {
        result.answer.ending = Ending::Unclear;
        result.answer.message = "Twilio's answer names no text.";
    }
    return result;
}

// A 2xx whose content is not what was asked for says nothing about what happened.
ProviderResult<TwilioNumber> checked(ProviderAnswer answer)
{
    ProviderResult<TwilioNumber> result{std::move(answer)};
    if (!result.answer) return result;
    result.value = to_number(result.answer.body);
    if (!result.value.sid.starts_with("PN") || !is_plain_id(result.value.sid) || !is_e164(result.value.phone_number)) {
        result.answer.ending = Ending::Unclear;
        result.answer.message = "Twilio's answer names no number.";
    }
    return result;
}

} // namespace

TwilioClient::TwilioClient(std::string base_url, std::string account_sid, std::string auth_token, std::vector<std::string> secrets)
    : m_base_url(base_url), m_client("Twilio", "Numbers, texts", std::move(base_url), std::move(secrets)), m_account_sid(account_sid),
      m_account_path("/2010-04-01/Accounts/" + account_sid), m_authorization("Basic " + base64(account_sid + ":" + auth_token))
{
}

ProviderAnswer TwilioClient::get(std::string const& path)
{
    return m_client.call({"GET", path, {{"Authorization", m_authorization}}});
}

ProviderResult<TwilioNumber> TwilioClient::post(std::string const& path, FormFields const& fields)
{
    return checked(
        m_client.call({"POST", path, {{"Authorization", m_authorization}}, "application/x-www-form-urlencoded", encode_form(fields)}));
}

ProviderResult<std::vector<OfferedNumber>> TwilioClient::search(
    std::string const& country, std::string const& area_code, std::string const& region)
{
    auto query = "?VoiceEnabled=true&SmsEnabled=true&ExcludeAllAddressRequired=true&Beta=false&PageSize=20";
    auto path = m_account_path + "/AvailablePhoneNumbers/" + country + "/Local.json" + query;
    if (!area_code.empty())
        path += "&AreaCode=" + percent_encode(area_code);
    else if (!region.empty())
        path += "&InRegion=" + percent_encode(region);
    ProviderResult<std::vector<OfferedNumber>> result{get(path)};
    if (!result.answer) return result;
    auto const& list = member_of(result.answer.body, "available_phone_numbers");
    if (!list.is_array()) {
        result.answer.ending = Ending::Unclear;
        result.answer.message = "Twilio's answer is not a list of numbers.";
        return result;
    }
    for (std::size_t i = 0; i < list.size() && i < 100; ++i) {
        OfferedNumber offer{text_of(list[i], "phone_number"), text_of(list[i], "locality"), text_of(list[i], "region")};
        if (is_e164(offer.phone_number)) result.value.push_back(std::move(offer));
    }
    return result;
}

ProviderResult<TwilioNumber> TwilioClient::buy(std::string const& phone_number, std::string const& tag, NumberUrls const& urls)
{
    return post(m_account_path + "/IncomingPhoneNumbers.json",
        {{"PhoneNumber", phone_number}, {"FriendlyName", tag}, {"SmsUrl", urls.sms}, {"SmsMethod", "POST"},
            {"SmsFallbackUrl", urls.sms_fallback}, {"SmsFallbackMethod", "POST"}, {"VoiceUrl", urls.voice}, {"VoiceMethod", "POST"},
            {"VoiceFallbackUrl", urls.voice_fallback}, {"VoiceFallbackMethod", "POST"}});
}

// Follows next_page_uri, which must stay on the API's own host: only a path of this account is followed.
ProviderAnswer TwilioClient::each(
    std::string const& resource, std::string const& query, char const* member, std::function<bool(Json const&)> const& take)
{
    auto const start = m_account_path + '/' + resource;
    auto path = start + ".json?" + query;
    ProviderAnswer answer;
    for (int page = 0; page < page_limit; ++page) {
        answer = get(path);
        if (!answer) return answer;
        auto const& list = member_of(answer.body, member);
        if (!list.is_array()) {
            answer.ending = Ending::Unclear;
            answer.message = "Twilio's answer is not a list.";
            return answer;
        }
        for (auto const& entry : list)
            if (!take(entry)) return answer;
        path = text_of(answer.body, "next_page_uri");
        if (path.starts_with(m_base_url)) path.erase(0, m_base_url.size());
        if (path.empty()) return answer;
        if (!path.starts_with(start)) break;
    }
    answer.ending = Ending::Unclear;
    answer.message = "Twilio's list does not end.";
    return answer;
}

ProviderResult<std::vector<TwilioNumber>> TwilioClient::list(std::string const& query)
{
    ProviderResult<std::vector<TwilioNumber>> result;
    result.answer = each(
        "IncomingPhoneNumbers", "PageSize=1000" + (query.empty() ? "" : '&' + query), "incoming_phone_numbers", [&](Json const& entry) {
            if (auto number = to_number(entry); number.sid.starts_with("PN") && is_plain_id(number.sid))
                result.value.push_back(std::move(number));
            return true;
        });
    return result;
}

ProviderResult<std::vector<TwilioNumber>> TwilioClient::find_by_number(std::string const& phone_number)
{
    auto result = list("PhoneNumber=" + percent_encode(phone_number));
    std::erase_if(result.value, [&](TwilioNumber const& number) { return number.phone_number != phone_number; });
    return result;
}

ProviderResult<std::vector<TwilioNumber>> TwilioClient::find_by_tag(std::string const& tag)
{
    auto result = list("FriendlyName=" + percent_encode(tag));
    std::erase_if(result.value, [&](TwilioNumber const& number) { return number.friendly_name != tag; });
    return result;
}

ProviderResult<std::vector<TwilioNumber>> TwilioClient::list_numbers()
{
    return list({});
}

ProviderAnswer TwilioClient::release(std::string const& sid)
{
    return m_client.call({"DELETE", m_account_path + "/IncomingPhoneNumbers/" + sid + ".json", {{"Authorization", m_authorization}}});
}

ProviderResult<TwilioNumber> TwilioClient::fetch(std::string const& sid)
{
    return checked(get(m_account_path + "/IncomingPhoneNumbers/" + sid + ".json"));
}

ProviderResult<TwilioNumber> TwilioClient::set_urls(std::string const& sid, NumberUrls const& urls)
{
    return post(m_account_path + "/IncomingPhoneNumbers/" + sid + ".json",
        {{"SmsUrl", urls.sms}, {"SmsMethod", "POST"}, {"SmsFallbackUrl", urls.sms_fallback}, {"SmsFallbackMethod", "POST"},
            {"VoiceFallbackUrl", urls.voice_fallback}, {"VoiceFallbackMethod", "POST"}});
}

ProviderResult<TwilioNumber> TwilioClient::set_voice_url(std::string const& sid, std::string const& url)
{
    return post(m_account_path + "/IncomingPhoneNumbers/" + sid + ".json", {{"VoiceUrl", url}, {"VoiceMethod", "POST"}});
}

ProviderResult<TwilioNumber> TwilioClient::set_tag(std::string const& sid, std::string const& tag)
{
    return post(m_account_path + "/IncomingPhoneNumbers/" + sid + ".json", {{"FriendlyName", tag}});
}

ProviderResult<TwilioText> TwilioClient::send_text(
    std::string const& from_number, std::string const& to_number, std::string const& body, std::string const& status_callback)
{
    return checked_text(
        m_client.call({"POST", m_account_path + "/Messages.json", {{"Authorization", m_authorization}}, "application/x-www-form-urlencoded",
            encode_form({{"From", from_number}, {"To", to_number}, {"Body", body}, {"StatusCallback", status_callback}})}));
}

ProviderResult<TwilioText> TwilioClient::fetch_text(std::string const& sid)
{
    return checked_text(get(m_account_path + "/Messages/" + sid + ".json"));
}

ProviderAnswer TwilioClient::texts_between(
    std::string const& from_number, std::string const& to_number, std::function<bool(TwilioText const&)> const& take)
{
    // Without DateSent: what still waits has none.
    return each("Messages", texts_a_page + "&From=" + percent_encode(from_number) + "&To=" + percent_encode(to_number), "messages",
        [&](Json const& entry) {
            auto const text = to_text(entry);
            return !is_text(text) || take(text);
        });
}

ProviderAnswer TwilioClient::calls_since(Time since, std::function<bool(TwilioCall const&)> const& take)
{
    auto const whole_second = Time{since.milliseconds / 1000 * 1000};
    return each("Calls", "PageSize=1000&StartTime%3E=" + percent_encode(to_rfc3339(whole_second)), "calls", [&](Json const& entry) {
        auto const call = to_call(entry);
        return !call.sid.starts_with("CA") || !is_plain_id(call.sid) || take(call);
    });
}

ProviderAnswer TwilioClient::texts_since(Time since, std::function<bool(TwilioText const&)> const& take)
{
    auto const whole_second = Time{since.milliseconds / 1000 * 1000};
    return each("Messages", texts_a_page + "&DateSent%3E=" + percent_encode(to_rfc3339(whole_second)), "messages", [&](Json const& entry) {
        auto const text = to_text(entry);
        return !is_text(text) || take(text);
    });
}
