// isolate/guest/app/launch.h - the process that becomes the application.
#ifndef ISOLATE_GUEST_APP_LAUNCH_H
#define ISOLATE_GUEST_APP_LAUNCH_H

#include "isolate/guest/app/application.h"
#include "isolate/guest/app/stdio.h"
#include "isolate/guest/base/failure.h"

typedef struct Launched {
	int pid;
	StdioKept stdio;
} Launched;

// Starts the application in its namespaces, with the machine's directory `root` as its root, and returns once it executes. False with the reason when it does not; the
// process is gone then.
bool launch(const Application *application, const char *root, Launched *ret, SpecFailure *failure);

// Makes the calling process what the application is: umask, signals, user, confinement.
bool launch_become(const Application *application, SpecFailure *failure);
// Executes the application's program. Returns only on failure.
void launch_execute(const Application *application, SpecFailure *failure);

// Blocks every signal; they are read from a signalfd instead.
void launch_block_signals(void);

#endif
