#pragma once

#include "web-client/widgets/ui.h"

namespace console {

// A window onto something taller. In the browser its element scrolls, with the browser's own wheel, touch and keys, and we follow;
// on the desktop wheel and scrollbar are ours. Ends with the block.
class ScrollArea {
public:
    // `content`: its whole height, as of the last frame when it is known only after drawing. `tab_stop`: nothing in it is one.
    ScrollArea(Ui& ui, std::string key, Rect area, float content, std::string label = {}, bool tab_stop = false);
    ~ScrollArea();
    ScrollArea(ScrollArea const&) = delete;
    ScrollArea& operator=(ScrollArea const&) = delete;

    Rect area() const { return m_area; }
    float top() const { return m_area.y - m_scroll; } // where the content begins, in the window
    float scroll() const { return m_scroll; }
    void reveal(Rect area); // scrolls until it is seen
    void scroll_to(float top);

private:
    void draw_bar();

    Ui& m_ui;
    std::string m_key;
    Rect m_area;
    float m_content;
    float m_scroll;
    ScrollArea* m_outer;
};

} // namespace console
