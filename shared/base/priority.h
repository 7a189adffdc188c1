#pragma once

#include <functional>
#include <future>
#include <sys/resource.h>
#include <thread>

// Linux keeps a niceness for each thread; new ones begin with that of the thread that makes them, and it only ever gets higher.
inline void set_niceness(int niceness)
{
    (void)::setpriority(PRIO_PROCESS, 0, niceness); // fails for nobody who gets nicer
}

// Signups, consoles: nobody on the telephone waits for them.
inline void run_behind_calls()
{
    set_niceness(5);
}

// From now on this thread has the processor when those that answer calls leave it.
inline void run_in_background()
{
    set_niceness(19);
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
