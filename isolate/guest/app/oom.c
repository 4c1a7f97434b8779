#include "isolate/guest/app/oom.h"

#include "isolate/guest/base/line.h"

enum {
	FILE_BYTES = 4096
};

static bool read_file(const char *path, char text[FILE_BYTES])
{
	const int fd = sys_open(AT_FDCWD, path, O_RDONLY, 0);
	if (fd < 0)
		return false;
	const long length = sys_read(fd, text, FILE_BYTES - 1);
	sys_close(fd);
	text[length > 0 ? length : 0] = '\0';
	return length > 0;
}

// What follows `key` at the beginning of a line.
static const char *find(const char *text, const char *key)
{
	for (bool is_start = true; *text; is_start = *text++ == '\n') {
		const char *rest = is_start ? text_after(text, key) : NULL;
		if (rest)
			return rest;
	}
	return NULL;
}

uint64_t oom_kills(void)
{
	char text[FILE_BYTES];
	const char *cgroup = read_file("/proc/self/cgroup", text) ? find(text, "0::") : NULL;
	if (!cgroup)
		return 0;
	size_t length = 0;
	while (cgroup[length] && cgroup[length] != '\n')
		length++;

	Line path;
	path.length = 0;
	line_add(&path, "/sys/fs/cgroup");
	line_add_bytes(&path, cgroup, length);
	line_add(&path, "/memory.events");
	const char *count = read_file(path.text, text) ? find(text, "oom_kill ") : NULL;
	return count ? text_number(count, NULL) : 0;
}
