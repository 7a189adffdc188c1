#pragma once

#include <cstdint>
#include <string_view>

namespace simulator {

// Spreads a number over all 64 bits, always the same way: what looks random can be had again.
inline uint64_t mixed(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

inline uint64_t mixed(std::string_view text)
{
    uint64_t hash = text.size();
    for (unsigned char const c : text)
        hash = mixed(hash ^ c);
    return hash;
}

} // namespace simulator
