#pragma once

#include "web-client/views/list_view.h"

namespace console {

// The calls, newest first, with a search over what was said.
class ConversationsView final : public ListView {
public:
    std::string title(AppState const&) const override { return "Conversations"; }
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;
};

} // namespace console
