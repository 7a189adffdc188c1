#pragma once

#include <cstddef>

struct ImDrawData;
struct ImDrawList;

namespace platform {

// A rectangle of one opaque colour: cleared at once instead of blended pixel by pixel.
struct OpaqueArea {
    float left, top, right, bottom;
    unsigned colour;
};
void add_opaque_area(ImDrawList& list, OpaqueArea area);

// Draws Dear ImGui's lists with OpenGL 3 or WebGL 2. The context is ours alone, so no state is read back or restored:
// in a browser each glGet waits for the graphics process.
class Renderer {
public:
    // After a context has been made current; false when the driver refuses the shader. Also after a context was lost.
    bool start();
    // `background` is packed as Dear ImGui does. False: the picture is the last one, or empty, and nothing was drawn.
    bool draw(ImDrawData& data, unsigned background);
    void forget_picture() { m_picture = 0; } // somebody else drew over it

private:
    unsigned m_program = 0;
    unsigned m_vertex_buffer = 0;
    unsigned m_index_buffer = 0;
    int m_transform = -1;
    std::size_t m_picture = 0; // hash of what was drawn last
};

} // namespace platform
