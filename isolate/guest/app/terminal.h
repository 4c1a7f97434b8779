// isolate/guest/app/terminal.h - a terminal in the application's own /dev/pts.
#ifndef ISOLATE_GUEST_APP_TERMINAL_H
#define ISOLATE_GUEST_APP_TERMINAL_H

#include "isolate/guest/app/application.h"
#include "isolate/guest/base/failure.h"

#include <asm/termios.h>

// A new one of this size, whose slave is the application's user's. In the application's root directory, as root.
bool terminal_open(const SpecHeader *header, struct winsize size, int *ret_master, int *ret_slave,
		   SpecFailure *failure);
// The slave becomes descriptors 0 to 2.
void terminal_take(int slave);

#endif
