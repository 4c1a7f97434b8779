#include "pkg/sys/interrupt.h"

#include <signal.h>

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
