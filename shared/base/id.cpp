#include "shared/base/id.h"
#include "shared/base/time.h"

#include <array>
#include <cstdint>
#include <mutex>
#include <random>

namespace {

// Random bits of RFC 9562's version 7; the 12 bits behind the time count within a millisecond.
struct Sequence {
    std::mutex mutex;
    std::random_device device;
    std::mt19937_64 random{(std::uint64_t{device()} << 32) ^ device()};
    std::int64_t milliseconds = 0;
    std::uint32_t count = 0;
};

} // namespace

std::string new_id()
{
    static Sequence sequence;
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    {
        std::lock_guard const lock(sequence.mutex);
        auto const present = now().milliseconds;
        if (present > sequence.milliseconds) {
            sequence.milliseconds = present;
            sequence.count = static_cast<std::uint32_t>(sequence.random() & 0x3FF);
        } else if (++sequence.count > 0xFFF) {
            ++sequence.milliseconds; // borrowed from the next one
            sequence.count = 0;
        }
        high = (static_cast<std::uint64_t>(sequence.milliseconds) << 16) | 0x7000 | sequence.count;
        low = (sequence.random() & 0x3FFF'FFFF'FFFF'FFFF) | 0x8000'0000'0000'0000;
    }
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (int i = 0; i < 32; ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
        auto const word = i < 16 ? high : low;
        text += digits[(word >> (60 - 4 * (i % 16))) & 0xF];
    }
    return text;
}
