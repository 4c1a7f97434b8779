#include "isolate/plan/device.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"

// What sdme-isolate makes there (isolate/guest/app/device.c), but for /dev/shm and /dev/net/tun: volumes may replace those.
static const char *const provided[] = {
	"null",   "zero", "full",  "random", "urandom", "tty",  "pts",
	"mqueue", "fd",   "stdin", "stdout", "stderr",  "ptmx",
};

bool device_is_nameable(const char *path)
{
	CLEANUP_ARENA scratch = arena_new();
	return text_starts_with(path, "/dev/") && text_equal(path_clean(scratch, path), path) &&
	       !path_has_dotdot(path) &&
	       text_has_only(path, "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._:+@=,-");
}

bool device_is_provided(const char *path)
{
	CLEANUP_ARENA scratch = arena_new();
	for (size_t i = 0; i < COUNT(provided); i++) {
		if (path_is_below(path, path_join(scratch, "/dev", provided[i])))
			return true;
	}
	return false;
}
