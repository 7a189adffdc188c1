#pragma once

#include <vector>

namespace platform {

// Where Dear ImGui's item hooks write the id of every item of a frame, for a test that no item is forgotten in the mirror;
// null in a program. Native builds only.
extern std::vector<unsigned>* recorded_items;

} // namespace platform
