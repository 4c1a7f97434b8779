// A systemd of our own at the other end of a socket pair: what its units do is in their names.
#include "pkg/base/text.h"
#include "pkg/sys/bus/bus.h"
#include "pkg/sys/bus/job.h"
#include "pkg/sys/bus/unit.h"
#include "pkg/sys/bus/watch.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>

#define MANAGER_PATH "/org/freedesktop/systemd1"
#define MANAGER      "org.freedesktop.systemd1.Manager"

typedef struct Manager {
	unsigned jobs;
	unsigned looks; // how often a state was read
} Manager;

static void end_job(sd_bus *bus, unsigned job, const char *unit, const char *result)
{
	char path[64];
	snprintf(path, sizeof(path), MANAGER_PATH "/job/%u", job);
	sd_bus_emit_signal(bus, MANAGER_PATH, MANAGER, "JobRemoved", "uoss", job, path, unit,
			   result);
}

static int run_job(sd_bus_message *call, Manager *manager)
{
	sd_bus *bus = sd_bus_message_get_bus(call);
	const char *unit = NULL, *mode = NULL;
	if (sd_bus_message_read(call, "ss", &unit, &mode) < 0)
		return -EINVAL;
	if (strcmp(unit, "none.service") == 0)
		return sd_bus_reply_method_errorf(call, "org.freedesktop.systemd1.NoSuchUnit",
						  "Unit %s not found.", unit);
	if (strcmp(unit, "die.service") == 0)
		_exit(0);

	char path[64];
	const unsigned job = ++manager->jobs;
	snprintf(path, sizeof(path), MANAGER_PATH "/job/%u", job);
	if (strcmp(unit, "early.service") == 0)
		end_job(bus, job, unit, "done");
	sd_bus_reply_method_return(call, "o", path);
	if (strcmp(unit, "bad.service") == 0)
		end_job(bus, job, unit, "failed");
	else if (strcmp(unit, "needy.service") == 0)
		end_job(bus, job, unit, "dependency");
	else if (strcmp(unit, "modern.service") == 0)
		end_job(bus, job, unit, "a-later-word");
	else if (strcmp(unit, "early.service") != 0 && strcmp(unit, "slow.service") != 0)
		end_job(bus, job, unit, "done");
	return 1;
}

// The first two looks see a unit that starts; each is followed by the news that something changed.
static int read_row(sd_bus_message *call, Manager *manager)
{
	const bool is_running = ++manager->looks > 2;
	return sd_bus_reply_method_return(call, "a(ssssssouso)", 1, "web.service", "Web", "loaded",
					  is_running ? "active" : "activating",
					  is_running ? "running" : "start", "", "/w",
					  is_running ? 0u : 4u, is_running ? "" : "start",
					  is_running ? "/" : "/org/freedesktop/systemd1/job/4");
}

static int read_service(sd_bus_message *call, Manager *manager)
{
	sd_bus_reply_method_return(call, "a{sv}", 3, "Unheard", "a(ss)", 0, "ExecMainStatus", "i",
				   7, "NRestarts", "u", manager->looks);
	return sd_bus_emit_signal(sd_bus_message_get_bus(call), sd_bus_message_get_path(call),
				  "org.freedesktop.DBus.Properties", "PropertiesChanged",
				  "sa{sv}as", "org.freedesktop.systemd1.Unit", 0, 0);
}

static int read_one(sd_bus_message *call)
{
	const char *interface = NULL, *property = NULL;
	if (sd_bus_message_read(call, "ss", &interface, &property) < 0 ||
	    strcmp(interface, "org.freedesktop.systemd1.Unit") != 0 ||
	    strcmp(property, "NeedDaemonReload") != 0)
		return -EINVAL;
	return sd_bus_reply_method_return(call, "v", "b", 1);
}

static int find_unit(sd_bus_message *call)
{
	const char *unit = NULL;
	if (sd_bus_message_read(call, "s", &unit) < 0)
		return -EINVAL;
	return strcmp(unit, "web.service") == 0
		       ? sd_bus_reply_method_return(call, "o", "/w")
		       : sd_bus_reply_method_errorf(call, "org.freedesktop.systemd1.NoSuchUnit",
						    "Unit %s not loaded.", unit);
}

static int handle(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	(void)error;
	if (sd_bus_message_is_method_call(call, MANAGER, "StartUnit") ||
	    sd_bus_message_is_method_call(call, MANAGER, "StopUnit"))
		return run_job(call, userdata);
	if (sd_bus_message_is_method_call(call, NULL, "GetAll"))
		return read_service(call, userdata);
	if (sd_bus_message_is_method_call(call, MANAGER, "ListUnitsByNames"))
		return read_row(call, userdata);
	if (sd_bus_message_is_method_call(call, NULL, "Get"))
		return read_one(call);
	if (sd_bus_message_is_method_call(call, MANAGER, "GetUnit"))
		return find_unit(call);
	if (sd_bus_message_is_method_call(call, MANAGER, "ResetFailedUnit"))
		return sd_bus_reply_method_errorf(call, "org.freedesktop.systemd1.NoSuchUnit",
						  "Unit not loaded.");
	if (sd_bus_message_is_method_call(call, MANAGER, "KillUnit"))
		return sd_bus_reply_method_errorf(call, "org.freedesktop.DBus.Error.AccessDenied",
						  "Permission denied.");
	if (sd_bus_message_is_method_call(call, MANAGER, "ListUnitsByPatterns"))
		return sd_bus_reply_method_return(call, "a(ssssssouso)", 2, "b.service", "Second",
						  "loaded", "failed", "failed", "", "/b", 0, "",
						  "/", "a.service", "First", "loaded", "active",
						  "running", "", "/a", 0, "", "/");
	if (sd_bus_message_is_method_call(call, MANAGER, "Reload"))
		return 1; // never answers
	return 0;
}

static void serve(int fd)
{
	Manager manager = { 0 };
	sd_bus *bus = NULL;
	sd_id128_t id = { 0 };
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (sd_bus_new(&bus) < 0 || sd_bus_set_fd(bus, fd, fd) < 0 ||
	    sd_bus_set_server(bus, 1, id) < 0 || sd_bus_set_anonymous(bus, 1) < 0 ||
	    sd_bus_add_filter(bus, NULL, handle, &manager) < 0 || sd_bus_start(bus) < 0)
		_exit(1);
	for (;;) {
		const int result = sd_bus_process(bus, NULL);
		if (result < 0)
			_exit(0);
		if (result == 0)
			sd_bus_wait(bus, UINT64_MAX);
	}
}

// A connection to a new manager. It ends with the connection.
static bool connect_to_manager(Bus **ret, Error *error)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return error_set_errno(error, errno, "socketpair");
	if (fork() == 0) {
		close(pair[0]);
		serve(pair[1]);
	}
	close(pair[1]);
	return bus_open_socket(pair[0], 5000, ret, error);
}

TEST(bus_one_job_ends_with_its_result)
{
	CLEANUP_BUS bus = NULL;
	CHECK(connect_to_manager(&bus, &test->error));
	static const struct {
		const char *unit;
		const char *result;
		bool is_good;
	} cases[] = {
		{ "good.service", "done", true },     { "early.service", "done", true },
		{ "bad.service", "failed", false },   { "needy.service", "dependency", false },
		{ "modern.service", "other", false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		JobResult result = JOB_UNFINISHED;
		CHECK(bus_start_unit(bus, cases[i].unit, JOB_MODE_REPLACE, 5000, &result,
				     &test->error));
		CHECK_TEXT(job_result_to_text(result), cases[i].result);
		CHECK(job_result_is_good(result) == cases[i].is_good);
	}
}

TEST(bus_a_refused_job_names_the_unit)
{
	CLEANUP_BUS bus = NULL;
	JobResult result = JOB_UNFINISHED;
	CHECK(connect_to_manager(&bus, &test->error));
	CHECK(!bus_start_unit(bus, "none.service", JOB_MODE_REPLACE, 5000, &result, &test->error));
	CHECK(test->error.code == ERROR_NOT_FOUND);
	CHECK_TEXT(test->error.message, "start unit 'none.service': Unit none.service not found");
}

TEST(bus_a_late_job_is_a_timeout)
{
	CLEANUP_BUS bus = NULL;
	JobResult result = JOB_UNFINISHED;
	CHECK(connect_to_manager(&bus, &test->error));
	CHECK(!bus_stop_unit(bus, "slow.service", JOB_MODE_REPLACE, 50, &result, &test->error));
	CHECK(test->error.code == ERROR_TIMEOUT);
	CHECK_TEXT(test->error.message, "stop unit 'slow.service': not done after 0.05 s");
	error_clear(&test->error);
	// The connection is as good as before.
	CHECK(bus_start_unit(bus, "good.service", JOB_MODE_REPLACE, 5000, &result, &test->error));
	CHECK(result == JOB_DONE);
}

TEST(bus_many_jobs_have_a_result_each)
{
	CLEANUP_BUS bus = NULL;
	CHECK(connect_to_manager(&bus, &test->error));
	Texts units = { 0 };
	for (unsigned i = 0; i < 100; i++)
		texts_add(test->arena, &units, arena_printf(test->arena, "pod-%u.service", i));
	texts_add(test->arena, &units, "bad.service");
	texts_add(test->arena, &units, "none.service");
	texts_add(test->arena, &units, "slow.service");
	texts_add(test->arena, &units, "early.service");

	UnitJob *jobs = NULL;
	CHECK(bus_start_units(bus, &units, 500, test->arena, &jobs, &test->error));
	for (unsigned i = 0; i < 100; i++)
		CHECK(jobs[i].result == JOB_DONE && jobs[i].code == ERROR_NONE);
	CHECK(jobs[100].result == JOB_FAILED && jobs[100].code == ERROR_NONE);
	CHECK(jobs[101].result == JOB_REFUSED && jobs[101].code == ERROR_NOT_FOUND);
	CHECK_TEXT(jobs[101].message, "start unit 'none.service': Unit none.service not found");
	CHECK(jobs[102].result == JOB_UNFINISHED && jobs[102].code == ERROR_TIMEOUT);
	CHECK_TEXT(jobs[102].message, "start unit 'slow.service': not done after 0.5 s");
	CHECK(jobs[103].result == JOB_DONE);
}

TEST(bus_no_jobs_are_done_at_once)
{
	CLEANUP_BUS bus = NULL;
	const Texts units = { 0 };
	UnitJob *jobs = NULL;
	CHECK(connect_to_manager(&bus, &test->error));
	CHECK(bus_start_units(bus, &units, 500, test->arena, &jobs, &test->error));
}

TEST(bus_a_manager_that_goes_away_is_an_error)
{
	CLEANUP_BUS bus = NULL;
	JobResult result = JOB_UNFINISHED;
	CHECK(connect_to_manager(&bus, &test->error));
	CHECK(!bus_start_unit(bus, "die.service", JOB_MODE_REPLACE, 5000, &result, &test->error));
	CHECK(test->error.code == ERROR_SYSTEM);
	CHECK_TEXT(test->error.message,
		   "start unit 'die.service': the machine's systemd ended the connection");
}

TEST(bus_states_are_read)
{
	CLEANUP_BUS bus = NULL;
	UnitState state;
	CHECK(connect_to_manager(&bus, &test->error));
	CHECK(bus_unit_state(bus, "web.service", test->arena, &state, &test->error));
	CHECK(state.is_found);
	CHECK_TEXT(unit_active_to_text(state.active), "activating");
	CHECK_TEXT(state.sub, "start");
	CHECK_TEXT(state.result, ""); // the unit has no such property
	CHECK(state.exec_main_status == 7 && state.n_restarts == 1 && state.job == 4);
}

TEST(bus_asks_what_costs_the_manager_little)
{
	CLEANUP_BUS bus = NULL;
	bool is_loaded = false, needs_reload = false;
	CHECK(connect_to_manager(&bus, &test->error));
	CHECK(bus_unit_is_loaded(bus, "web.service", &is_loaded, &test->error) && is_loaded);
	CHECK(bus_unit_is_loaded(bus, "none.service", &is_loaded, &test->error) && !is_loaded);
	CHECK(bus_unit_needs_reload(bus, "web.service", &needs_reload, &test->error));
	CHECK(needs_reload);
}

static bool is_active(const UnitState *state, void *context)
{
	(*(unsigned *)context)++;
	return state->active == UNIT_ACTIVE;
}

static bool is_failed(const UnitState *state, void *context)
{
	(void)context;
	return state->active == UNIT_FAILED;
}

TEST(bus_waits_for_a_state)
{
	CLEANUP_BUS bus = NULL;
	UnitState state;
	unsigned looks = 0;
	CHECK(connect_to_manager(&bus, &test->error));
	CHECK(bus_wait_unit(bus, "web.service", is_active, &looks, 5000, test->arena, &state,
			    &test->error));
	CHECK(looks == 3);
	CHECK_TEXT(state.sub, "running");
}

TEST(bus_waits_for_a_state_only_so_long)
{
	CLEANUP_BUS bus = NULL;
	CHECK(connect_to_manager(&bus, &test->error));
	CHECK(!bus_wait_unit(bus, "web.service", is_failed, NULL, 50, test->arena, NULL,
			     &test->error));
	CHECK(test->error.code == ERROR_TIMEOUT);
}

// A change that is not seen would be waited for until the alarm.
static bool sees_change(Watch *watch, Test *test)
{
	alarm(10);
	const bool is_seen = watch_wait(watch, &test->error);
	alarm(0);
	return is_seen;
}

TEST(bus_watch_sees_units_and_directories)
{
	CLEANUP_BUS bus = NULL;
	CLEANUP_WATCH watch = NULL;
	UnitState state;
	const char *directory = test_directory(test);
	CHECK(connect_to_manager(&bus, &test->error));
	CHECK(watch_open(bus, &watch, &test->error));
	for (unsigned i = 0; i < 2; i++) { // what is watched already is not new
		CHECK(watch_add_unit(watch, "web.service", &test->error));
		CHECK(watch_add_directory(watch, directory, &test->error));
		CHECK(i > 0 || watch_wait(watch, &test->error));
	}
	// The manager says with each answer that the unit has changed.
	CHECK(bus_unit_state(bus, "web.service", test->arena, &state, &test->error));
	CHECK(sees_change(watch, test));
	CHECK(mkdir(arena_printf(test->arena, "%s/new", directory), 0755) == 0);
	CHECK(sees_change(watch, test));
}

TEST(bus_watch_ends_with_the_connection)
{
	CLEANUP_BUS bus = NULL;
	CLEANUP_WATCH watch = NULL;
	JobResult result = JOB_UNFINISHED;
	CHECK(connect_to_manager(&bus, &test->error));
	CHECK(watch_open(bus, &watch, &test->error));
	CHECK(watch_add_unit(watch, "web.service", &test->error));
	CHECK(watch_wait(watch, &test->error));
	CHECK(!bus_start_unit(bus, "die.service", JOB_MODE_REPLACE, 5000, &result, &test->error));
	error_clear(&test->error);
	CHECK_ERROR(sees_change(watch, test), "the machine's systemd ended the connection");
}

TEST(bus_lists_are_sorted)
{
	CLEANUP_BUS bus = NULL;
	UnitRows rows = { 0 };
	CHECK(connect_to_manager(&bus, &test->error));
	CHECK(bus_list_units(bus, "*.service", test->arena, &rows, &test->error));
	CHECK(rows.count == 2);
	CHECK_TEXT(rows.items[0].name, "a.service");
	CHECK_TEXT(rows.items[1].description, "Second");
	CHECK(rows.items[1].active == UNIT_FAILED);
}

TEST(bus_refusals_have_codes)
{
	CLEANUP_BUS bus = NULL;
	CHECK(connect_to_manager(&bus, &test->error));
	CHECK(bus_reset_failed(bus, "gone.service", &test->error));
	CHECK(!bus_kill_unit(bus, "web.service", KILL_ALL, 15, &test->error));
	CHECK(test->error.code == ERROR_DENIED);
	CHECK_TEXT(test->error.message, "send signal 15 to unit 'web.service': Permission denied");
}

TEST(bus_a_call_without_an_answer_times_out)
{
	CLEANUP_BUS bus = NULL;
	CHECK(connect_to_manager(&bus, &test->error));
	bus_set_call_timeout(bus, 50);
	CHECK(!bus_call(bus, &bus_manager, "Reload", NULL, &test->error, ""));
	CHECK(test->error.code == ERROR_TIMEOUT);
	CHECK_TEXT(test->error.message, "the machine's systemd did not answer in time");
}

TEST(bus_a_peer_that_says_nothing_times_out)
{
	int pair[2];
	Bus *bus = NULL;
	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	CLEANUP_FD silent = pair[1];
	CHECK(silent >= 0);
	CHECK_ERROR(bus_open_socket(pair[0], 50, &bus, &test->error),
		    "talk to the machine's systemd: timed out");
}

TEST(bus_a_machine_that_ended_is_not_found)
{
	const pid_t child = fork();
	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
	Bus *bus = NULL;
	CHECK(!bus_await_machine(child, 5000, &bus, &test->error));
	CHECK(test->error.code == ERROR_NOT_FOUND);
}
