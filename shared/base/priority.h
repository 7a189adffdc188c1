#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <sched.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

// How Linux gives this thread, and those that it starts, the processor: its niceness, and how long a turn it asks for. Who asks for a
// shorter one than its neighbour takes over sooner when it wakes (Linux 6.12; before that the length is ignored).
inline void set_turns(std::int32_t niceness, std::chrono::nanoseconds turn)
{
    struct {
        std::uint32_t size, policy;
        std::uint64_t flags;
        std::int32_t niceness;
        std::uint32_t priority;
        std::uint64_t turn, deadline, period;
    } const attributes{sizeof attributes, SCHED_OTHER, 0, niceness, 0, static_cast<std::uint64_t>(turn.count()), 0, 0};
    (void)::syscall(SYS_sched_setattr, 0, &attributes, 0); // fails for nobody who gets nicer; without it all is as well, and slower
}

// What calls wait for.
inline void run_promptly()
{
    set_turns(0, std::chrono::microseconds(100));
}

// Signups, consoles: nobody on the telephone waits for them.
inline void run_behind_calls()
{
    set_turns(5, std::chrono::milliseconds(1));
}

// From now on this thread has the processor when those that answer calls leave it.
inline void run_in_background()
{
    constexpr std::chrono::nanoseconds as_the_system_likes{0};
    set_turns(19, as_the_system_likes);
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
