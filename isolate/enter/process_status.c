#include "isolate/enter/process_status.h"

#include "pkg/base/number.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"

#include <fcntl.h>

enum {
	FILE_BYTES_MAX = 64 * 1024,
	HEXADECIMAL_DIGITS = 16
};

// What follows "key" at the beginning of a line, up to its end; NULL when there is no such line.
static const char *find_line(const char *text, const char *key, Arena *arena)
{
	while (*text) {
		const size_t length = strcspn(text, "\n");
		if (text_starts_with(text, key))
			return arena_strndup(arena, text + strlen(key), length - strlen(key));
		text += length + (text[length] == '\n');
	}
	return NULL;
}

// Sixteen digits, as the kernel prints capability sets.
static bool parse_set(const char *text, uint64_t *ret, Error *error)
{
	uint64_t set = 0;
	for (size_t i = 0; i < HEXADECIMAL_DIGITS; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
		if (!digit)
			return error_set(error, ERROR_INVALID, "'%s' is no set of capabilities",
					 text);
		set = set << 4 | (uint64_t)(digit - digits);
	}
	*ret = set;
	return true;
}

// "1234\t56\t1" gives 56: the numbers go from our namespace inwards.
static bool parse_machine_pid(const char *text, uint32_t *ret, Arena *arena, Error *error)
{
	text += strcspn(text, "\t");
	const char *number = *text ? arena_strndup(arena, text + 1, strcspn(text + 1, "\t")) : "0";
	return number_parse_u32(number, "NSpid", INT32_MAX, ret, error);
}

bool process_status_parse(const char *text, ProcessStatus *ret, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *bounding = find_line(text, "CapBnd:\t", scratch);
	const char *parent = find_line(text, "PPid:\t", scratch);
	const char *pids = find_line(text, "NSpid:\t", scratch);
	ProcessStatus status = { 0 };
	if (!bounding || !parent || !pids)
		return error_set(error, ERROR_INVALID, "no status of a process");
	if (!parse_set(bounding, &status.bounding, error) ||
	    !number_parse_u32(parent, "PPid", INT32_MAX, &status.parent, error) ||
	    !parse_machine_pid(pids, &status.machine_pid, scratch, error))
		return false;
	*ret = status;
	return true;
}

bool process_status_load(pid_t pid, ProcessStatus *ret, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *path = arena_printf(scratch, "/proc/%ld/status", (long)pid);
	const char *text = NULL;
	if (!file_read(AT_FDCWD, path, FILE_BYTES_MAX, scratch, &text, NULL, error) ||
	    !process_status_parse(text, ret, error))
		return error_wrap(error, "process %ld", (long)pid);
	return true;
}

const char *process_cgroup_parse(const char *text, Arena *arena)
{
	return find_line(text, "0::", arena);
}

bool process_cgroup(pid_t pid, Arena *arena, const char **ret, Error *error)
{
	const char *path = arena_printf(arena, "/proc/%ld/cgroup", (long)pid);
	const char *text = NULL;
	if (!file_read(AT_FDCWD, path, FILE_BYTES_MAX, arena, &text, NULL, error))
		return error_wrap(error, "the cgroup of process %ld", (long)pid);
	const char *cgroup = process_cgroup_parse(text, arena);
	*ret = cgroup ? path_join(arena, "/sys/fs/cgroup", cgroup + 1) : "";
	return true;
}
