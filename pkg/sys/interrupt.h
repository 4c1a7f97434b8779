// pkg/sys/interrupt.h - SIGINT and SIGTERM as a question.
// The first signal sets a flag, which long loops and waits look at; the second one ends the process at once, because
// the handler restores the default action. The handler is installed without SA_RESTART: blocking calls return EINTR.
#ifndef PKG_SYS_INTERRUPT_H
#define PKG_SYS_INTERRUPT_H

#include "pkg/base/error.h"

// Installs the handlers. Once, by main.
void interrupt_install(void);
// 0, SIGINT or SIGTERM.
int interrupt_signal(void);
// False with ERROR_INTERRUPTED once a signal has arrived: call between the steps of long work.
MUST_CHECK bool interrupt_check(Error *error);

#endif
