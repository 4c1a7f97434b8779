#include "pkg/sys/interrupt.h"

#include "pkg/base/clock.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

static volatile sig_atomic_t arrived;

static void note(int signal_number)
{
	arrived = signal_number;
}

void interrupt_install(void)
{
	struct sigaction action = { .sa_handler = note, .sa_flags = (int)SA_RESETHAND };
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

int interrupt_signal(void)
{
	return arrived;
}

bool interrupt_check(Error *error)
{
	if (arrived == 0)
		return true;
	return error_set(error, ERROR_INTERRUPTED, "interrupted");
}

// A signal wakes one thread; the others look for it this often.
#define LOOK_US 250000

// ppoll(2) until the deadline; other signals than ours only start it again. -1 with errno EINTR once ours arrived.
static int poll_until(struct pollfd *fds, size_t count, uint64_t deadline, const sigset_t *mask)
{
	while (arrived == 0) {
		const uint64_t now = clock_us();
		const uint64_t left = deadline > now ? deadline - now : 0;
		const bool is_last = left <= LOOK_US;
		const struct timespec sleep = { .tv_nsec =
							(long)(is_last ? left : LOOK_US) * 1000 };
		const int ready = ppoll(fds, count, &sleep, mask);
		if (ready > 0 || (ready == 0 && is_last) || (ready < 0 && errno != EINTR))
			return ready;
	}
	errno = EINTR;
	return -1;
}

bool interrupt_poll(struct pollfd *fds, size_t count, uint64_t timeout_us, int *ret_ready,
		    Error *error)
{
	// Outside of ppoll the signals are held back, so that one arrives before the check or during the sleep.
	sigset_t held, before;
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	const int refused = pthread_sigmask(SIG_BLOCK, &held, &before);
	if (refused != 0)
		return error_set_errno(error, refused, "hold back signals");

	const uint64_t deadline = timeout_us == UINT64_MAX ? UINT64_MAX : clock_us() + timeout_us;
	const int ready = poll_until(fds, count, deadline, &before);
	const int problem = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);

	if (!interrupt_check(error))
		return false;
	if (ready < 0)
		return error_set_errno(error, problem, "poll");
	*ret_ready = ready;
	return true;
}
