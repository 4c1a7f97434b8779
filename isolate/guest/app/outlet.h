// isolate/guest/app/outlet.h - our stdout, a stream that journald reads at its own pace: a copy of the log.
// For who looks with journalctl. Nothing waits for it and nothing depends on it: what journald does not take in time, or
// what is more than it shall take, is left out, which is said there. Each line carries the priority that tells the streams
// apart: <6> for stdout, <3> for stderr (sd-daemon(3), SyslogLevelPrefix=yes).
#ifndef ISOLATE_GUEST_APP_OUTLET_H
#define ISOLATE_GUEST_APP_OUTLET_H

#include "isolate/guest/base/system.h"

enum {
	OUTLET_BYTES = 32 * 1024,
};

typedef struct Outlet {
	bool is_broken;        // nobody reads it
	int64_t window_end_us; // since boot: till then it takes `lines_left` more
	uint64_t lines_left;
	uint64_t left_out; // lines since the last one that was taken
	char buffer[OUTLET_BYTES];
	size_t length;
	size_t done; // of it, written
} Outlet;

void outlet_open(Outlet *outlet);
// A line or a piece of one, without its newline. prefix: "<6>".
void outlet_add(Outlet *outlet, const char *prefix, const char *text, size_t size);
bool outlet_has_output(const Outlet *outlet);
// Writes what is taken at once.
void outlet_flush(Outlet *outlet);
// Says at last what was left out.
void outlet_finish(Outlet *outlet);

#endif
