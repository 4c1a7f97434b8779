// isolate/guest/app/stdio.h - the application's standard input and outputs: pipes, or a terminal of its own.
// The outputs are pipes, because /dev/stdout of a journal socket cannot be opened again. Standard input is /dev/null; with
// SPEC_STDIN a pipe that nobody writes to and that we hold open. With SPEC_TERMINAL all three are a terminal in the
// application's own /dev/pts: its child makes it and hands us both ends, of which we keep the application's open, so that
// the terminal outlives whoever closes it.
#ifndef ISOLATE_GUEST_APP_STDIO_H
#define ISOLATE_GUEST_APP_STDIO_H

#include "isolate/guest/app/application.h"
#include "isolate/guest/base/failure.h"

typedef struct Stdio {
	int in[2]; // both ends of each; -1: none
	int out[2];
	int err[2];
	int handover[2]; // a socket: the terminal comes out of the child
} Stdio;

// What we keep of it: -1 where there is none.
typedef struct StdioKept {
	int in;  // to be held open
	int out; // to be read; does not block
	int err;
} StdioKept;

// Before the child. False with the reason; nothing is open then.
bool stdio_open(const Application *application, Stdio *ret, SpecFailure *failure);
// In the child, in the application's view: connects descriptors 0 to 2.
bool stdio_connect(const Application *application, const Stdio *stdio, SpecFailure *failure);
// After the child has connected it: closes what is the child's.
void stdio_keep(Stdio *stdio, StdioKept *ret);
void stdio_close(const Stdio *stdio);

#endif
