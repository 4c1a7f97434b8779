#include "isolate/machine/restart.h"

#include "isolate/machine/generation.h"
#include "isolate/machine/machine.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

#include <fcntl.h>

TEST(restart_pauses_are_as_long_as_the_kubelet_s)
{
	static const uint64_t pauses[] = { 0,     1000,  2000,   4000,   8000,   16000,
					   32000, 64000, 128000, 256000, 300000, 300000 };
	for (size_t i = 0; i < COUNT(pauses); i++)
		CHECK(restart_pause_ms(i) == pauses[i]);
	CHECK(restart_pause_ms(UINT64_MAX) == 300000);
}

static void make_host(Test *test, Host *host)
{
	const char *top = test_directory(test);
	*host = (Host){ .data_dir = path_join(test->arena, top, "data"),
			.run_dir = path_join(test->arena, top, "run") };
	CHECK(layout_prepare(host, &test->error));
}

static void make_machine(Test *test, const Host *host)
{
	const char *generation = NULL;
	MachinePlan plan = { .name = "web", .hostname = "web", .machine_id = "", .root_fs = "" };
	PlanApp *app = plan_apps_push(test->arena, &plan.apps);
	*app = (PlanApp){ .name = "app", .image = "", .stop_signal = "SIGTERM" };
	CHECK(generation_write(host, &plan, NULL, 0, test->arena, &generation, &test->error));
	CHECK(generation_switch(host, "web", generation, &test->error));
}

static void write_record(Test *test, const Host *host, const char *text)
{
	const char *directory = path_join(test->arena, host->run_dir, "machines/web/status/app");
	CHECK(file_make_directories(AT_FDCWD, directory, 0700, &test->error));
	CHECK(file_replace_volatile(AT_FDCWD, path_join(test->arena, directory, "state"), text,
				    strlen(text), 0644, &test->error));
}

static StartCause turn(Test *test, const Host *host)
{
	StartCause cause = START_AGAIN;
	if (!restart_wait_turn(host, "web", &cause, &test->error))
		test_fail(test, __FILE__, __LINE__, "restart_wait_turn");
	return cause;
}

TEST(restart_knows_why_a_machine_starts)
{
	Host host;
	make_host(test, &host);
	make_machine(test, &host);
	CHECK(turn(test, &host) == START_BY_HOST);
	write_record(test, &host, "STATE=running\nPID=5\n");
	CHECK(!restart_failure(&host, "web", test->arena));
	CHECK(turn(test, &host) == START_AGAIN);
	CHECK_TEXT(restart_failure(&host, "web", test->arena),
		   "the machine ended unexpectedly; see journalctl -u sdme@web.service");
	// It came up, and was stopped: by systemctl, as no wish was noted.
	CHECK(restart_note_success(&host, "web", &test->error));
	write_record(test, &host, "STATE=terminated\nREASON=Completed\nSTOPPED=yes\n");
	CHECK(turn(test, &host) == START_BY_WISH);
	// It died, and somebody starts it before systemd does.
	write_record(test, &host, "STATE=running\nPID=5\n");
	CHECK(restart_note_wish(&host, "web", &test->error));
	CHECK(turn(test, &host) == START_BY_WISH);
}

TEST(restart_of_what_could_not_be_started)
{
	Host host;
	make_host(test, &host);
	make_machine(test, &host);
	CHECK(restart_note_wish(&host, "web", &test->error));
	CHECK(turn(test, &host) == START_BY_WISH);
	CHECK(restart_note_failure(&host, "web", "no such layer", &test->error));
	CHECK(turn(test, &host) == START_AGAIN);
	CHECK_TEXT(restart_failure(&host, "web", test->arena), "no such layer");
	CHECK(restart_note_wish(&host, "web", &test->error));
	CHECK(!restart_failure(&host, "web", test->arena));
}

// A start that fails again; and a file that is none does not keep the machine from starting.
TEST(restart_of_a_machine_that_is_damaged)
{
	Host host;
	const char nonsense[] = "COUNT=many\n";
	make_host(test, &host);
	CHECK(turn(test, &host) == START_BY_HOST);
	CHECK(turn(test, &host) == START_AGAIN);
	CHECK(file_replace_volatile(AT_FDCWD,
				    path_join(test->arena, host.run_dir, "machines/web/restarts"),
				    nonsense, strlen(nonsense), 0600, &test->error));
	CHECK(turn(test, &host) == START_BY_WISH);
}
