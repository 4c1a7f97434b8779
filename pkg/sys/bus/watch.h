// pkg/sys/bus/watch.h - waits until something changes in directories and units, without looking again and again.
// What has changed is not told: whoever waits looks at everything again. First look, then add what there is to watch, then
// wait: a wait ends at once when something was added that was not watched before, as it may have changed in between.
// Spec: inotify(7)
#ifndef PKG_SYS_BUS_WATCH_H
#define PKG_SYS_BUS_WATCH_H

#include "pkg/sys/bus/bus.h"

typedef struct Watch Watch;

// bus: a systemd's, for units; may be NULL. The watch must be closed before it.
MUST_CHECK bool watch_open(Bus *bus, Watch **ret, Error *error);
void watch_close(Watch **watch);
#define CLEANUP_WATCH CLEANUP(watch_close) Watch *

// Names that come to the directory, or go from it; a file that is replaced does both. While there is no such directory the
// nearest above it is watched, to which it must come. A link is none. Adding it again is cheap.
MUST_CHECK bool watch_add_directory(Watch *watch, const char *path, Error *error);
// Its state, whether it is loaded or not.
MUST_CHECK bool watch_add_unit(Watch *watch, const char *unit, Error *error);
// Returns after a change since the last wait. Changes that come together are one. Fails with ERROR_INTERRUPTED.
MUST_CHECK bool watch_wait(Watch *watch, Error *error);

#endif
