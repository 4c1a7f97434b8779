// isolate/log/part.h - the files of a container's log. The machine's root may put into their directory what it likes:
// nothing is taken for a part but a plain file of the right name, and nothing makes us wait. Private to the logs.
#ifndef ISOLATE_LOG_PART_H
#define ISOLATE_LOG_PART_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "pkg/base/vec.h"

#include <stdint.h>

typedef struct AppLogPart {
	uint64_t instance;
	uint64_t number;
} AppLogPart;
VEC_DECLARE(AppLogParts, app_log_parts, AppLogPart);

// "3.0.log". False for another name.
bool app_log_part_parse(const char *name, AppLogPart *ret);
// All of them, the oldest first. Fails with ERROR_LIMIT when there are more files than we ever make.
MUST_CHECK bool app_log_parts_list(int directory, Arena *arena, AppLogParts *ret, Error *error);
// *ret_fd: -1 when it is gone, or no plain file.
MUST_CHECK bool app_log_part_open(int directory, AppLogPart part, int *ret_fd, Error *error);
// Whether somebody writes it: if not, it is complete, and so is its instance unless there is a next part.
bool app_log_part_is_open(int fd);

#endif
