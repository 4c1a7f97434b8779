#include "pkg/sys/interrupt.h"

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

bool interrupt_poll(struct pollfd *fds, size_t count, uint64_t timeout_us, int *ret_ready,
		    Error *error)
{
	const struct timespec left = { .tv_sec = (time_t)(timeout_us / 1000000),
				       .tv_nsec = (long)(timeout_us % 1000000 * 1000) };
	// Outside of ppoll the signals are held back, so that one arrives before the check or during the sleep.
	sigset_t held, before;
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	const int refused = pthread_sigmask(SIG_BLOCK, &held, &before);
	if (refused != 0)
		return error_set_errno(error, refused, "hold back signals");

	int ready = -1, problem = EINTR;
	if (arrived == 0) {
		ready = ppoll(fds, count, timeout_us == UINT64_MAX ? NULL : &left, &before);
		problem = errno;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!interrupt_check(error))
		return false;
	if (ready < 0 && problem != EINTR)
		return error_set_errno(error, problem, "poll");
	*ret_ready = ready < 0 ? 0 : ready;
	return true;
}
