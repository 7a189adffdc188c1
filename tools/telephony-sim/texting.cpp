#include "tools/telephony-sim/texting.h"

#include "tools/telephony-sim/number_book.h"
#include "tools/telephony-sim/places.h"
#include "tools/telephony-sim/segments.h"
#include "tools/telephony-sim/text.h"
#include "tools/telephony-sim/twiml.h"

#include <algorithm>
#include <array>

namespace simulator {

namespace {

constexpr size_t longest_body = 1600;
constexpr size_t longest_url = 4000;
constexpr size_t most_media = 10;
constexpr int64_t past_ms = 60'000;
constexpr int64_t loop_window_ms = 30'000;
constexpr int64_t most_replies = 15; // between two numbers within the window

// What Twilio understands by itself: one word and nothing else.
constexpr std::array stop_words{"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "arret", "arrêt", "arrete"};
constexpr std::array start_words{"start", "yes", "unstop"};
constexpr std::array help_words{"help", "info"};
constexpr auto stop_reply = "You have successfully been unsubscribed. You will not receive any more messages from this number. "
                            "Reply START to resubscribe.";
constexpr auto start_reply = "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
                             "Reply STOP to unsubscribe. Msg&Data Rates May Apply.";
constexpr auto help_reply = "Reply STOP to unsubscribe. Msg&Data Rates May Apply.";

// Twilio's own numbers for testing: what becomes of a text to or from them.
struct Magic {
    char const* number;
    int code;
    char const* message;
};
constexpr std::array magic_senders{
    Magic{"+15005550001", 21212, "The 'From' number +15005550001 is not a valid phone number"},
    Magic{"+15005550007", 21606, "The 'From' phone number +15005550007 is not a valid, SMS-capable number of your account"},
    Magic{"+15005550008", 21611, "This 'From' number has exceeded the maximum number of queued messages"},
};
constexpr std::array magic_recipients{
    Magic{"+15005550001", 21211, "The 'To' number +15005550001 is not a valid phone number"},
    Magic{"+15005550002", 21612, "The 'To' phone number +15005550002 is not currently reachable via SMS"},
    Magic{"+15005550003", 21408, "Permission to send an SMS has not been enabled for the region of +15005550003"},
    Magic{"+15005550004", 21610, "Attempt to send to unsubscribed recipient"},
    Magic{"+15005550009", 21614, "'To' number is not a valid mobile number"},
};
constexpr char const* magic_fine = "+15005550006";

template <typename Words>
bool is_one_of(Words const& words, std::string const& word)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string opt_out_of(std::string const& body)
{
    auto const word = lower(trimmed(body));
    return is_one_of(stop_words, word) ? "STOP" : is_one_of(start_words, word) ? "START" : is_one_of(help_words, word) ? "HELP" : "";
}

template <typename Numbers>
std::optional<TwilioRefusal> refused_magic(Numbers const& numbers, std::string const& number)
{
    auto const found = std::find_if(numbers.begin(), numbers.end(), [&](auto const& each) { return number == each.number; });
    if (found == numbers.end()) return std::nullopt;
    return TwilioRefusal{400, found->code, found->message};
}

bool is_callback_address(std::string const& text)
{
    auto const start = text.starts_with("https://") ? 8u : text.starts_with("http://") ? 7u : 0u;
    if (start == 0 || text.size() > longest_url) return false;
    auto const host = text.substr(start, text.find_first_of("/?#", start) - start);
    return !host.empty() && host.find_first_of("_ ") == std::string::npos;
}

void add_place(Fields& form, std::string const& who, std::string const& number)
{
    auto const known = area_codes().find(area_code_of(number));
    bool const is_known = known != area_codes().end();
    form.emplace_back(who + "City", is_known ? known->second.front().locality : "");
    form.emplace_back(who + "State", is_known ? known->second.front().region : "");
    form.emplace_back(who + "Zip", "");
    form.emplace_back(who + "Country", is_known ? known->second.front().country : "");
}

bool is_of_united_states(std::string const& number)
{
    auto const known = area_codes().find(area_code_of(number));
    return known != area_codes().end() && known->second.front().country == "US";
}

// "2611271005"
std::string raw_date(int64_t ms)
{
    auto const text = rfc3339(ms);
    return text.substr(2, 2) + text.substr(5, 2) + text.substr(8, 2) + text.substr(11, 2) + text.substr(14, 2);
}

Json pairs(Fields const& form)
{
    Json out = Json::array();
    for (auto const& [name, value] : form)
        out.push_back({name, value});
    return out;
}

std::string form_value(Json const& pairs, std::string_view name)
{
    for (auto const& pair : pairs) {
        if (pair[0] == name) return pair[1].get<std::string>();
    }
    return "";
}

} // namespace

Json Texting::receive(
    std::string const& from, std::string const& to, std::string const& body, int64_t media, std::optional<int64_t> sent_at)
{
    auto const number = m_state.look([&](Database& db) { return find_owned_by_number(db, to); });
    Json result{{"message_sid", nullptr}, {"from", from}, {"to", to}, {"status", "not_in_service"}, {"webhook", nullptr},
        {"automatic_reply", nullptr}};
    if (!number || !(*number)["capabilities"].value("sms", true)) return result;

    auto const now = now_ms();
    TextMessage message{random_hex(media > 0 ? "MM" : "SM", 32), "inbound", from, to, body, segments_of(body), media, sent_at.value_or(now),
        sent_at.value_or(now), sent_at.value_or(now), "received"};
    message.price = message.segments * m_settings.number("price_segment");
    auto const word = opt_out_of(body);
    bool const was_stopped = m_state.note([&](Database& db) {
        save_message(db, message);
        bool const stopped = are_texts_stopped(db, to, from);
        if (word == "STOP") stop_texts(db, to, from);
        if (word == "START") allow_texts(db, to, from);
        return stopped;
    });
    result["message_sid"] = message.sid;
    result["status"] = "received";
    result["segments"] = message.segments;
    bool const says_start = word == "START" && (was_stopped || lower(trimmed(body)) != "yes");
    auto const* words = word == "STOP" && !was_stopped ? stop_reply : says_start ? start_reply : word == "HELP" ? help_reply : nullptr;
    if (words && m_settings.flag("automatic_replies")) {
        answer_automatically(to, from, words);
        result["automatic_reply"] = words;
    }

    auto const url = text_at(*number, "sms_url");
    bool const elsewhere = url.empty() || !number->at("sms_application_sid").is_null() || url.starts_with("https://demo.twilio.com/");
    bool const is_past = message.created_at < now - past_ms;
    if (elsewhere || is_past) {
        result["webhook"] = {{"fate", is_past ? "past" : "unconfigured"}};
        return result;
    }
    Fields form{{"SmsMessageSid", message.sid}, {"NumMedia", std::to_string(media)}, {"SmsSid", message.sid}, {"SmsStatus", "received"},
        {"Body", body}, {"To", to}, {"NumSegments", std::to_string(message.segments)}, {"MessageSid", message.sid},
        {"AccountSid", account_sid}, {"From", from}, {"ApiVersion", "2010-04-01"}};
    add_place(form, "From", from);
    add_place(form, "To", to);
    for (int64_t i = 0; i < media; ++i) {
        form.emplace_back("MediaContentType" + std::to_string(i), "image/jpeg");
        form.emplace_back("MediaUrl" + std::to_string(i),
            std::string("https://api.twilio.com/2010-04-01/Accounts/") + account_sid + "/Messages/" + message.sid + "/Media/"
                + random_hex("ME", 32));
    }
    if (!word.empty() && m_settings.flag("opt_out_type")) form.emplace_back("OptOutType", word);
    if (m_settings.flag("extra_fields")) form.emplace_back("NobodyKnowsYet", "é & =");
    result["webhook"] = m_courier.bring(
        {{"kind", "sms"}, {"subject", message.sid}, {"url", url}, {"method", text_at(*number, "sms_method")}, {"form", pairs(form)},
            {"fallback_url", text_at(*number, "sms_fallback_url")}, {"fallback_method", text_at(*number, "sms_fallback_method")}});
    return result;
}

// Its own words cost nothing here.
void Texting::answer_automatically(std::string const& from, std::string const& to, std::string const& words)
{
    auto message = outgoing("outbound-reply", from, to, words, 0);
    message.price = 0;
    m_state.note([&](Database& db) { save_message(db, message); });
}

TextMessage Texting::outgoing(
    std::string const& direction, std::string const& from, std::string const& to, std::string const& body, int64_t media)
{
    auto const now = now_ms();
    auto const delay = m_settings.number("status_delay_ms");
    auto word = m_settings.word_for("delivery", to);
    if (m_settings.text("us_registration") == "missing" && is_of_united_states(from)) word = "undelivered:30034";
    TextMessage message{random_hex(media > 0 ? "MM" : "SM", 32), direction, from, to, body, segments_of(body), media, now};
    message.outcome = word.substr(0, word.find(':'));
    bool const fails = message.outcome == "failed";
    if (!fails) message.sent_at = now + delay;
    if (message.outcome != "sent") message.ended_at = now + (fails ? delay : 2 * delay);
    auto const* usual = fails ? "30008" : "30003";
    if (fails || message.outcome == "undelivered")
        message.error_code = std::stoll(word.find(':') == std::string::npos ? usual : word.substr(word.find(':') + 1));
    if (!fails) message.price = message.segments * m_settings.number("price_segment");
    return message;
}

std::variant<TextMessage, TwilioRefusal> Texting::send(Fields const& form)
{
    auto const to = field(form, "To").value_or("");
    auto const from = field(form, "From").value_or("");
    auto const body = field(form, "Body").value_or("");
    auto const callback = field(form, "StatusCallback").value_or("");
    auto const media
        = static_cast<size_t>(std::count_if(form.begin(), form.end(), [](auto const& each) { return each.first == "MediaUrl"; }));
    if (to.empty()) return TwilioRefusal{400, 21604, "A 'To' phone number is required."};
    if (from.empty()) return TwilioRefusal{400, 21603, "A 'From' phone number is required."};
    if (body.empty() && media == 0) return TwilioRefusal{400, 21602, "Message body is required."};
    if (auto refusal = refused_magic(magic_recipients, to)) return *refusal;
    if (auto refusal = refused_magic(magic_senders, from)) return *refusal;
    if (!is_e164(to)) return TwilioRefusal{400, 21211, "The 'To' number " + to + " is not a valid phone number."};
    if (!is_e164(from)) return TwilioRefusal{400, 21212, "The 'From' number " + from + " is not a valid phone number."};
    if (characters(body) > longest_body)
        return TwilioRefusal{400, 21617, "The concatenated message body exceeds the 1600 character limit."};
    if (media > most_media) return TwilioRefusal{400, 21623, "Number of media files exceeds allowed limit"};
    if (!callback.empty() && !is_callback_address(callback))
        return TwilioRefusal{400, 21609, "The 'StatusCallback' URL " + callback + " is not a valid URL."};
    auto message = outgoing("outbound-api", from, to, body, static_cast<int64_t>(media));
    auto const refusal = m_state.change([&](Database& db) -> std::optional<TwilioRefusal> {
        auto const number = find_owned_by_number(db, from);
        bool const may_send = from == magic_fine || (number && (*number)["capabilities"].value("sms", true));
        if (!may_send)
            return TwilioRefusal{400, 21606, "The 'From' phone number " + from + " is not a valid, SMS-capable number of your account."};
        if (are_texts_stopped(db, from, to)) return TwilioRefusal{400, 21610, "Attempt to send to unsubscribed recipient"};
        save_message(db, message);
        return std::nullopt;
    });
    if (refusal) return *refusal;
    if (callback.empty()) return message;

    auto const tell = [&](std::string const& status, int64_t at) {
        Fields told{{"SmsSid", message.sid}, {"SmsStatus", status}, {"MessageStatus", status}, {"To", to}, {"MessageSid", message.sid},
            {"AccountSid", account_sid}, {"From", from}, {"ApiVersion", "2010-04-01"}};
        bool const is_last = status == message.outcome;
        if (is_last && message.error_code != 0) told.emplace_back("ErrorCode", std::to_string(message.error_code));
        if (is_last && message.sent_at) told.emplace_back("RawDlrDoneDate", raw_date(at));
        if (m_settings.flag("extra_fields")) told.emplace_back("NobodyKnowsYet", "é & =");
        m_courier.bring_later({{"kind", "message_status"}, {"subject", message.sid}, {"url", callback}, {"method", "POST"},
                                  {"form", pairs(told)}, {"fallback_url", ""}, {"fallback_method", ""}},
            at - message.created_at);
    };
    if (message.sent_at) tell("sent", *message.sent_at);
    if (message.ended_at) tell(message.outcome, *message.ended_at);
    return message;
}

std::variant<TextMessage, TwilioRefusal> Texting::reply(std::string const& from, std::string const& to, std::string const& body)
{
    auto message = outgoing("outbound-reply", from, to, body, 0);
    return m_state.note([&](Database& db) -> std::variant<TextMessage, TwilioRefusal> {
        if (are_texts_stopped(db, from, to)) return TwilioRefusal{400, 21610, "Attempt to send to unsubscribed recipient"};
        if (count_replies(db, from, to, message.created_at - loop_window_ms) >= most_replies) {
            message.outcome = "failed";
            message.error_code = 14107;
            message.price = 0;
            message.sent_at = std::nullopt;
            message.ended_at = message.created_at;
        }
        save_message(db, message);
        return message;
    });
}

std::string Texting::obey(Json const& webhook, std::string const& content_type, std::string const& body)
{
    if (text_at(webhook, "kind") != "sms" || trimmed(body).empty()) return "";
    auto const customer = form_value(webhook["form"], "From");
    auto const number = form_value(webhook["form"], "To");
    std::vector<std::string> words;
    auto const type = lower(content_type.substr(0, content_type.find(';')));
    if (type == "text/plain") {
        words.push_back(body);
    } else if (type != "text/xml" && type != "application/xml") {
        return "12300: the answer is \"" + content_type + "\", not XML";
    } else {
        auto const verbs = read_twiml(body);
        if (!verbs) return "12100: the answer is not TwiML";
        for (auto const& verb : *verbs) {
            if (verb.name == "Message" || verb.name == "Sms") words.push_back(verb.text);
        }
    }
    std::string done;
    for (auto const& each : words) {
        auto const replied = reply(number, customer, each);
        auto const* refusal = std::get_if<TwilioRefusal>(&replied);
        done += (done.empty() ? "" : ", ") + (refusal ? std::to_string(refusal->code) + ": " + refusal->message : "replied");
    }
    return done;
}

} // namespace simulator
