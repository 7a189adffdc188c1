#pragma once

#include "web-client/state/address.h"

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace console {

struct SignIn {
    std::string email;
    std::string password;
};
struct SignOut {
    bool everywhere = false; // every session of this user
};
struct OpenPage {
    std::string path;
};
struct Go {
    Address address;
    bool replace = false; // the same place seen differently: no new entry in the history
};
struct LoadMore {
    std::string list; // organizations, numbers, notifications, conversations, threads, leads, messages, ledger, inbox
    std::string of = {}; // the stage of leads, the lead of messages
};
struct Find { // organisations, for the palette
    std::string text;
};
struct TryAgain { }; // to load what failed
struct Activate {
    std::string phone_number;
    std::string organization_id;
    std::string elevenlabs_phone_id;
};
struct RetryRun {
    std::string organization_id;
    std::string area_code; // empty: where it looked before
};
struct Decide {
    std::string notification_id;
    bool resolve = true; // else dismiss
};
using Changes = std::map<std::string, std::variant<std::string, bool>>; // by the name of the member
struct SaveSettings {
    std::string organization_id;
    Changes changes;
};
struct PlaceCall {
    std::string organization_id;
    std::string to_number;
    std::string lead_id; // or empty
    std::string reason; // what it is about, for Jack
};
struct SendText {
    std::string organization_id;
    std::string to_number;
    std::string lead_id; // or empty
    std::string body;
};
struct SaveLead {
    std::string organization_id;
    std::string lead_id;
    Changes changes;
};
struct AddNote {
    std::string organization_id;
    std::string lead_id;
    std::string text;
};
struct MarkRead {
    std::string organization_id;
    std::string lead_id;
};
struct Replay {
    std::string inbox_id;
};
struct ChangeLife {
    std::string organization_id;
    std::string change; // suspend, resume, close
};
struct LookForDrift { };
struct RepairDrift {
    std::vector<std::string> ids;
};
struct AdoptOrphan {
    std::string twilio_sid;
    std::string organization_id;
};
struct ReleaseOrphan {
    std::string twilio_sid;
    std::string phone_number; // as it was typed
};
struct Copy {
    std::string text;
};
struct SetTheme {
    std::string theme;
};
struct CloseToast {
    int id;
};
struct Reload { };
struct Open { // a dialog
    // palette, keys, menu, dismiss:<id>, suspend:<id>, close:<id>, release:<SID>, call:<organisation>:<lead, or nothing>,
    // text:<organisation>, stage:<organisation>:<lead>; empty closes
    std::string dialog;
};

// What a person asked for while a frame was drawn; App carries it out afterwards.
using Command = std::variant<SignIn, SignOut, OpenPage, Go, LoadMore, Find, TryAgain, Activate, RetryRun, Decide, SaveSettings, ChangeLife,
    PlaceCall, SendText, SaveLead, AddNote, MarkRead, Replay, LookForDrift, RepairDrift, AdoptOrphan, ReleaseOrphan, Copy, SetTheme,
    CloseToast, Reload, Open>;
using Commands = std::vector<Command>;

} // namespace console
