// store/state/staging.h - things that are being made or unmade.
// What takes several steps is made under a hidden name, .KIND-PID-STARTTIME-RANDOM, beside the place where it will
// live, and appears there by one rename. What goes is renamed away first (kind "trash") and deleted then. A process that
// dies leaves hidden names behind; staging_collect removes those whose process is gone. The start time of the process
// is part of the name, so a PID that was given out again does not keep them alive.
#ifndef STORE_STATE_STAGING_H
#define STORE_STATE_STAGING_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "store/state/layout.h"

#include <sys/types.h>

// A new staging name of this process. kind: [a-z]+, what is being done ("import", "create").
MUST_CHECK bool staging_name(const char *kind, Arena *arena, const char **ret_name, Error *error);
// Makes a staging directory. ret_fd: the open directory.
MUST_CHECK bool staging_make_directory(int directory, const char *kind, mode_t mode, Arena *arena,
				       const char **ret_name, int *ret_fd, Error *error);
// Gives the staged thing its name, which must be free: ERROR_EXISTS otherwise. Durable when it returns.
MUST_CHECK bool staging_publish(int directory, const char *staged, const char *name, Error *error);
// Swaps the staged thing with the one that has the name (renameat2 RENAME_EXCHANGE): `staged` then names the old one.
MUST_CHECK bool staging_exchange(int directory, const char *staged, const char *name, Error *error);

// Takes `name` away: renames it to a trash name, so that it is gone at once, then deletes it. A missing name is
// ERROR_NOT_FOUND. When the deletion is interrupted the rest waits for staging_collect.
MUST_CHECK bool staging_discard(int directory, const char *name, Error *error);

// As staging_exchange for what may be in use: the old one is deleted after the next boot of the host, by staging_collect.
MUST_CHECK bool staging_replace(int directory, const char *staged, const char *name, Error *error);

// True for names of the form above, alive or not: listings leave them out.
bool staging_is_name(const char *name);
// True for them and for the temporary names of file_replace.
bool staging_is_temporary(const char *name);
// True for a staging name whose process has ended, and for what was replaced before this boot.
bool staging_is_stale(const char *name);
// Deletes all stale staging names in `directory`; ret_count (may be NULL): how many. One that cannot be deleted does not
// keep the others; then it fails.
MUST_CHECK bool staging_collect(const Host *host, LayoutDirectory directory, size_t *ret_count,
				Error *error);
// The same in an open directory.
MUST_CHECK bool staging_collect_at(int directory, size_t *ret_count, Error *error);
// The same for whoever is about to make something else: what cannot be deleted is no reason to fail, and stays for
// staging_collect to tell of.
MUST_CHECK bool staging_tidy(int directory, Error *error);

#endif
