#pragma once

#include <sys/resource.h>

// From now on this thread has the processor when no thread that answers a call wants it. Linux keeps a niceness for each thread.
inline void run_in_background()
{
    constexpr int niceness = 10;
    (void)::setpriority(PRIO_PROCESS, 0, niceness); // fails for nobody: it only ever gets lower
}
