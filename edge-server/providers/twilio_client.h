#pragma once

#include "edge-server/providers/provider_client.h"
#include "shared/base/time.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

struct OfferedNumber {
    std::string phone_number; // E.164
    std::string locality;
    std::string region;
};

struct TwilioNumber {
    std::string sid;
    std::string phone_number;
    std::string friendly_name;
    std::string sms_url;
    std::string sms_fallback_url;
    std::string voice_url;
    std::string voice_fallback_url;
    bool can_text = false;
};

// A text as Twilio has it.
struct TwilioText {
    std::string sid;
    std::string from_number;
    std::string to_number;
    std::string body;
    std::string direction; // inbound, outbound-api, outbound-reply, outbound-call
    std::string status; // received; queued, sending, sent, delivered, undelivered, failed, …
    std::string error_code; // '' without one
    int segments = 0;
    int pictures = 0;
    Time created_at;
    Time sent_at; // never, while it waits
    std::int64_t price = -1; // micro-dollars that Twilio takes; -1 until it says so
};

struct TwilioCall {
    std::string sid;
    std::string from_number;
    std::string to_number;
    std::string status; // completed, busy, no-answer, …
    int seconds = 0;
    std::int64_t price = -1; // as a text's
    Time started_at; // never, when it was not answered
};

// The URLs of one number that are ours to set.
struct NumberUrls {
    std::string sms;
    std::string sms_fallback;
    std::string voice; // until the import; afterwards ElevenLabs'
    std::string voice_fallback;
};

template <typename T>
struct ProviderResult {
    ProviderAnswer answer;
    T value{}; // meaningful when the answer is Done
};

// Twilio's REST API, version 2010-04-01, as far as a number's life and its texts need it.
class TwilioClient {
public:
    TwilioClient(std::string base_url, std::string account_sid, std::string auth_token, std::vector<std::string> secrets);

    std::string const& account_sid() const { return m_account_sid; }
    ProviderClient const& provider() const { return m_client; }

    // Numbers for voice and text that need no address: of an area code, else of a region, else of the country.
    ProviderResult<std::vector<OfferedNumber>> search(std::string const& country, std::string const& area_code, std::string const& region);
    ProviderResult<TwilioNumber> buy(std::string const& phone_number, std::string const& tag, NumberUrls const& urls);
    ProviderResult<std::vector<TwilioNumber>> find_by_number(std::string const& phone_number);
    ProviderResult<std::vector<TwilioNumber>> find_by_tag(std::string const& tag);
    ProviderResult<std::vector<TwilioNumber>> list_numbers(); // all of the account
    ProviderAnswer release(std::string const& sid);
    ProviderResult<TwilioNumber> fetch(std::string const& sid);
    // SMS and the two fallbacks; the voice URL and status callback are ElevenLabs' after the import.
    ProviderResult<TwilioNumber> set_urls(std::string const& sid, NumberUrls const& urls);
    ProviderResult<TwilioNumber> set_voice_url(std::string const& sid, std::string const& url);
    ProviderResult<TwilioNumber> set_tag(std::string const& sid, std::string const& tag);

    ProviderResult<TwilioText> send_text(
        std::string const& from_number, std::string const& to_number, std::string const& body, std::string const& status_callback);
    ProviderResult<TwilioText> fetch_text(std::string const& sid);
    // Newest first, until `take` says that it has seen enough. All are sent from one number to another, or at that time or later.
    ProviderAnswer texts_between(
        std::string const& from_number, std::string const& to_number, std::function<bool(TwilioText const&)> const& take);
    ProviderAnswer texts_since(Time since, std::function<bool(TwilioText const&)> const& take);
    ProviderAnswer calls_since(Time since, std::function<bool(TwilioCall const&)> const& take);

private:
    ProviderAnswer get(std::string const& path);
    // The list's members, page after page. `resource`: the last part of the list's path.
    ProviderAnswer each(
        std::string const& resource, std::string const& query, char const* member, std::function<bool(Json const&)> const& take);
    ProviderResult<TwilioNumber> post(std::string const& path, FormFields const& fields);
    ProviderResult<std::vector<TwilioNumber>> list(std::string const& query);

    std::string m_base_url;
    ProviderClient m_client;
    std::string m_account_sid;
    std::string m_account_path;
    std::string m_authorization;
};
