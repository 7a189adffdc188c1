#pragma once

#include "web-client/views/list_view.h"

namespace console {

// What a month cost: by day, against the budget, and line by line.
class UsageView final : public ListView {
public:
    std::string title(AppState const&) const override { return "Usage"; }
    void draw(Ui& ui, Rect page, AppState const& state, Commands& commands) override;

private:
    float draw_month(Ui& ui, Rect area, std::string const& month, AppState const& state, Commands& commands);
    void draw_chart(Ui& ui, Rect area, Usage const& usage);
    float draw_budget(Ui& ui, Rect area, Usage const& usage, AppState const& state, Commands& commands);
    void draw_ledger(Ui& ui, Rect area, Rect page, AppState const& state, Commands& commands);

    float m_height = 900;
};

} // namespace console
