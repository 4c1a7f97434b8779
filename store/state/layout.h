// store/state/layout.h - where things live below the data directory, and what may be a name there.
// One table says every directory of DATADIR; no other file spells one out. Names become path components and parts of
// unit names: they are checked before they come near a path, in removals and look-ups as much as in creations.
#ifndef STORE_STATE_LAYOUT_H
#define STORE_STATE_LAYOUT_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "pkg/sys/host.h"

#include <stdint.h>

// The directories of DATADIR.
typedef enum LayoutDirectory {
	LAYOUT_ROOT,       // DATADIR itself
	LAYOUT_STATE,      // state/NAME: the record of a machine
	LAYOUT_CONTAINERS, // containers/NAME/: its writable layers and generations
	LAYOUT_ROOTFS,     // fs/NAME/: imported root file systems
	LAYOUT_VOLUMES,    // volumes/CLAIM/
	LAYOUT_PODS,       // pods/NAME: networks made by `sdme pod new`
	LAYOUT_SECRETS,    // secrets/NAME, secrets/.key
	LAYOUT_CONFIGMAPS, // configmaps/NAME
	LAYOUT_IMAGES,     // images/: what registries gave
	LAYOUT_LOCKS,      // locks/KIND/NAME.lock
	LAYOUT_SLOTS,      // slots/NUMBER: a symlink to the machine's name
	LAYOUT_DIRECTORY_COUNT,
} LayoutDirectory;

// Changes when an older sdme could no longer use the directory; DATADIR/version holds it.
#define LAYOUT_VERSION 1

// Makes DATADIR and its directories with their modes; what exists is kept, a mode that is too open is narrowed.
// Fails with ERROR_UNSUPPORTED when a newer sdme made it, and with ERROR_EXISTS when it is a directory of something else.
MUST_CHECK bool layout_prepare(const Host *host, Error *error);
// The same for RUNDIR, which is root's alone as well.
MUST_CHECK bool layout_prepare_run(const Host *host, Error *error);

// What tells one data directory from another wherever each is mounted: DATADIR/id, written once by layout_prepare. "" for a
// directory that is none.
const char *layout_id(const char *data_dir, Arena *arena);
// True when both paths lead to one directory, by a link or a mount.
bool layout_is_same(const char *data_dir, const char *other);

// The path of a directory, and of something in it. `name` has been checked.
const char *layout_path(const Host *host, LayoutDirectory directory, Arena *arena);
const char *layout_path_of(const Host *host, LayoutDirectory directory, const char *name,
			   Arena *arena);
// The file name for `name` where something is added to it (a lock's ".lock", a temporary file's PID): `name` itself, or a
// shortened form with a hash when it is too long for that. Two dots in a row mark the shortened form; names have none.
const char *layout_file_name(const char *name, Arena *arena);
// Opens one of the directories, to be the root of *at() calls. One that layout_prepare has not made yet is
// ERROR_NOT_FOUND.
MUST_CHECK bool layout_open(const Host *host, LayoutDirectory directory, int *ret_fd, Error *error);

// A machine: a label of at most 63 bytes, [a-z0-9] at both ends, [a-z0-9-] between. It is a host name, a unit instance
// and a directory.
MUST_CHECK bool name_check_machine(const char *name, Error *error);
// A root file system, an image name in fs/: as a machine, and dots and underscores between. Anything with a
// leading dot is ours.
MUST_CHECK bool name_check_rootfs(const char *name, Error *error);
// A Kubernetes object (ConfigMap, Secret, claim): an RFC 1123 subdomain of at most 253 bytes, refused with the API
// server's words.
MUST_CHECK bool name_check_object(const char *name, Error *error);
// The API server's words about `name` as an RFC 1123 label or subdomain; NULL when it is one.
const char *name_problem_label(const char *name);
const char *name_problem_subdomain(const char *name);

#endif
