#include "edge-server/services/voice_answers.h"
#include "edge-server/config.h"
#include "edge-server/services/outreach.h"
#include "edge-server/store/call_store.h"
#include "edge-server/store/organization_store.h"

namespace {

constexpr auto ring_seconds = "25";

std::string escaped(std::string const& text)
{
    std::string xml;
    for (char const c : text)
        switch (c) {
        case '&':
            xml += "&amp;";
            break;
        case '<':
            xml += "&lt;";
            break;
        case '>':
            xml += "&gt;";
            break;
        case '"':
            xml += "&quot;";
            break;
        case '\'':
            xml += "&apos;";
            break;
        default:
            xml += c;
        }
    return xml;
}

constexpr auto sorry = "We cannot take your call right now. Please call again later.";

std::string twiml(std::string const& content)
{
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>" + content + "<Hangup/></Response>";
}

std::string say(std::string const& words)
{
    return "<Say>" + escaped(words) + "</Say>";
}

} // namespace

std::string voice_answer(sql::Reader& db, Config const& config, std::string const& called_number, std::string const& dial_status)
{
    if (dial_status == "completed" || dial_status == "answered") return twiml({});
    if (!dial_status.empty()) return twiml(say(sorry));
    auto const called = find_called_number(db, called_number);
    if (!called) return neutral_voice_answer(config);
    auto const thanks = "Thank you for calling " + called->organization_name + ". ";
    auto const phone = find_settings(db, called->organization_id).forwarding_number;
    // What was allowed when it was set may be one of our own lines by now: a call that goes round in circles.
    if (phone.empty() || check_forwarding_number(db, config, phone)) return twiml(say(thanks + sorry));
    auto const ended = config.public_url + "/webhooks/twilio/voice";
    return twiml(say(thanks + "One moment please.") + "<Dial timeout=\"" + ring_seconds + "\" method=\"POST\" action=\"" + escaped(ended)
        + "\">" + escaped(phone) + "</Dial>");
}

std::string neutral_voice_answer(Config const& config)
{
    return twiml(say("Thank you for calling " + config.default_name + ". " + sorry));
}
