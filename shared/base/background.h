#pragma once

#include <sched.h>
#include <sys/resource.h>

// From now on this thread has less of the processor than those that answer calls. Linux keeps a niceness for each thread.
inline void run_in_background()
{
    constexpr int niceness = 10;
    (void)::setpriority(PRIO_PROCESS, 0, niceness); // fails for nobody: it only ever gets lower
}

// From now on it has the processor only while no other thread wants it, and gives it up at once. For work that holds no lock.
inline void run_in_gaps()
{
    sched_param const none{};
    (void)::sched_setscheduler(0, SCHED_IDLE, &none);
}
