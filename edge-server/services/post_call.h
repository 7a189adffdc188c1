#pragma once

#include "edge-server/services/inbox.h"

#include <string>
#include <string_view>

// What ElevenLabs tells after a call.

// From a webhook's body, or from a conversation that the poller fetched (its body is the webhook's `data`).
// Without a kind when it is not an event at all.
InboxItem post_call_item(std::string body);
InboxItem polled_conversation_item(std::string const& conversation_id, std::string const& status, std::string const& conversation);

// The conversation recorded under its call_sid, its id or its attempt; else a new one of the number's owner when the call began; else
// unrouted.
Inbox::Write take_transcription(InboxItem const& item);
Inbox::Write take_initiation_failure(InboxItem const& item);

// ElevenLabs-Signature: "t=<unix seconds>,v0=<hex HMAC-SHA256 of t.body>", compared in constant time against each present secret.
// `most_age`: older ones are refused, and so are those of more than five minutes ahead.
bool is_signed_by_elevenlabs(
    std::string const& header, std::string_view body, std::string_view secrets, Time present, std::chrono::seconds most_age);
