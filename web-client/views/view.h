#pragma once

#include "web-client/state/app_state.h"
#include "web-client/state/commands.h"
#include "web-client/widgets/controls.h"

#include <functional>
#include <string>
#include <vector>

namespace console {

// One screen. Draws from the state, asks through commands, and changes nothing else but what is typed into it.
class View {
public:
    virtual ~View() = default;
    virtual std::string title(AppState const& state) const = 0;
    // `page`: below the top bar.
    virtual void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) = 0;
};

// Where everything on a page stands: its padding, and 1,680 at most, centred.
Rect page_content(Ui const& ui, Rect page);

// Loading, refused, not there, no answer: one of them instead of the content. True: something else than the content was drawn.
struct Progress {
    bool has_value;
    bool asking;
    double asked_at;
    std::optional<Error> const& problem;
};
bool draw_progress(Ui& ui, std::string const& key, Rect area, Progress const& progress, AppState const& state, Commands& commands);

template <typename T>
Progress progress_of(Remote<T> const& remote)
{
    return {remote.value.has_value(), remote.asking, remote.asked_at, remote.problem};
}
template <typename Row>
Progress progress_of(RemoteList<Row> const& list)
{
    return {list.loaded, list.asking, list.asked_at, list.problem};
}

// A link inside the console; on the desktop it goes there itself.
void go_link(Ui& ui, Commands& commands, std::string const& key, float x, float middle, std::string const& text, std::string const& address,
    TextStyle const& style);

// The state of an organisation, a number or a step as people say it.
struct StateWords {
    Tone tone;
    std::string words;
};
StateWords organization_state(std::string const& status);
StateWords number_state(std::string const& state);
std::string sms_words(PhoneNumber const& number);
std::string notification_title(Notification const& notification);
StateWords stage_words(std::string const& stage); // of a lead
StateWords conversation_state(Conversation const& conversation);
StateWords message_state(Message const& message);

// An organisation's page tells all its times in the organisation's zone, which it names; every other page in this machine's ('').
std::string zone_of(AppState const& state);
std::string zone_words(std::string const& zone); // "Vancouver time"
std::string organization_name(AppState const& state, std::string const& id);
// Who calls or writes: the name, else the number, else that it is withheld.
std::string customer_name(std::string const& name, std::string const& number);
void customer_avatar(Ui& ui, float x, float y, float size, std::string const& name);
std::string counted(std::int64_t count, char const* one, char const* many); // "1 call", "2 calls"
std::string call_length(int seconds); // 42 s, 3 min 12 s

// The head of a record's page: who, in what state, facts below, and what can be done right of it or, on a phone, below.
struct Meta {
    char const* symbol;
    std::string key, text;
};
struct RecordHeader {
    std::string key, name;
    std::string avatar; // whose initials; '' for somebody unknown
    Tone tone;
    std::string state;
    std::vector<Meta> meta;
};
// `draw_actions`: in that area, ending at that right edge; returns where they begin.
float draw_record_header(Ui& ui, Rect area, RecordHeader const& header, std::function<float(Rect area, float right)> const& draw_actions);

} // namespace console
