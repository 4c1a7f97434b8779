#include "pkg/sys/file_watch.h"

#include "pkg/base/arena.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"

#include <sys/inotify.h>
#include <unistd.h>

#define CHANGES  (IN_CREATE | IN_MOVED_TO | IN_MODIFY | IN_CLOSE_WRITE | IN_DELETE_SELF)
#define PAUSE_US (100 * 1000)

void file_watch_open(FileWatch *watch)
{
	watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
}

void file_watch_add(FileWatch *watch, int directory)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *path = file_descriptor_path(scratch, directory);
	if (watch->fd >= 0 && inotify_add_watch(watch->fd, path, CHANGES | IN_ONLYDIR) < 0)
		file_watch_close(watch);
}

bool file_watch_wait(const FileWatch *watch, Error *error)
{
	struct pollfd one = { .fd = watch->fd, .events = POLLIN };
	int ready = 0;
	if (!interrupt_poll(&one, 1, watch->fd < 0 ? PAUSE_US : UINT64_MAX, &ready, error))
		return false;
	if (watch->fd >= 0)
		file_discard(watch->fd); // what the events say is of no interest
	return true;
}

void file_watch_close(FileWatch *watch)
{
	if (watch->fd >= 0)
		close(watch->fd);
	watch->fd = -1;
}
