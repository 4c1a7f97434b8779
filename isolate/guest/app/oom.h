// isolate/guest/app/oom.h - whether the kernel killed for lack of memory.
#ifndef ISOLATE_GUEST_APP_OOM_H
#define ISOLATE_GUEST_APP_OOM_H

#include <stdint.h>

// How many processes of our cgroup the kernel has killed because of its memory limit; 0 when that is unknown.
uint64_t oom_kills(void);

#endif
