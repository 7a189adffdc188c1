#include "web-client/widgets/scroll_area.h"

#include <cmath>

namespace console {

static constexpr float wheel_step = 60;
static constexpr float bar_width = 10;

ScrollArea::ScrollArea(Ui& ui, std::string key, Rect area, float content, std::string label, bool tab_stop)
    : m_ui(ui), m_key(std::move(key)), m_area(area), m_content(std::max(content, area.h)), m_outer(ui.scroller)
{
    float const furthest = std::max(m_content - area.h, 0.0f);
    if (!ui.elements && !ui.covered) {
        auto const& io = ImGui::GetIO();
        if (io.MouseWheel != 0 && ImGui::IsMouseHoveringRect(area.first(), area.last()))
            ui.mirror.set_scroll(m_key, std::min(ui.mirror.scroll(m_key) - io.MouseWheel * wheel_step, furthest));
    }
    m_scroll = std::min(std::round(ui.mirror.scroll(m_key)), std::round(furthest));
    MirrorNode node{.role = Role::Scroller, .key = m_key, .label = std::move(label)};
    node.x = area.x;
    node.y = area.y;
    node.w = area.w;
    node.h = area.h;
    node.content = content;
    node.tab_stop = tab_stop && content > area.h;
    ui.mirror.open(std::move(node));
    ui.push_clip(area);
    ui.scroller = this;
}

ScrollArea::~ScrollArea()
{
    if (!m_ui.elements) draw_bar();
    m_ui.pop_clip();
    m_ui.mirror.close();
    m_ui.scroller = m_outer;
}

void ScrollArea::scroll_to(float top)
{
    m_ui.mirror.scroll_to(m_key, std::min(top, std::max(m_content - m_area.h, 0.0f)));
    m_ui.change_in(0);
}

void ScrollArea::reveal(Rect area)
{
    if (area.y < m_area.y) scroll_to(m_scroll - (m_area.y - area.y));
    if (area.bottom() > m_area.bottom()) scroll_to(m_scroll + (area.bottom() - m_area.bottom()));
}

void ScrollArea::draw_bar()
{
    if (m_content <= m_area.h) return;
    Rect const track{m_area.right() - bar_width, m_area.y, bar_width, m_area.h};
    float const length = std::max(m_area.h * m_area.h / m_content, 32.0f);
    float const way = m_area.h - length;
    Rect const grip{track.x + 2, track.y + way * m_scroll / (m_content - m_area.h), bar_width - 4, length};
    bool held = false;
    if (!m_ui.covered) {
        ImGui::SetCursorScreenPos(track.first());
        ImGui::InvisibleButton((m_key + "-bar").c_str(), {track.w, track.h});
        held = ImGui::IsItemActive();
        if (held && way > 0) m_ui.mirror.set_scroll(m_key, m_scroll + ImGui::GetIO().MouseDelta.y * (m_content - m_area.h) / way);
    }
    m_ui.fill(grip, held ? m_ui.colours.control : m_ui.colours.ctlsoft, 3);
}

} // namespace console
