#pragma once

#include "shared/base/json.h"
#include "shared/base/result.h"
#include "web-client/platform/platform.h"
#include "web-client/state/app_state.h"
#include "web-client/state/commands.h"

#include <functional>
#include <map>
#include <set>

namespace console {

// Keeps AppState true: asks the server for what is looked at and for what changed, and carries out what a person asked for.
class Data {
public:
    Data(AppState& state, platform::Host& host) : m_state(state), m_host(host) { }

    // Everything that the present address shows and that is not here yet, or out of date; what stands around it only once it `is_drawn`.
    void look(std::string const& dialog, bool is_drawn);
    void load_more(LoadMore const& command);
    void find(std::string const& text);
    void try_again();
    void forget(); // of the last user

    void ask_who(); // who is signed in
    void sign_in(SignIn const& command);
    void sign_out(bool everywhere);
    void act(Activate const& command);
    void act(RetryRun const& command);
    void act(Decide const& command);
    void act(SaveSettings const& command);
    void act(ChangeLife const& command);
    void act(LookForDrift const& command);
    void act(RepairDrift const& command);
    void act(AdoptOrphan const& command);
    void act(ReleaseOrphan const& command);
    void act(PlaceCall const& command);
    void act(SendText const& command);
    void act(SaveLead const& command);
    void act(AddNote const& command);
    void act(MarkRead const& command);
    void act(Replay const& command);

    void on_event(std::string const& name, Json const& data);
    void say(std::string title, std::string text, bool is_error = false);
    // Asks again while the server does not answer; after changes, for what they touched. Seconds until there is something to do.
    double work(double present);
    // The seconds that the first picture waits for what it shows, which is asked for last; 0 when it is here or takes long.
    double time_to_first_picture(double present) const;

private:
    using OnAnswer = std::function<void(Result<Json>)>;

    void ask(std::string const& method, std::string const& path, Json const& body, OnAnswer done, std::string key = {});
    template <typename T, typename Read>
    void fetch(Remote<T>& remote, std::string const& path, Read read);
    template <typename Row, typename Read>
    void fetch_page(RemoteList<Row>& list, std::string const& path, std::string const& name, Read read);
    template <typename Row, typename Read>
    void show_list(RemoteList<Row>& list, std::string const& query, std::string const& path, std::string const& name, Read read);
    void start(std::string const& name);
    void finish(std::string const& name, Error const& problem);
    void look_at_organization(std::string const& id);
    void look_at_lead(std::string const& organization, std::string const& id, bool with_messages);
    void look_at_traffic(Place const& place, bool is_platform);
    void look_at_dialog(std::string const& dialog);
    void show_lead(std::string const& id, Json const& answer);
    std::string key_of(std::string const& name, std::string const& content);
    void signed_in(Session session);
    void touch(std::string const& organization_id, std::string const& kind = {});
    void refresh_traffic();
    void refresh_row(std::string const& organization_id);

    AppState& m_state;
    platform::Host& m_host;
    std::set<std::string> m_touched; // organisations that changed since the last look; '' is the platform
    std::set<std::string> m_touched_traffic; // and what of calls, texts, leads and money
    std::map<std::string, std::pair<std::string, std::string>> m_request_keys; // by action: what it said, and the key it said it under
    std::map<int, double> m_asked; // when, of what has no answer yet
    int m_next_asked = 1;
    double m_refresh_at = 0; // ImGui's clock; 0: nothing to refresh
    double m_refreshed_at = -1;
    double m_retry_at = 0;
    double m_retry_pause = 1;
    int m_next_toast = 1;
};

} // namespace console
