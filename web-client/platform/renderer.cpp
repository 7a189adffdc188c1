#include "web-client/platform/renderer.h"

#ifdef __EMSCRIPTEN__
#include <GLES3/gl3.h>
#define SHADER_VERSION "#version 300 es\nprecision mediump float;\n"
#else
#define GL_GLEXT_PROTOTYPES
#include <SDL_opengl.h>
#include <SDL_opengl_glext.h>
#define SHADER_VERSION "#version 330 core\n"
#endif

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>

namespace platform {

static char const* const vertex_shader = SHADER_VERSION R"(
uniform highp vec4 transform; // scale, offset
layout(location = 0) in highp vec2 position;
layout(location = 1) in highp vec2 atlas;
layout(location = 2) in vec4 colour;
out highp vec2 at;
out vec4 tint;
void main()
{
    at = atlas;
    tint = colour;
    gl_Position = vec4(position * transform.xy + transform.zw, 0.0, 1.0);
})";

// The atlas holds coverage only: one byte a pixel.
static char const* const fragment_shader = SHADER_VERSION R"(
uniform sampler2D coverage;
in highp vec2 at;
in vec4 tint;
layout(location = 0) out vec4 pixel;
void main()
{
    pixel = vec4(tint.rgb, tint.a * texture(coverage, at).r);
})";

static unsigned compile(GLenum kind, char const* text)
{
    unsigned const shader = glCreateShader(kind);
    glShaderSource(shader, 1, &text, nullptr);
    glCompileShader(shader);
    return shader;
}

static void update_texture(ImTextureData& texture)
{
    if (texture.Status == ImTextureStatus_WantDestroy && texture.UnusedFrames > 0) {
        auto const name = static_cast<unsigned>(texture.TexID);
        glDeleteTextures(1, &name);
        texture.SetTexID(ImTextureID_Invalid);
        texture.SetStatus(ImTextureStatus_Destroyed);
    }
    if (texture.Status != ImTextureStatus_WantCreate && texture.Status != ImTextureStatus_WantUpdates) return;

    glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
    glPixelStorei(GL_UNPACK_ROW_LENGTH, texture.Width);
    if (texture.Status == ImTextureStatus_WantCreate) {
        unsigned name = 0;
        glGenTextures(1, &name);
        glBindTexture(GL_TEXTURE_2D, name);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
        glTexImage2D(GL_TEXTURE_2D, 0, GL_R8, texture.Width, texture.Height, 0, GL_RED, GL_UNSIGNED_BYTE, texture.GetPixels());
        texture.SetTexID(name);
    } else {
        auto const& area = texture.UpdateRect;
        glBindTexture(GL_TEXTURE_2D, static_cast<unsigned>(texture.TexID));
        glTexSubImage2D(GL_TEXTURE_2D, 0, area.x, area.y, area.w, area.h, GL_RED, GL_UNSIGNED_BYTE, texture.GetPixelsAt(area.x, area.y));
    }
    texture.SetStatus(ImTextureStatus_OK);
}

static void clear_area(ImDrawList const*, ImDrawCmd const*) { } // stands in the list; Renderer::draw does it

void add_opaque_area(ImDrawList& list, OpaqueArea area)
{
    list.AddCallback(clear_area, &area, sizeof area);
}

static void set_clear_colour(unsigned packed)
{
    ImVec4 const colour = ImGui::ColorConvertU32ToFloat4(packed);
    glClearColor(colour.x, colour.y, colour.z, 1.0f);
}

static std::size_t hash_of(ImDrawData const& data, unsigned background)
{
    std::size_t hash = background;
    auto const add = [&hash](void const* bytes, std::size_t size) {
        hash = hash * 31 + std::hash<std::string_view>{}({static_cast<char const*>(bytes), size});
    };
    add(&data.DisplaySize, sizeof data.DisplaySize);
    add(&data.FramebufferScale, sizeof data.FramebufferScale);
    for (ImDrawList const* list : data.CmdLists) {
        add(list->VtxBuffer.Data, static_cast<std::size_t>(list->VtxBuffer.size_in_bytes()));
        add(list->IdxBuffer.Data, static_cast<std::size_t>(list->IdxBuffer.size_in_bytes()));
        for (ImDrawCmd const& command : list->CmdBuffer) {
            add(&command.ClipRect, sizeof command.ClipRect);
            add(&command.ElemCount, sizeof command.ElemCount);
            if (command.UserCallback == clear_area) add(command.UserCallbackData, sizeof(OpaqueArea));
        }
    }
    return hash;
}

bool Renderer::start()
{
    forget_picture();
    m_program = glCreateProgram();
    for (unsigned const shader : {compile(GL_VERTEX_SHADER, vertex_shader), compile(GL_FRAGMENT_SHADER, fragment_shader)}) {
        glAttachShader(m_program, shader);
        glDeleteShader(shader);
    }
    glLinkProgram(m_program);
    int linked = 0;
    glGetProgramiv(m_program, GL_LINK_STATUS, &linked);
    if (!linked) return false;

    m_transform = glGetUniformLocation(m_program, "transform");
    glUseProgram(m_program);

    unsigned vertex_array = 0;
    glGenVertexArrays(1, &vertex_array);
    glBindVertexArray(vertex_array);
    glGenBuffers(1, &m_vertex_buffer);
    glGenBuffers(1, &m_index_buffer);
    glBindBuffer(GL_ARRAY_BUFFER, m_vertex_buffer);
    glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, m_index_buffer);
    auto const attribute = [](unsigned at, int count, GLenum type, bool normalised, std::size_t offset) {
        glEnableVertexAttribArray(at);
        glVertexAttribPointer(at, count, type, normalised, sizeof(ImDrawVert), reinterpret_cast<void const*>(offset));
    };
    attribute(0, 2, GL_FLOAT, false, offsetof(ImDrawVert, pos));
    attribute(1, 2, GL_FLOAT, false, offsetof(ImDrawVert, uv));
    attribute(2, 4, GL_UNSIGNED_BYTE, true, offsetof(ImDrawVert, col));

    glEnable(GL_BLEND);
    glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);

    ImGuiIO& io = ImGui::GetIO();
    io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures;
    io.Fonts->TexDesiredFormat = ImTextureFormat_Alpha8;
    for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) { // after a lost context: what there was is gone
        if (texture->Status == ImTextureStatus_OK || texture->Status == ImTextureStatus_WantUpdates)
            texture->SetStatus(ImTextureStatus_WantCreate);
    }
    return true;
}

bool Renderer::draw(ImDrawData& data, unsigned background)
{
    if (data.Textures) {
        for (ImTextureData* texture : *data.Textures) {
            if (texture->Status != ImTextureStatus_OK) update_texture(*texture);
        }
    }
    if (data.TotalVtxCount == 0) return false;
    auto const picture = hash_of(data, background);
    if (picture == m_picture) return false;
    m_picture = picture;

    ImVec2 const scale = data.FramebufferScale;
    int const width = static_cast<int>(data.DisplaySize.x * scale.x);
    int const height = static_cast<int>(data.DisplaySize.y * scale.y);
    if (width <= 0 || height <= 0) return false;

    glViewport(0, 0, width, height);
    glDisable(GL_SCISSOR_TEST); // it limits clearing too
    set_clear_colour(background);
    glClear(GL_COLOR_BUFFER_BIT);
    glEnable(GL_SCISSOR_TEST);
    glUniform4f(m_transform, 2.0f / data.DisplaySize.x, -2.0f / data.DisplaySize.y, -1.0f, 1.0f);

    for (ImDrawList const* list : data.CmdLists) {
        glBufferData(GL_ARRAY_BUFFER, list->VtxBuffer.size_in_bytes(), list->VtxBuffer.Data, GL_STREAM_DRAW);
        glBufferData(GL_ELEMENT_ARRAY_BUFFER, list->IdxBuffer.size_in_bytes(), list->IdxBuffer.Data, GL_STREAM_DRAW);
        for (ImDrawCmd const& command : list->CmdBuffer) {
            int left = std::max(static_cast<int>(command.ClipRect.x * scale.x), 0);
            int top = std::max(static_cast<int>(command.ClipRect.y * scale.y), 0);
            int right = std::min(static_cast<int>(command.ClipRect.z * scale.x), width);
            int bottom = std::min(static_cast<int>(command.ClipRect.w * scale.y), height);
            OpaqueArea area;
            bool const is_area = command.UserCallback == clear_area;
            if (is_area) {
                std::memcpy(&area, command.UserCallbackData, sizeof area);
                left = std::max(left, static_cast<int>(std::lround(area.left * scale.x)));
                top = std::max(top, static_cast<int>(std::lround(area.top * scale.y)));
                right = std::min(right, static_cast<int>(std::lround(area.right * scale.x)));
                bottom = std::min(bottom, static_cast<int>(std::lround(area.bottom * scale.y)));
            }
            if (right <= left || bottom <= top || (command.ElemCount == 0 && !is_area)) continue;
            glScissor(left, height - bottom, right - left, bottom - top);
            if (is_area) {
                set_clear_colour(area.colour);
                glClear(GL_COLOR_BUFFER_BIT);
                continue;
            }
            glBindTexture(GL_TEXTURE_2D, static_cast<unsigned>(command.GetTexID()));
            auto const first = static_cast<std::uintptr_t>(command.IdxOffset) * sizeof(ImDrawIdx);
            glDrawElements(GL_TRIANGLES, static_cast<int>(command.ElemCount), GL_UNSIGNED_INT, reinterpret_cast<void const*>(first));
        }
    }
    return true;
}

} // namespace platform
