#include "isolate/log/part.h"

#include "isolate/guest/log_format.h"
#include "pkg/base/number.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"

#include <fcntl.h>
#include <inttypes.h>

// The setting container_log_max_files allows a thousand, of each of two instances.
#define ENTRIES_MAX 4096
#define NUMBER_MAX  ((uint64_t)INT64_MAX)

// The number in front of `dot`, as it is printed.
static bool parse_number(const char *text, const char *dot, Arena *scratch, uint64_t *ret)
{
	CLEANUP_ERROR ignored = { 0 }; // then it is no name of ours
	const char *digits = arena_strndup(scratch, text, (size_t)(dot - text));
	return number_parse_u64(digits, "part", NUMBER_MAX, ret, &ignored) &&
	       text_equal(digits, arena_printf(scratch, "%" PRIu64, *ret));
}

bool app_log_part_parse(const char *name, AppLogPart *ret)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *first = strchr(name, '.');
	const char *second = first ? strchr(first + 1, '.') : NULL;
	AppLogPart part = { 0 };
	if (!second || !text_equal(second, LOG_FILE_SUFFIX) ||
	    !parse_number(name, first, scratch, &part.instance) ||
	    !parse_number(first + 1, second, scratch, &part.number))
		return false;
	*ret = part;
	return true;
}

static bool is_before(const AppLogPart *left, const AppLogPart *right)
{
	return left->instance != right->instance ? left->instance < right->instance
						 : left->number < right->number;
}

static void sort(AppLogParts *parts)
{
	for (size_t i = 1; i < parts->count; i++) {
		const AppLogPart part = parts->items[i];
		size_t to = i;
		for (; to > 0 && is_before(&part, &parts->items[to - 1]); to--)
			parts->items[to] = parts->items[to - 1];
		parts->items[to] = part;
	}
}

bool app_log_parts_list(int directory, Arena *arena, AppLogParts *ret, Error *error)
{
	Texts names = { 0 };
	AppLogParts parts = { 0 };
	if (!file_list_at_most(directory, ".", ENTRIES_MAX, arena, &names, error))
		return error_wrap(error, "look for the log");
	for (size_t i = 0; i < names.count; i++) {
		AppLogPart part = { 0 };
		if (app_log_part_parse(names.items[i], &part))
			*app_log_parts_push(arena, &parts) = part;
	}
	sort(&parts);
	*ret = parts;
	return true;
}

bool app_log_part_open(int directory, AppLogPart part, int *ret_fd, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *name = arena_printf(scratch, "%" PRIu64 ".%" PRIu64 LOG_FILE_SUFFIX,
					part.instance, part.number);
	*ret_fd = -1;
	return file_open_plain_beneath(directory, name, ret_fd, error) ||
	       error_forgive(error, ERROR_NOT_FOUND) || error_forgive(error, ERROR_INVALID);
}

bool app_log_part_is_open(int fd)
{
	struct flock lock = { .l_type = F_RDLCK };
	return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}
