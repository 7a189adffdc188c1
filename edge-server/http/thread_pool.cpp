#include "edge-server/http/thread_pool.h"

#include <chrono>
#include <system_error>
#include <thread>

namespace http {

namespace {

constexpr std::chrono::seconds idle_time{10};

}

ThreadPool::ThreadPool(std::size_t floor, std::size_t ceiling, std::size_t queue_limit)
    : m_floor(floor), m_ceiling(ceiling), m_queue_limit(queue_limit)
{
}

ThreadPool::~ThreadPool()
{
    finish();
}

void ThreadPool::finish()
{
    std::unique_lock lock(m_mutex);
    m_stopping = true;
    m_wake.notify_all();
    m_all_ended.wait(lock, [&] { return m_threads == 0; });
}

bool ThreadPool::submit(std::function<void()> work, bool is_urgent)
{
    std::lock_guard const lock(m_mutex);
    if (m_stopping || waiting() >= m_queue_limit) return false;
    auto& queue = is_urgent ? m_urgent : m_others;
    queue.push_back(std::move(work));
    if (m_idle < waiting() && !add_thread() && m_threads == 0) {
        queue.pop_back();
        return false;
    }
    m_wake.notify_one();
    return true;
}

// With the lock. False: the system has no more threads for us.
bool ThreadPool::add_thread()
{
    if (m_is_growing || m_threads == m_ceiling) return true;
    try {
        std::thread([this] { run_thread(); }).detach(); // finish() waits for all of them
    } catch (std::system_error const&) {
        return false;
    }
    ++m_threads;
    m_is_growing = true;
    return true;
}

bool ThreadPool::is_pressed() const
{
    std::lock_guard const lock(m_mutex);
    return waiting() > m_idle || m_stopping;
}

std::size_t ThreadPool::threads() const
{
    std::lock_guard const lock(m_mutex);
    return m_threads;
}

std::size_t ThreadPool::queued() const
{
    std::lock_guard const lock(m_mutex);
    return waiting();
}

void ThreadPool::run_thread()
{
    std::unique_lock lock(m_mutex);
    m_is_growing = false;
    if (waiting() > m_idle + 1) add_thread();
    for (;;) {
        ++m_idle;
        bool const woken = m_wake.wait_for(lock, idle_time, [&] { return m_stopping || waiting() > 0; });
        --m_idle;
        if (waiting() == 0) {
            if (!m_stopping && (woken || m_threads <= m_floor)) continue;
            if (--m_threads == 0) m_all_ended.notify_all();
            return;
        }
        auto& queue = m_urgent.empty() ? m_others : m_urgent;
        auto work = std::move(queue.front());
        queue.pop_front();
        lock.unlock();
        work();
        work = nullptr;
        lock.lock();
    }
}

} // namespace http
