#include "isolate/machine/app_status.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <sys/stat.h>

// Where the app "app" of the machine "web" has its records.
static void make_directory(Test *test, const Host *host, int *ret_directory)
{
	const char *path = path_join(test->arena, host->run_dir, "machines/web/status/app");
	CHECK(file_make_directories(AT_FDCWD, path, 0755, &test->error));
	CHECK(file_open_directory(AT_FDCWD, path, ret_directory, &test->error));
}

TEST(app_status_of_a_running_app)
{
	CLEANUP_FD directory = -1;
	const Host host = { .run_dir = test_directory(test), .data_dir = "/nonexistent" };
	make_directory(test, &host, &directory);
	AppRecord record = { 0 };
	CHECK(!app_status_load(&host, "web", "app", test->arena, &record, &test->error));
	CHECK(test->error.code == ERROR_NOT_FOUND);
	error_clear(&test->error);

	const char text[] = "STATE=running\nPID=42\nRESTARTS=3\n";
	CHECK(file_replace_volatile(directory, "state", text, strlen(text), 0644, &test->error));
	CHECK(app_status_load(&host, "web", "app", test->arena, &record, &test->error));
	CHECK(record.state == APP_STATE_RUNNING);
	CHECK(record.pid == 42);
	CHECK(record.restarts == 3);
}

TEST(app_status_that_outlasts_the_boot)
{
	CLEANUP_FD directory = -1;
	const char *top = test_directory(test);
	const Host host = { .run_dir = path_join(test->arena, top, "run"),
			    .data_dir = path_join(test->arena, top, "data") };
	const char *kept = path_join(test->arena, host.data_dir, "containers/job/status/app");
	CHECK(file_make_directories(AT_FDCWD, kept, 0755, &test->error) &&
	      file_open_directory(AT_FDCWD, kept, &directory, &test->error));
	AppRecord record = { 0 };
	const char text[] = "ID=job/app/7\nSTATE=terminated\nREASON=Completed\nEXIT_CODE=0\n";
	CHECK(file_replace_volatile(directory, "state", text, strlen(text), 0644, &test->error));
	CHECK(app_status_load(&host, "job", "app", test->arena, &record, &test->error));
	CHECK(record.state == APP_STATE_TERMINATED);
	CHECK(app_status_is_of(&record, "7") && !app_status_is_of(&record, "17"));
}

// lost(TEXT, WANT): what becomes of a record when the machine dies
static void check_lost(Test *test, const char *text, const char *want)
{
	CLEANUP_FD directory = -1;
	const Host host = { .run_dir = test_directory(test), .data_dir = "/nonexistent" };
	PlanApp app = { .name = "app" };
	const MachinePlan plan = { .name = "web", .apps = { &app, 1, 1 } };
	const char *now = NULL;
	make_directory(test, &host, &directory);
	CHECK(file_replace_volatile(directory, "state", text, strlen(text), 0644, &test->error));
	CHECK(app_status_note_lost(&host, &plan, &test->error));
	CHECK(app_status_note_lost(&host, &plan, &test->error)); // killed, and again
	CHECK(file_read(directory, "state", 1000, test->arena, &now, NULL, &test->error));
	CHECK_TEXT(now, want);
}

TEST(app_status_when_the_machine_has_died)
{
	check_lost(test, "ID=web/app/1\nSTATE=running\nPID=42\nRESTARTS=3\n",
		   "ID=web/app/1\nSTATE=lost\nPID=42\nRESTARTS=3\n");
	check_lost(test, "STATE=running\n", "STATE=lost\n");
	check_lost(test, "STATE=terminated\nMESSAGE=STATE=running\n",
		   "STATE=terminated\nMESSAGE=STATE=running\n");
	check_lost(test, "STATE=waiting\n", "STATE=waiting\n");
	check_lost(test, "nonsense", "nonsense");
}

// The directory belongs to the machine's root.
TEST(app_status_reads_nothing_but_plain_files_of_the_machine)
{
	CLEANUP_FD directory = -1;
	const Host host = { .run_dir = test_directory(test), .data_dir = "/nonexistent" };
	make_directory(test, &host, &directory);
	AppRecord record = { 0 };
	CHECK(mkfifoat(directory, "state", 0644) == 0);
	CHECK_ERROR(app_status_load(&host, "web", "app", test->arena, &record, &test->error),
		    "'app/state' is not a file");

	const char text[] = "STATE=running\nPID=42\n";
	const char *secret = path_join(test->arena, host.run_dir, "secret");
	CHECK(file_replace_volatile(AT_FDCWD, secret, text, strlen(text), 0644, &test->error));
	CHECK(unlinkat(directory, "state", 0) == 0);
	CHECK(file_replace_link(directory, "state", secret, &test->error));
	CHECK(!app_status_load(&host, "web", "app", test->arena, &record, &test->error));
	CHECK(test->error.code == ERROR_NOT_FOUND);
	error_clear(&test->error);
	CHECK(file_replace_link(directory, "state", "../../../../secret", &test->error));
	CHECK(!app_status_load(&host, "web", "app", test->arena, &record, &test->error));
	CHECK(test->error.code == ERROR_NOT_FOUND);
	error_clear(&test->error);
}
