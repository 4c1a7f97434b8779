#include "isolate/machine/ending.h"

#include "isolate/guest/spec.h"
#include "isolate/machine/app_status.h"
#include "isolate/machine/generation.h"
#include "isolate/machine/machine.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <unistd.h>

// Records as sdme-isolate writes them; "": never started.
#define RUNNING "STATE=running\nPID=5\n"
#define WELL    "STATE=terminated\nREASON=Completed\nEXIT_CODE=0\n"
#define BADLY   "STATE=terminated\nREASON=Error\nEXIT_CODE=3\n"
#define STOPPED "STATE=terminated\nREASON=Completed\nEXIT_CODE=0\nSTOPPED=yes\n"
#define TERMED  "STATE=terminated\nREASON=Error\nEXIT_CODE=143\nSIGNAL=15\nSTOPPED=yes\n"
#define ENDING  "STATE=running\nPID=5\nREASON=Completed\nEXIT_CODE=0\n"
#define LOOP                                                                                       \
	"STATE=waiting\nREASON=CrashLoopBackOff\nRESTARTS=4\nLAST_REASON=Error\nLAST_EXIT_CODE=1\n"

#define ALWAYS PLAN_RESTART_ALWAYS
#define RETRY  PLAN_RESTART_ON_FAILURE
#define NEVER  PLAN_RESTART_NEVER
#define NONE   ENDING_NONE
#define GOOD   ENDING_SUCCEEDED
#define BAD    ENDING_FAILED

typedef struct Row {
	PlanRestart restart;
	const char *init;    // NULL: no init container
	const char *apps[2]; // NULL: no such one
	Ending up;
	Ending down;
} Row;

static void add(Test *test, const Row *row, PlanAppKind kind, const char *text, KnownApps *apps)
{
	PlanApp *app = ARENA_NEW(test->arena, PlanApp);
	*app = (PlanApp){ .name = "app", .kind = kind, .restart = row->restart };
	AppRecord *record = ARENA_NEW(test->arena, AppRecord);
	const bool has_record = text[0] != '\0';
	if (has_record && !app_record_parse(text, test->arena, record, &test->error))
		test_fail(test, __FILE__, __LINE__, "%s", text);
	*known_apps_push(test->arena, apps) = (KnownApp){ app, has_record ? record : NULL };
}

static Ending ending_in(Test *test, const Row *row, bool is_up)
{
	KnownApps apps = { 0 };
	if (row->init)
		add(test, row, PLAN_APP_INIT, row->init, &apps);
	for (size_t i = 0; i < COUNT(row->apps) && row->apps[i]; i++)
		add(test, row, PLAN_APP_MAIN, row->apps[i], &apps);
	return ending_of(&apps, is_up);
}

TEST(ending_of_a_pod_is_as_in_kubernetes)
{
	static const Row rows[] = {
		// clang-format off
		{ ALWAYS, NULL, { WELL, BADLY }, NONE, NONE },
		{ ALWAYS, WELL, { "" }, NONE, NONE },
		{ RETRY, NULL, { WELL, WELL }, GOOD, GOOD },
		{ RETRY, WELL, { WELL }, GOOD, GOOD },
		{ RETRY, WELL, { "" }, NONE, NONE },
		{ RETRY, BADLY, { "" }, NONE, NONE },
		{ RETRY, NULL, { WELL, RUNNING }, NONE, NONE },
		{ RETRY, NULL, { WELL, BADLY }, NONE, NONE },
		{ RETRY, NULL, { WELL, LOOP }, NONE, NONE },
		// A server that ends well when it is stopped has not done its work; by the hand of systemctl -M it has.
		{ RETRY, NULL, { STOPPED }, GOOD, NONE },
		{ RETRY, NULL, { WELL, STOPPED }, GOOD, NONE },
		{ RETRY, NULL, { TERMED }, NONE, NONE },
		{ NEVER, NULL, { WELL, WELL }, GOOD, GOOD },
		{ NEVER, NULL, { STOPPED }, GOOD, GOOD },
		{ NEVER, NULL, { WELL, BADLY }, BAD, BAD },
		{ NEVER, NULL, { TERMED }, BAD, BAD },
		// What has begun does not begin again; what has not may.
		{ NEVER, NULL, { WELL, RUNNING }, NONE, BAD },
		{ NEVER, NULL, { WELL, "" }, NONE, BAD },
		{ NEVER, NULL, { "", "" }, NONE, NONE },
		{ NEVER, BADLY, { "" }, BAD, BAD },
		{ NEVER, WELL, { "" }, NONE, BAD },
		{ NEVER, RUNNING, { "" }, NONE, BAD },
		{ NEVER, "", { "" }, NONE, NONE },
		// The machine went down before the journal had its last line.
		{ NEVER, NULL, { ENDING }, NONE, GOOD },
		{ RETRY, NULL, { WELL, ENDING }, NONE, GOOD },
		{ ALWAYS, NULL, { ENDING }, NONE, NONE },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const Ending up = ending_in(test, &rows[i], true);
		const Ending down = ending_in(test, &rows[i], false);
		CHECK_TEXT(arena_printf(test->arena, "%zu: %d %d", i, up, down),
			   arena_printf(test->arena, "%zu: %d %d", i, rows[i].up, rows[i].down));
	}
}

// --- on disk

static void make_host(Test *test, Host *ret)
{
	const char *directory = test_directory(test);
	*ret = (Host){ .data_dir = path_join(test->arena, directory, "data"),
		       .run_dir = path_join(test->arena, directory, "run"),
		       .unit_dir = path_join(test->arena, directory, "units"),
		       .drop_in_dir = path_join(test->arena, directory, "attached") };
	CHECK(layout_prepare(ret, &test->error));
}

// A new generation of the machine "job", which is current then.
static const char *make_generation(Test *test, const Host *host, PlanRestart restart)
{
	MachinePlan plan = { .name = "job" };
	*plan_apps_push(test->arena, &plan.apps) = (PlanApp){
		.name = "app", .image = "i", .stop_signal = "SIGTERM", .restart = restart
	};
	const char *generation = NULL;
	if (!generation_write(host, &plan, NULL, 0, test->arena, &generation, &test->error) ||
	    !generation_switch(host, "job", generation, &test->error))
		test_fail(test, __FILE__, __LINE__, "%s", test->error.message);
	return generation;
}

static void write_record(Test *test, const Host *host, const char *generation, const char *text)
{
	const char *directory =
		path_join(test->arena, machine_directory(host, "job", test->arena), "status/app");
	const char *whole = arena_printf(test->arena, "ID=job/app/%s\n%s", generation, text);
	CHECK(file_make_directories(AT_FDCWD, directory, 0755, &test->error) &&
	      file_replace_volatile(AT_FDCWD, path_join(test->arena, directory, SPEC_STATUS_RECORD),
				    whole, strlen(whole), 0644, &test->error));
}

static void enable(Test *test, const Host *host)
{
	const char *directory = path_join(test->arena, host->unit_dir, "multi-user.target.wants");
	CHECK(file_make_directories(AT_FDCWD, directory, 0755, &test->error) &&
	      symlink("x", path_join(test->arena, directory, "sdme@job.service")) == 0);
}

TEST(ending_is_that_of_the_current_generation)
{
	Host host;
	Ending ending = ENDING_NONE;
	make_host(test, &host);
	CHECK_ERROR(ending_load(&host, "job", false, test->arena, &ending, &test->error),
		    "no machine 'job'");
	const char *first = make_generation(test, &host, RETRY);
	write_record(test, &host, first, WELL);
	CHECK(ending_load(&host, "job", false, test->arena, &ending, &test->error));
	CHECK(ending == ENDING_SUCCEEDED);
	make_generation(test, &host, RETRY);
	CHECK(ending_load(&host, "job", false, test->arena, &ending, &test->error));
	CHECK(ending == ENDING_NONE);
	write_record(test, &host, first, "no record\n");
	CHECK(ending_load(&host, "job", false, test->arena, &ending, &test->error));
	CHECK(ending == ENDING_NONE);
}

TEST(ending_forbids_starts_that_nobody_wants)
{
	Host host;
	bool is_forbidden = true;
	make_host(test, &host);
	const char *generation = make_generation(test, &host, NEVER);
	// What has not begun may.
	CHECK(ending_forbids_start(&host, "job", START_AGAIN, test->arena, &is_forbidden,
				   &test->error));
	CHECK(!is_forbidden);
	write_record(test, &host, generation, WELL);
	// Who is not enabled is started by somebody.
	CHECK(ending_forbids_start(&host, "job", START_BY_HOST, test->arena, &is_forbidden,
				   &test->error));
	CHECK(!is_forbidden);
	CHECK(ending_forbids_start(&host, "job", START_AGAIN, test->arena, &is_forbidden,
				   &test->error));
	CHECK(is_forbidden);
	enable(test, &host);
	CHECK(ending_forbids_start(&host, "job", START_BY_HOST, test->arena, &is_forbidden,
				   &test->error));
	CHECK(is_forbidden);
	CHECK(ending_forbids_start(&host, "job", START_BY_WISH, test->arena, &is_forbidden,
				   &test->error));
	CHECK(!is_forbidden);
}
