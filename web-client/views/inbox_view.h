#pragma once

#include "web-client/views/list_view.h"

namespace console {

// What the vendors told us, as it came: what waits, what could not be processed and why.
class InboxView final : public ListView {
public:
    std::string title(AppState const&) const override { return "Webhook inbox"; }
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;

private:
    void draw_item(Ui& ui, Rect page, AppState const& state, Commands& commands);

    float m_height = 900;
};

} // namespace console
