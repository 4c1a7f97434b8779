// isolate/guest/app/pump.h - the application's output, from its pipes to its log, and a copy to the journal.
// The application gets pipes, because /dev/stdout of a journal socket cannot be opened. Every byte arrives in the log, in
// the order of each stream.
#ifndef ISOLATE_GUEST_APP_PUMP_H
#define ISOLATE_GUEST_APP_PUMP_H

#include "isolate/guest/app/log.h"
#include "isolate/guest/app/outlet.h"

enum {
	PUMP_STREAMS = 2,
	PUMP_FDS = PUMP_STREAMS + 1, // what pump_watch fills in
	PUMP_INPUT_BYTES = 64 * 1024,
};

typedef struct PumpStream {
	int fd; // -1: at its end
	const char *name;
	const char *prefix;
	char data[PUMP_INPUT_BYTES]; // the beginning of a line
	size_t length;
} PumpStream;

typedef struct Pump {
	PumpStream streams[PUMP_STREAMS];
	Log *log;
	Outlet *outlet;
} Pump;

// Takes over the two descriptors, which must not block.
void pump_init(Pump *pump, int out, int err, Log *log, Outlet *outlet);
// What to wait for; members that are not wanted have fd -1.
void pump_watch(const Pump *pump, struct pollfd fds[PUMP_FDS]);
// Moves what can be moved without waiting.
void pump_work(Pump *pump, const struct pollfd fds[PUMP_FDS]);
// After the end of the application: moves what is left, and closes the pipes; but does not wait for writers that outlived
// the application. All of it is in the log when this returns.
void pump_finish(Pump *pump);

#endif
