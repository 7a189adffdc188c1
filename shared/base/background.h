#pragma once

#include <sys/resource.h>

// From now on this thread has the processor when those that answer calls leave it. Linux keeps a niceness for each thread.
inline void run_in_background()
{
    constexpr int lowest = 19;
    (void)::setpriority(PRIO_PROCESS, 0, lowest); // fails for nobody: it only ever gets lower
}
