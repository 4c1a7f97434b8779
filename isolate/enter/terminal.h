// isolate/enter/terminal.h - our terminal, while it shows that of a command.
#ifndef ISOLATE_ENTER_TERMINAL_H
#define ISOLATE_ENTER_TERMINAL_H

#include "pkg/base/error.h"

#include <sys/ioctl.h>
#include <termios.h>

typedef struct Terminal {
	bool is_raw;
	struct termios before; // of our stdin, when is_raw
} Terminal;

// Puts our terminal into raw mode, where stdin is one.
MUST_CHECK bool terminal_open(Terminal *terminal, Error *error);
// Gives it back; accepts a zeroed object.
void terminal_close(Terminal *terminal);
#define CLEANUP_TERMINAL CLEANUP(terminal_close) Terminal

// Ours is a shell's just now, and we run behind its back: who reads it is stopped.
bool terminal_is_others(void);
// The size of ours; false, and zeros, when we have none.
bool terminal_size(struct winsize *ret);
// The terminal behind `master` becomes as large as ours.
void terminal_resize(int master);

#endif
