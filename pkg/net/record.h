// pkg/net/record.h - the files of the pod network below RUN_DIR: a reboot forgets them together with what they describe.
// network.lock   one writer at a time
// network.ready  what network_ensure has put in place; compared with the kernel's state before it is believed
// network.ports  who has published what (publication.h)
#ifndef PKG_NET_RECORD_H
#define PKG_NET_RECORD_H

#include "pkg/net/publication.h"

// Waits for the lock; it is released when the descriptor is closed, however the process ends.
MUST_CHECK bool record_lock(const char *run_dir, int *ret_fd, Error *error);

// "" when there is no file.
MUST_CHECK bool record_load_ready(const char *run_dir, Arena *arena, const char **ret,
				  Error *error);
MUST_CHECK bool record_save_ready(const char *run_dir, const char *text, Error *error);

// No entries when there is no file.
MUST_CHECK bool record_load_ports(const char *run_dir, Arena *arena, Publications *ret,
				  Error *error);
MUST_CHECK bool record_save_ports(const char *run_dir, const Publications *publications,
				  Error *error);

#endif
