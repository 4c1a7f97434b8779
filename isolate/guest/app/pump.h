// isolate/guest/app/pump.h - the application's output, from its pipes to the journal.
// The application gets pipes, because /dev/stdout of a journal socket cannot be opened. Both streams go to our stdout
// (one journal stream), each line with the priority that tells them apart: <6> for stdout, <3> for stderr
// (sd-daemon(3), SyslogLevelPrefix=yes). Lines of the two streams never mix; the last one is completed; NUL bytes pass.
// Lines that journald would not keep as they are get a mark (isolate/guest/mark.h).
#ifndef ISOLATE_GUEST_APP_PUMP_H
#define ISOLATE_GUEST_APP_PUMP_H

#include "isolate/guest/base/system.h"

enum {
	PUMP_STREAMS = 2,
	PUMP_FDS = PUMP_STREAMS + 1, // what pump_watch fills in
	PUMP_INPUT_BYTES = 8 * 1024, // a longer line is passed on in pieces
	PUMP_OUTPUT_BYTES = 16 * 1024,
};

typedef struct PumpStream {
	int fd; // -1: at its end
	const char *prefix;
	char data[PUMP_INPUT_BYTES];
	size_t length;
	bool is_inside; // the beginning of its line has been passed on already
} PumpStream;

typedef struct Pump {
	PumpStream streams[PUMP_STREAMS];
	PumpStream *unfinished; // whose piece of a line ended the output so far
	char output[PUMP_OUTPUT_BYTES];
	size_t output_length;
	size_t output_done;
	bool is_broken; // nobody reads our stdout: throw away, so that the application goes on
} Pump;

// Takes over the two descriptors, which must not block.
void pump_init(Pump *pump, int out, int err);
// What to wait for; members that are not wanted have fd -1.
void pump_watch(const Pump *pump, struct pollfd fds[PUMP_FDS]);
// Moves what can be moved without waiting.
void pump_work(Pump *pump, const struct pollfd fds[PUMP_FDS]);
// After the end of the application: moves what is left, completes the last lines, closes the pipes, and waits until the
// reader of our stdout has kept all of it; but not for writers that outlived the application. False when the reader
// failed: some lines may be lost.
bool pump_finish(Pump *pump);

#endif
