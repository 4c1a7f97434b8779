#include "pkg/base/signal.h"

#include "pkg/base/text.h"
#include "tests/unit/test.h"

#include <signal.h>

TEST(signal_names_are_those_that_systemd_reads)
{
	static const char *const rows[][2] = {
		{ "TERM", "SIGTERM" },
		{ "SIGTERM", "SIGTERM" },
		{ "sigterm", "SIGTERM" },
		{ "SigQuit", "SIGQUIT" },
		{ "15", "SIGTERM" },
		{ "9", "SIGKILL" },
		{ "3", "SIGQUIT" },
		{ "1", "SIGHUP" },
		{ "SIGWINCH", "SIGWINCH" },
		{ "RTMIN", "SIGRTMIN" },
		{ "34", "SIGRTMIN" },
		{ "SIGRTMIN+3", "SIGRTMIN+3" },
		{ "37", "SIGRTMIN+3" },
		{ "RTMAX", "SIGRTMIN+30" },
		{ "SIGRTMAX-1", "SIGRTMIN+29" },
		{ "64", "SIGRTMIN+30" },
		{ "RTMAX-30", "SIGRTMIN" },
		{ "sigusr1", "SIGUSR1" },
		// Two names for one number: systemd knows the first.
		{ "IO", "SIGIO" },
		{ "SIGPOLL", "SIGIO" },
		{ "29", "SIGIO" },
		{ "IOT", "SIGABRT" },
		{ "CLD", "SIGCHLD" },
		{ "SIGSTKFLT", "SIGSTKFLT" },
		{ "PWR", "SIGPWR" },
		{ "31", "SIGSYS" },
		{ "00015", "SIGTERM" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(signal_canonical_name(rows[i][0], test->arena), rows[i][1]);
}

TEST(signal_names_that_are_none)
{
	static const char *const texts[] = {
		"",           "0",        "65",           "32",       "33",     "SIG",
		"SIGSIGTERM", "TERM ",    " TERM",        "-15",      "+15",    "TERM\n",
		"RTMIN-1",    "RTMIN+31", "RTMAX+1",      "RTMAX-31", "RTMIN+", "RTMIN3",
		"SIGFOO",     "15.0",     "999999999999", "RTMIN+-1"
	};
	for (size_t i = 0; i < COUNT(texts); i++)
		CHECK(!signal_canonical_name(texts[i], test->arena));
}
