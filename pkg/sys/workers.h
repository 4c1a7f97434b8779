// pkg/sys/workers.h - a list of independent pieces of work, done by several threads.
#ifndef PKG_SYS_WORKERS_H
#define PKG_SYS_WORKERS_H

#include <stddef.h>

// Calls work(context, worker, index) once for each index below `count`, in order of index, on at most `threads` threads
// of which the caller's is one; returns when all is done. worker: which thread, below `threads`, for what a thread keeps
// from one piece to the next. With fewer threads than wanted (the kernel gives no more) it only takes longer.
// Signals stay with the caller's thread: work looks for them with interrupt_check.
void workers_run(size_t count, size_t threads,
		 void (*work)(void *context, size_t worker, size_t index), void *context);

// How many processors this process may use; at least 1.
size_t workers_processors(void);

#endif
