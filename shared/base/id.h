#pragma once

#include <string>

std::string new_id(); // UUIDv7 text: sorts by the time it was made, also within a millisecond in one process
