#pragma once

#include "web-client/platform/platform.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace platform {

// The fonts of this machine, for names in scripts that ours lack. Looks through the usual folders when first asked.
class SystemFonts {
public:
    std::optional<SystemFont> find(unsigned character);

private:
    struct Candidate {
        std::filesystem::path file;
        int rank; // the lower, the more likely
    };
    void look();

    bool m_looked = false;
    std::vector<Candidate> m_candidates;
    std::vector<std::vector<unsigned char>> m_loaded; // what was handed out is kept
};

} // namespace platform
