#pragma once

#include <cstddef>
#include <string>
#include <vector>

// Something of which there is never more than so much, and how much of it is taken at present.
struct Bound {
    std::string of;
    std::size_t taken = 0;
    std::size_t limit = 0;
};
using Bounds = std::vector<Bound>;
