#include "pkg/sys/kernel/mount_table.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"

#include <fcntl.h>
#include <string.h>

// A hundred machines on a host with a thousand mounts have some 10 MiB.
#define TABLE_BYTES_MAX (64 * 1024 * 1024)

#define FIELD_MOUNT_POINT 4

static bool is_octal(const char *digits)
{
	return strspn(digits, "01234567") >= 3;
}

// The kernel writes blanks and backslashes as "\040" (seq_path(9)).
static const char *unescape(const char *text, size_t length, Arena *arena)
{
	char *plain = arena_strndup(arena, text, length);
	char *end = plain;
	for (const char *c = plain; *c; c++) {
		if (*c != '\\' || !is_octal(c + 1)) {
			*end++ = *c;
			continue;
		}
		*end++ = (char)((c[1] - '0') * 64 + (c[2] - '0') * 8 + (c[3] - '0'));
		c += 3;
	}
	*end = '\0';
	return plain;
}

static const char *skip_fields(const char *line, size_t count)
{
	for (; count > 0; count--) {
		line += strcspn(line, " \n");
		line += *line == ' ';
	}
	return line;
}

// "36 35 98:0 /root /mnt/point rw,noatime master:1 - ext4 /dev/sda1 rw"
static MountEntry parse_line(const char *line, Arena *arena)
{
	const char *path = skip_fields(line, FIELD_MOUNT_POINT);
	const char *separator = strstr(path, " - ");
	const char *type = separator ? separator + strlen(" - ") : "";
	return (MountEntry){ unescape(path, strcspn(path, " \n"), arena),
			     arena_strndup(arena, type, strcspn(type, " \n")) };
}

void mount_table_parse(const char *table, const char *path, Arena *arena, MountEntries *ret)
{
	MountEntry own = { "/", "" };
	MountEntries below = { 0 };
	for (const char *line = table; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const MountEntry entry = parse_line(line, arena);
		if (path_is_below(path, entry.path) && strlen(entry.path) >= strlen(own.path))
			own = entry;
		else if (path_is_below(entry.path, path))
			*mount_entries_push(arena, &below) = entry;
	}
	*mount_entries_push(arena, ret) = own;
	for (size_t i = 0; i < below.count; i++)
		*mount_entries_push(arena, ret) = below.items[i];
}

bool mount_table_below(const char *path, Arena *arena, MountEntries *ret, Error *error)
{
	const char *table = NULL;
	if (!file_read(AT_FDCWD, "/proc/self/mountinfo", TABLE_BYTES_MAX, arena, &table, NULL,
		       error))
		return false;
	mount_table_parse(table, path, arena, ret);
	return true;
}
