// isolate/enter/door.h - the way into an application.
// What must be opened while we are still outside is the door. The process that goes through it stays in the host's pid
// namespace, where nobody inside has a number for it. It executes a sealed copy of sdme-isolate first, so that neither our
// memory nor our executable file comes near, and only then goes in; the command is its child, and by CLONE_PARENT ours.
#ifndef ISOLATE_ENTER_DOOR_H
#define ISOLATE_ENTER_DOOR_H

#include "isolate/enter/request.h"
#include "isolate/guest/spec.h"

typedef struct Door {
	int process;    // pidfd
	int root;       // its root directory
	int cgroup;     // directory of the cgroup to join, or -1
	int program;    // sealed copy of sdme-isolate
	int spec;       // sealed specification
	int page;       // memory: a SpecExec
	int channel[2]; // sockets: the streams of the command
} Door;

// All descriptors are -1.
#define DOOR_CLOSED ((Door){ -1, -1, -1, -1, -1, -1, { -1, -1 } })

MUST_CHECK bool door_open(const Enter *enter, Door *ret, Error *error);
void door_close(Door *door);
#define CLEANUP_DOOR CLEANUP(door_close) Door

// Starts the process that goes in, in the cgroup that it joins. -1 with errno.
pid_t door_send(const Door *door, const Enter *enter);
// Our ends of the command's streams (SPEC_STREAM_…), -1 for those that it does not have. False when there are none: the
// process ends then, and the answer says why.
bool door_receive_streams(const Door *door, int ret[SPEC_STREAMS_MAX]);
// What became of it, once it has ended.
MUST_CHECK bool door_answer(const Door *door, SpecExec *ret, Error *error);

#endif
