// isolate/machine/restart.h - why a machine starts, and when it may.
// One that died, or could not be started, is started again by the host's systemd, unless its Pod says Never (Restart= of its
// unit). This is the pace of it, the kubelet's: at once the first time, then after a second, which doubles each time up to
// five minutes; one that ran for ten minutes begins anew. RUNDIR/machines/NAME/restarts remembers from start to start, and
// boot-error beside it says why the machine does not run.
#ifndef ISOLATE_MACHINE_RESTART_H
#define ISOLATE_MACHINE_RESTART_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "pkg/sys/host.h"

#include <stdint.h>

typedef enum StartCause {
	START_BY_HOST, // the host boots, and this is the first start since
	START_BY_WISH, // somebody's: all that the last run remembered is forgotten
	START_AGAIN,   // the machine died, or could not be started: its run goes on
} StartCause;

// Called first at every start, when systemd has the unit's processes gone: finds out why it is, and returns when it may go
// on. What a machine left behind that died is put right before.
MUST_CHECK bool restart_wait_turn(const Host *host, const char *name, StartCause *ret,
				  Error *error);
// What a restart waits that so many others came before, each soon after the other. Pure.
uint64_t restart_pause_ms(uint64_t count);

// Whatever starts the machine next, it is somebody's wish.
MUST_CHECK bool restart_note_wish(const Host *host, const char *name, Error *error);

// Why the machine does not run, in words; until restart_note_success or the next wish.
MUST_CHECK bool restart_note_failure(const Host *host, const char *name, const char *words,
				     Error *error);
// All that the host could do for the start is done.
MUST_CHECK bool restart_note_success(const Host *host, const char *name, Error *error);
// The words, or NULL.
const char *restart_failure(const Host *host, const char *name, Arena *arena);

#endif
