// isolate/enter/gate.h - the seccomp program of an application, for a command that is still on its way in.
// sdme-isolate takes the program on before the command has a number inside (isolate/guest/app/exec.h). What is left to do
// then, fork, a session, a terminal, may be what the program forbids. So the copy that a command gets lets these few
// calls pass, each with one meaning, when their sixth argument, which means nothing to the kernel, is a number that was
// drawn by lot for this command and is forgotten when it executes. Everything else is the program's to decide. Who could
// read it off the command in that moment, which takes SYS_PTRACE and the host's user namespace, may have it do just that.
#ifndef ISOLATE_ENTER_GATE_H
#define ISOLATE_ENTER_GATE_H

#include "pkg/base/text.h"

#include <stdint.h>

// Appends the program with the gate in front. An empty program stays empty.
void gate_print(Span program, uint64_t password, Buffer *ret);

#endif
