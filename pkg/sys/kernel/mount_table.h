// pkg/sys/kernel/mount_table.h - what is mounted where, as this process sees it.
#ifndef PKG_SYS_KERNEL_MOUNT_TABLE_H
#define PKG_SYS_KERNEL_MOUNT_TABLE_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "pkg/base/vec.h"

typedef struct MountEntry {
	const char *path; // where it is mounted
	const char *type; // "ext4"
} MountEntry;
VEC_DECLARE(MountEntries, mount_entries, MountEntry);

// The mount that the clean path `path` lies on, then all that are mounted below it, in the order in which they were.
MUST_CHECK bool mount_table_below(const char *path, Arena *arena, MountEntries *ret, Error *error);
// The same of a table in the format of /proc/self/mountinfo.
void mount_table_parse(const char *table, const char *path, Arena *arena, MountEntries *ret);

#endif
