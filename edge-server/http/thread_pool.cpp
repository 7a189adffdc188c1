#include "edge-server/http/thread_pool.h"

#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

namespace http {

namespace {

constexpr std::chrono::seconds idle_time{10};

}

ThreadPool::ThreadPool(std::size_t floor, std::size_t ceiling, std::size_t queue_limit, std::function<void()> prepare)
    : m_floor(floor), m_ceiling(ceiling), m_queue_limit(queue_limit), m_prepare(std::move(prepare))
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

bool ThreadPool::submit(std::function<void()> work)
{
    std::lock_guard const lock(m_mutex);
    if (m_stopping || m_queue.size() >= m_queue_limit) return false;
    m_queue.push_back(std::move(work));
    if (m_idle < m_queue.size() && !add_thread() && m_threads == 0) {
        m_queue.pop_back();
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
    return m_queue.size() > m_idle || m_stopping;
}

std::size_t ThreadPool::threads() const
{
    std::lock_guard const lock(m_mutex);
    return m_threads;
}

std::size_t ThreadPool::queued() const
{
    std::lock_guard const lock(m_mutex);
    return m_queue.size();
}

void ThreadPool::run_thread()
{
    m_prepare();
    std::unique_lock lock(m_mutex);
    m_is_growing = false;
    if (m_queue.size() > m_idle + 1) add_thread();
    for (;;) {
        ++m_idle;
        bool const woken = m_wake.wait_for(lock, idle_time, [&] { return m_stopping || !m_queue.empty(); });
        --m_idle;
        if (m_queue.empty()) {
            if (!m_stopping && (woken || m_threads <= m_floor)) continue;
            if (--m_threads == 0) m_all_ended.notify_all();
            return;
        }
        auto work = std::move(m_queue.front());
        m_queue.pop_front();
        lock.unlock();
        work();
        work = nullptr;
        lock.lock();
    }
}

} // namespace http
