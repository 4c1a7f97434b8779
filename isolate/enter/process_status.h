// isolate/enter/process_status.h - what /proc tells about a process: capabilities, ids of nested namespaces, its cgroup.
#ifndef ISOLATE_ENTER_PROCESS_STATUS_H
#define ISOLATE_ENTER_PROCESS_STATUS_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"

#include <stdint.h>
#include <sys/types.h>

typedef struct ProcessStatus {
	uint64_t bounding;    // CapBnd
	uint32_t parent;      // PPid: 0 when it is not in our namespace
	uint32_t machine_pid; // its number one pid namespace below ours; 0 when it is in ours
} ProcessStatus;

MUST_CHECK bool process_status_load(pid_t pid, ProcessStatus *ret, Error *error);
// The same from the text of /proc/PID/status. Fails with ERROR_INVALID.
MUST_CHECK bool process_status_parse(const char *text, ProcessStatus *ret, Error *error);

// The path of the version 2 cgroup in the text of /proc/PID/cgroup ("/machine.slice/…"); NULL when there is none.
const char *process_cgroup_parse(const char *text, Arena *arena);

// The directory of the cgroup (version 2) that the process is in, below /sys/fs/cgroup; "" when there is none.
MUST_CHECK bool process_cgroup(pid_t pid, Arena *arena, const char **ret, Error *error);

#endif
