#pragma once

#include <string_view>
#include <vector>

struct EmbeddedFile {
    char const* name; // without folder
    char const* content;
};

// Files that are part of the binary, by name in order: migrations and the agent's settings.
std::vector<EmbeddedFile> const& embedded_files();
