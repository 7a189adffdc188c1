#pragma once

#include <future>
#include <sys/resource.h>
#include <thread>

// From now on this thread has the processor when those that answer calls leave it. Linux keeps a niceness for each thread.
inline void run_in_background()
{
    constexpr int lowest = 19;
    (void)::setpriority(PRIO_PROCESS, 0, lowest); // fails for nobody: it only ever gets lower
}

// What `f` answers or throws, from a thread of its own that runs so: for work beside which 50 µs are nothing. std::system_error when the
// system has no more threads for us.
template <typename F>
auto in_background(F&& f) -> decltype(f())
{
    std::packaged_task<decltype(f())()> task([&f] {
        run_in_background();
        return f();
    });
    auto result = task.get_future();
    std::thread(std::ref(task)).join();
    return result.get();
}
