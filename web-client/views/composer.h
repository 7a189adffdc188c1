#pragma once

#include "web-client/views/draft.h"
#include "web-client/views/view.h"

#include <map>

namespace console {

// Whether a text may leave: there is one, and it is not too long.
bool may_send(std::string const& body);
// Characters, segments and price of a text, and the character that made it Unicode.
void draw_segments(Ui& ui, std::string const& key, Rect area, std::string const& body, std::int64_t rate);

// Where an answer is written, below its thread: the drafts of all threads, until they are sent.
class Composer {
public:
    // As high as what is written, or what stands in its place, needs.
    float height(Ui const& ui, float width, LeadPage const& lead, AppState const& state) const;
    void draw(Ui& ui, Rect area, LeadPage const& lead, AppState const& state, Commands& commands);

private:
    void draw_stopped(Ui& ui, Rect area, LeadPage const& lead, AppState const& state, Commands& commands);

    std::map<std::string, Draft> m_drafts; // by lead
};

} // namespace console
