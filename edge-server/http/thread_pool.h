#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

namespace http {

// Threads as needed between a floor and a ceiling; one that finds no work for a while ends. A crowd's threads are made one by the other,
// so that who submits never waits for more than one.
class ThreadPool {
public:
    // `prepare`: on each thread before its first work.
    ThreadPool(std::size_t floor, std::size_t ceiling, std::size_t queue_limit, std::function<void()> prepare);
    ~ThreadPool(); // finishes

    ThreadPool(ThreadPool const&) = delete;
    ThreadPool& operator=(ThreadPool const&) = delete;

    bool submit(std::function<void()> work); // false when the queue is full
    bool is_pressed() const; // work waits and no thread is free
    std::size_t threads() const;
    std::size_t queued() const;
    void finish(); // takes no more work; waits for what runs and is queued

private:
    void run_thread();
    bool add_thread();

    std::size_t const m_floor;
    std::size_t const m_ceiling;
    std::size_t const m_queue_limit;
    std::function<void()> const m_prepare;
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::condition_variable m_all_ended;
    std::deque<std::function<void()>> m_queue;
    std::size_t m_threads = 0;
    std::size_t m_idle = 0;
    bool m_is_growing = false; // a thread has been made that has not begun
    bool m_stopping = false;
};

} // namespace http
