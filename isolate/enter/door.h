// isolate/enter/door.h - the way into an application: whatever must be opened while we are still outside.
// Two processes go through it after each other. The first one joins cgroup, namespaces and root directory; its child is
// in the pid namespace, too, and executes a sealed copy of sdme-isolate, which becomes the command.
#ifndef ISOLATE_ENTER_DOOR_H
#define ISOLATE_ENTER_DOOR_H

#include "isolate/enter/enter.h"

typedef struct Door {
	int process;    // pidfd
	int root;       // its root directory
	int cgroup;     // cgroup.procs of the cgroup to join, or -1
	int program;    // sealed copy of sdme-isolate
	int spec;       // sealed specification
	int namespaces; // CLONE_NEW… flags
	int started[2]; // pipe: the pid of the command
	int failure[2]; // pipe: a SpecFailure
	int channel[2]; // sockets: the master of the terminal
} Door;

// All descriptors are -1.
#define DOOR_CLOSED ((Door){ -1, -1, -1, -1, -1, 0, { -1, -1 }, { -1, -1 }, { -1, -1 } })

MUST_CHECK bool door_open(const Enter *enter, Door *ret, Error *error);
void door_close(Door *door);
#define CLEANUP_DOOR CLEANUP(door_close) Door

// The first process. Its child is our caller's child; the channels tell the pid of it, or why there is none.
NORETURN void door_go_through(const Door *door, const Enter *enter);
// The master of the command's terminal, or -1.
int door_receive_terminal(const Door *door);

#endif
