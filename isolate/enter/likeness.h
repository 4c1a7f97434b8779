// isolate/enter/likeness.h - what a process inherits from who started it, taken from another one instead.
#ifndef ISOLATE_ENTER_LIKENESS_H
#define ISOLATE_ENTER_LIKENESS_H

#include "pkg/base/error.h"

#include <sys/types.h>

// The calling process gets the resource limits, the scheduling (policy, nice, processors, disk, timers), the OOM score and
// the personality of `pid`, and a session keyring of its own. Who may not raise a limit stays with the nearest that he
// may have: it is never more than that of `pid`.
MUST_CHECK bool likeness_take(pid_t pid, Error *error);

#endif
