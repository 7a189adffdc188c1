#include "web-client/platform/item_hooks.h"

#include <imgui.h>
#include <imgui_internal.h>

namespace platform {

std::vector<unsigned>* recorded_items = nullptr;

} // namespace platform

#ifdef IMGUI_ENABLE_TEST_ENGINE

void ImGuiTestEngineHook_ItemAdd(ImGuiContext* context, ImGuiID id, ImRect const& area, ImGuiLastItemData const*)
{
    bool const is_window = !context->CurrentWindow || context->CurrentWindow->IsFallbackWindow || area.GetSize().x <= 0;
    if (platform::recorded_items && id != 0 && !is_window) platform::recorded_items->push_back(id);
}

void ImGuiTestEngineHook_ItemInfo(ImGuiContext*, ImGuiID, char const*, ImGuiItemStatusFlags) { }
void ImGuiTestEngineHook_Log(ImGuiContext*, char const*, ...) { }

char const* ImGuiTestEngine_FindItemDebugLabel(ImGuiContext*, ImGuiID)
{
    return nullptr;
}

#endif
