// Dear ImGui's build settings; every file that includes imgui.h sees them.
#pragma once

#define IMGUI_DISABLE_OBSOLETE_FUNCTIONS
#define IMGUI_DISABLE_DEMO_WINDOWS
#define IMGUI_DISABLE_DEBUG_TOOLS
#define IMGUI_DISABLE_DEFAULT_FONT
#define IMGUI_DISABLE_DEFAULT_SHELL_FUNCTIONS
#define IMGUI_DISABLE_FILE_FUNCTIONS
#define IMGUI_USE_WCHAR32
#define ImDrawIdx unsigned int // WebGL2 has no vertex offset, and a long list passes 65,535 vertices
#ifndef __EMSCRIPTEN__
#define IMGUI_ENABLE_TEST_ENGINE // a test asks for every item; see platform/item_hooks.h
#endif
