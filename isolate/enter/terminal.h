// isolate/enter/terminal.h - the terminal of a command that runs elsewhere, shown on ours.
#ifndef ISOLATE_ENTER_TERMINAL_H
#define ISOLATE_ENTER_TERMINAL_H

#include "pkg/base/error.h"

#include <poll.h>
#include <termios.h>

enum {
	TERMINAL_FDS = 4,           // what terminal_watch fills in
	TERMINAL_BYTES = 16 * 1024, // on their way in one direction
};

// Bytes on their way from one descriptor to another.
typedef struct Relay {
	int from; // -1: at its end
	int to;   // -1: nobody reads any more
	char data[TERMINAL_BYTES];
	size_t length;
	size_t done;
} Relay;

typedef struct Terminal {
	Relay input;  // our stdin to the command's terminal
	Relay output; // the command's terminal to our stdout
	int master;   // not owned
	bool is_raw;
	struct termios before; // of our stdin, when is_raw
} Terminal;

// Connects stdin and stdout with `master`; puts our terminal into raw mode, where stdin is one.
MUST_CHECK bool terminal_open(Terminal *terminal, int master, Error *error);
// Gives our terminal back; accepts a zeroed object.
void terminal_close(Terminal *terminal);
#define CLEANUP_TERMINAL CLEANUP(terminal_close) Terminal

// The command's terminal becomes as large as ours.
void terminal_resize(const Terminal *terminal);
// What to wait for; members that are not wanted have fd -1.
void terminal_watch(const Terminal *terminal, struct pollfd fds[TERMINAL_FDS]);
// Moves what can be moved without waiting.
void terminal_work(Terminal *terminal, const struct pollfd fds[TERMINAL_FDS]);
// After the end of the command: shows what is left.
void terminal_finish(Terminal *terminal);

// A new terminal in the /dev/pts that the calling process sees: foreign ground, so that anything but a real one is
// refused. The slave belongs to `uid`.
MUST_CHECK bool terminal_make(uid_t uid, int *ret_master, int *ret_slave, Error *error);

#endif
