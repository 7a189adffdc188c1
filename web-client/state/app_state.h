#pragma once

#include "shared/base/error.h"
#include "shared/domain/notification.h"
#include "shared/domain/organization.h"
#include "shared/domain/phone_number.h"
#include "shared/domain/provisioning.h"
#include "web-client/state/address.h"
#include "web-client/state/traffic.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace console {

struct User {
    std::string id;
    std::string email;
    std::string role; // platform_admin, platform_viewer, or none
};

struct Membership {
    std::string id; // of the organisation
    std::string name;
    std::string role; // admin, staff
};

struct Installation {
    bool simulated = false; // no call, text or cent is real
    std::string version;
    std::string build; // the console that the server hands out now
    Time snapshot_at; // never, unless this is a snapshot
    std::int64_t text_rate = 0; // micro-dollars of a segment; 0: not known
};

// Who is signed in, as the server told it.
struct Session {
    User user;
    std::vector<Membership> organizations;
    Installation installation;

    bool is_platform() const { return user.role == "platform_admin" || user.role == "platform_viewer"; }
    bool may_change() const { return user.role == "platform_admin"; }
    bool may_change(std::string const& organization_id) const;
    // To call, to text, to work on leads: all its members, and the platform's admins.
    bool may_work(std::string const& organization_id) const;
};

struct Asking { }; // the first answer of the server has not come

struct SignedOut {
    std::string problem; // one sentence, or empty
    bool busy = false; // a sign-in is on its way
};

struct SignedIn {
    Session session;
    bool ended = false; // the server no longer knows it: sign in again over what is on the screen
    std::string problem; // of that sign-in
    bool busy = false; // a sign-in or sign-out is on its way
};

// Something that the server owns, as far as we have it.
template <typename T>
struct Remote {
    std::optional<T> value; // the last good answer; stays while a new one is asked for
    std::optional<Error> problem; // of the last try
    bool asking = false;
    bool stale = false; // ask again when it is looked at
    double asked_at = 0; // seconds, ImGui's clock

    bool is_missing() const { return (!value || stale) && !asking && !problem; }
};

template <typename Row>
struct RemoteList {
    std::string query; // what the rows answer: "search=…&sort=…"
    int page = 100; // rows that are asked for at once
    std::vector<Row> rows; // from the first one on
    std::string cursor; // where the next page begins; empty: that is all
    std::map<std::string, int> counts;
    std::optional<Error> problem;
    bool asking = false;
    bool loaded = false; // a first page has come
    bool stale = false;
    double asked_at = 0;
    int generation = 0; // answers to an older question are dropped

    int count(std::string const& name) const
    {
        auto const found = counts.find(name);
        return found == counts.end() ? 0 : found->second;
    }
    // All that match, loaded or not.
    int total() const
    {
        return cursor.empty() ? static_cast<int>(rows.size()) : std::max(count("total"), static_cast<int>(rows.size()) + 1);
    }
};

struct OrganizationRow {
    Organization organization;
    std::string status; // active, provisioning, needs_attention, held, suspended, closed
    std::string phone_number;
    std::string place;
    std::string cause;
    Time release_at; // closed: its number is given back then
    bool outbound_allowed = false; // to people who did not write or call first
    bool shares_opt_outs = false; // a STOP to one of its group counts for it too
    std::string forwarding_number = {}; // E.164: where calls go when Jack cannot answer
    std::string group = {};
    std::string monthly_budget = {}; // dollars
};

struct NumberRow {
    PhoneNumber number;
    std::string organization_name;
};

struct Run {
    ProvisioningRun run;
    std::vector<ProvisioningStep> steps;
};

// One difference between our books and the vendors'.
struct DriftFinding {
    std::string id, kind, phone_number, organization_id, organization_name;
    std::string message, repair, next_step; // without a repair a human must act
    Time found_at;
};

// Paid for and used by nobody.
struct Orphan {
    std::string twilio_sid, phone_number, organization_id, organization_name, message, monthly_cost;
};

struct DriftReport {
    Time looked_at;
    std::string failure;
    std::vector<DriftFinding> findings;
    int at_twilio = 0, at_elevenlabs = 0, not_ours = 0;
};

struct Provider {
    std::string name, what, state;
    Time last_success_at, last_failure_at;
    std::string last_failure;
    int calls = 0, failures = 0;
    int p95_ms = -1;
    Time left_alone_until; // none while it may be asked
    std::vector<int> recent_ms;
};

struct SignupDay {
    std::string date; // 2026-11-01
    int organizations = 0;
    int live = 0;
};

struct Overview {
    std::map<std::string, int> organizations;
    int owned = 0, active = 0;
    std::string monthly_rent;
    int pending = 0;
    Time oldest_pending;
    std::vector<Notification> oldest;
    std::vector<SignupDay> signups;
    int signups_today = 0;
    int seconds_to_live = -1;
    std::vector<Provider> providers;
    Traffic traffic;
};

// A lead as it is opened, and what was written with it.
struct LeadRecord {
    Remote<LeadPage> lead;
    RemoteList<Message> messages; // newest first
};

struct OrganizationDetail {
    Remote<OrganizationRow> organization;
    Remote<std::vector<PhoneNumber>> numbers;
    Remote<Run> run;
};

// Something that a person started, by a name of its own: "activate:+16045550123".
struct Action {
    bool busy = false;
    double since = 0;
    std::optional<Error> problem;
    int successes = 0; // so far
};

struct Toast {
    int id = 0;
    bool is_error = false;
    std::string title;
    std::string text;
    double until = 0; // errors stay
    std::string address; // where it leads, if anywhere
};

struct Connection {
    bool lost = false; // the server does not answer
    bool slow = false; // it has been asked a while ago, and may still answer
    Time last_answer;
    bool live = false; // changes arrive by themselves
};

// What the server owns, as far as we know it, and where we are. Only App changes it.
struct AppState {
    std::variant<Asking, SignedOut, SignedIn> session;
    Address address;
    Connection connection;
    bool outdated = false; // the server hands out a newer console
    std::string theme; // light, dark; empty follows the system

    Remote<Overview> overview;
    Remote<DriftReport> drift;
    Remote<std::vector<Orphan>> orphans;
    RemoteList<OrganizationRow> organizations;
    RemoteList<OrganizationRow> matches; // what the palette looks for
    RemoteList<NumberRow> numbers;
    std::map<std::string, RemoteList<Notification>> notifications; // by status
    std::map<std::string, Remote<Notification>> notification; // by id, of those that no list holds
    std::map<std::string, OrganizationDetail> details; // by organisation

    Remote<std::vector<Activity>> activity;
    RemoteList<ConversationRow> conversations;
    std::map<std::string, Remote<ConversationPage>> conversation; // by id
    RemoteList<LeadRow> threads; // leads with texts, by the last text
    RemoteList<LeadRow> unread; // counted on every page
    std::map<std::string, RemoteList<LeadRow>> leads; // by the stage of the board; "" is the table
    std::map<std::string, LeadRecord> lead; // by id
    std::map<std::string, Remote<Usage>> usage; // by the question: "month=…&organization_id=…"
    RemoteList<LedgerRow> ledger;
    RemoteList<InboxRow> inbox;
    std::map<std::string, Remote<InboxRow>> inbox_item; // by id

    std::map<std::string, Action> actions;
    std::vector<Toast> toasts;

    SignedIn const* signed_in() const { return std::get_if<SignedIn>(&session); }
    Action action(std::string const& name) const
    {
        auto const found = actions.find(name);
        return found == actions.end() ? Action{} : found->second;
    }
};

inline bool Session::may_change(std::string const& organization_id) const
{
    if (may_change()) return true;
    for (auto const& membership : organizations)
        if (membership.id == organization_id && membership.role == "admin") return true;
    return false;
}

inline bool Session::may_work(std::string const& organization_id) const
{
    if (may_change()) return true;
    return std::any_of(organizations.begin(), organizations.end(), [&](auto const& one) { return one.id == organization_id; });
}

} // namespace console
