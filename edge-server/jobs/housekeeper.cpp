#include "edge-server/jobs/housekeeper.h"
#include "shared/base/id.h"

#include <spdlog/spdlog.h>

using std::chrono::milliseconds;

namespace {

constexpr milliseconds longest_sleep{2000};
constexpr std::chrono::seconds first_look_after{30}; // the runs that a restart interrupted go first

} // namespace

Housekeeper::Housekeeper(Lines& lines, Drift& drift, Outages& outages, std::chrono::seconds between_looks)
    : m_lines(lines), m_drift(drift), m_outages(outages), m_between_looks(between_looks), m_line_worker([this] { keep_lines(); }),
      m_book_keeper([this] { keep_books(); })
{
}

Housekeeper::~Housekeeper()
{
    m_lines.stop_working();
    {
        std::lock_guard const lock(m_mutex);
        m_stopping = true;
        m_changed.notify_all();
    }
    m_line_worker.join();
    m_book_keeper.join();
}

void Housekeeper::wake()
{
    std::lock_guard const lock(m_mutex);
    ++m_calls;
    m_changed.notify_all();
}

void Housekeeper::keep_lines()
{
    auto const name = new_id();
    std::uint64_t seen = 0;
    for (;;) {
        try {
            while (m_lines.work_on_next(name)) { }
        } catch (std::exception const& failure) {
            spdlog::error("lines: {}", failure.what());
        }
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, longest_sleep, [&] { return m_stopping || m_calls != seen; });
        seen = m_calls;
        if (m_stopping) return;
    }
}

void Housekeeper::keep_books()
{
    auto due = std::chrono::steady_clock::now() + std::min(first_look_after, m_between_looks);
    while (sleep(longest_sleep)) {
        try {
            m_outages.look();
            if (std::chrono::steady_clock::now() < due) continue;
            due = std::chrono::steady_clock::now() + m_between_looks;
            if (auto const looked = m_drift.look(); !looked) spdlog::warn("drift: {}", looked.error().message);
        } catch (std::exception const& failure) {
            spdlog::error("housekeeping: {}", failure.what());
        }
    }
}

bool Housekeeper::sleep(milliseconds longest)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, longest, [&] { return m_stopping; });
    return !m_stopping;
}
