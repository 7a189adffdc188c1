#include "web-client/views/calls.h"

#include "build/generated/icon_codes.h"

namespace console {

char const* call_icon(Conversation const& conversation)
{
    if (conversation.status == "failed") return icon::phone_missed;
    return conversation.direction == "outbound" ? icon::phone_outgoing : icon::phone_incoming;
}

std::string call_words(Conversation const& conversation)
{
    auto words = std::string(conversation.direction == "outbound" ? "Jack called" : "Call with Jack");
    if (conversation.status == "in_progress") return words + ", going on now";
    if (conversation.status == "failed") return words + ": " + conversation_state(conversation).words;
    if (conversation.duration_seconds >= 0) words += ", " + call_length(conversation.duration_seconds);
    return conversation.title.empty() ? words : words + ". " + conversation.title;
}

std::string clock_time(int seconds)
{
    auto const rest = std::to_string(seconds % 60);
    return std::to_string(seconds / 60) + ':' + (rest.size() < 2 ? "0" : "") + rest;
}

} // namespace console
