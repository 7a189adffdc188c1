#pragma once

#include "web-client/state/app_state.h"
#include "web-client/state/commands.h"
#include "web-client/widgets/controls.h"

#include <string>

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

} // namespace console
