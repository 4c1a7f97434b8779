// pkg/sys/interrupt.h - SIGINT and SIGTERM as a question.
// The first signal sets a flag, which long loops and waits look at; the second one ends the process at once, because
// the handler restores the default action. The handler is installed without SA_RESTART: blocking calls return EINTR.
#ifndef PKG_SYS_INTERRUPT_H
#define PKG_SYS_INTERRUPT_H

#include "pkg/base/error.h"

#include <poll.h>
#include <stdint.h>

// Installs the handlers. Once, by main.
void interrupt_install(void);
// 0, SIGINT or SIGTERM.
int interrupt_signal(void);
// False with ERROR_INTERRUPTED once a signal has arrived: call between the steps of long work.
MUST_CHECK bool interrupt_check(Error *error);
// As poll(2), without the gap in which a signal could arrive unnoticed between the question and the sleep.
// timeout_us: UINT64_MAX = none. *ret_ready: how many are ready, 0 when the time is up.
MUST_CHECK bool interrupt_poll(struct pollfd *fds, size_t count, uint64_t timeout_us,
			       int *ret_ready, Error *error);

#endif
