#include "edge-server/sql/warm_up.h"
#include "shared/base/priority.h"

#include <chrono>
#include <fcntl.h>
#include <memory>
#include <unistd.h>

namespace sql {

WarmUp::WarmUp(std::string const& path) : m_descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC))
{
    if (m_descriptor < 0) return; // there is no file yet
    m_thread = std::thread([this] {
        run_in_background();
        read_file();
    });
}

WarmUp::~WarmUp()
{
    m_stopping = true;
    if (m_thread.joinable()) m_thread.join();
    if (m_descriptor >= 0) ::close(m_descriptor);
}

// At most half of the memory, and no faster than half of what the disk gives.
void WarmUp::read_file() const
{
    constexpr std::size_t piece = 1 << 20;
    auto const most = static_cast<off_t>(::sysconf(_SC_PHYS_PAGES)) / 2 * ::sysconf(_SC_PAGESIZE);
    auto const buffer = std::make_unique<char[]>(piece);
    for (off_t at = 0; at < most && !m_stopping; at += piece) {
        auto const began = std::chrono::steady_clock::now();
        if (::pread(m_descriptor, buffer.get(), piece, at) <= 0) return;
        std::this_thread::sleep_for(std::chrono::steady_clock::now() - began);
    }
}

} // namespace sql
