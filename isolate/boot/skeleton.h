// isolate/boot/skeleton.h - the files at the bottom of a machine's root.
// Pure. The built-in base is the host's /usr over this: links into /usr, empty directories, and the few files of /etc
// without which systemd, journald and D-Bus do not work. An imported root file system brings its own; over it lies only
// what is the machine's: its id, its name, the journal's limits.
#ifndef ISOLATE_BOOT_SKELETON_H
#define ISOLATE_BOOT_SKELETON_H

#include "pkg/base/vec.h"

#include <sys/types.h>

struct MachinePlan;

typedef enum SkeletonKind {
	SKELETON_DIRECTORY,
	SKELETON_FILE,
	SKELETON_LINK,
} SkeletonKind;

typedef struct SkeletonEntry {
	SkeletonKind kind;
	const char *path;
	const char *content; // text of the file, target of the link
	mode_t mode;
} SkeletonEntry;
VEC_DECLARE(Skeleton, skeleton, SkeletonEntry);

// In the order in which they can be made: parents first.
void skeleton_print(const struct MachinePlan *plan, Arena *arena, Skeleton *ret);

#endif
