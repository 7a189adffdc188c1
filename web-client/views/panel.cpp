#include "web-client/views/panel.h"

#include <imgui.h>

#include <algorithm>

namespace console {

MirrorNode draw_panel(Ui& ui, Rect panel, std::string const& key, std::string const& label, Commands& commands)
{
    ui.fill(ui.window(), ui.colours.scrim);
    ui.shadow(panel, 12, 2);
    ui.fill(panel, ui.colours.raised, 12);
    ui.edge(panel, ui.dark() ? ui.colours.ctlsoft : ui.colours.border, 12);
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Left) && !ImGui::IsMouseHoveringRect(panel.first(), panel.last()))
        commands.emplace_back(Open{});
    if (ui.key("Escape", true)) commands.emplace_back(Open{});
    auto node = node_at(Role::Dialog, key, panel);
    node.label = label;
    node.lies_over = true;
    return node;
}

Rect panel_place(Ui const& ui, float width, float height)
{
    width = std::min(width, ui.size().x);
    float const y = ui.compact() ? ui.size().y - height : std::max((ui.size().y - height) / 2 - 40, 8.0f);
    return {(ui.size().x - width) / 2, y, width, height};
}

} // namespace console
